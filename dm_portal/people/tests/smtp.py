"""A mail server that answers as a test tells it, on this machine."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class Server(socketserver.ThreadingTCPServer):
    """Accepts every letter, unless ``refusals`` names its recipient, "DATA" or "MAIL"."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.refusals: dict[str, str] = {}
        self.letters: list[EmailMessage] = []
        self.hangs_up = False


class Conversation(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            command = line.partition(" ")[0].upper()
            if self.server.hangs_up or command == "QUIT":
                break
            if command == "RCPT":
                self.say(self.server.refusals.get(line.partition("<")[2][:-1], "250 ok"))
            elif command == "DATA":
                self.take_letter()
            else:
                self.say(self.server.refusals.get(command, "250 ok"))

    def take_letter(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        answer = self.server.refusals.get("DATA", "250 ok")
        if answer.startswith("2"):
            self.server.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.say(answer)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def running() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
