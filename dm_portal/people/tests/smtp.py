"""A mail server that answers as a test tells it, on this machine."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class Server(socketserver.ThreadingTCPServer):
    """Accepts every letter, unless ``refusals`` names its recipient, "DATA" or "MAIL".

    A refusal with 421 ends the conversation, as such servers do. ``drops`` is how many letters it
    still takes without saying so, hanging up instead; ``most`` how many it takes in one
    conversation; ``pause`` the seconds that it waits before each letter of an answer, and
    ``is_mute`` whether it answers at all.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.refusals: dict[str, str] = {}
        self.letters: list[EmailMessage] = []
        self.conversations = 0
        self.hangs_up = False
        self.is_mute = False
        self.drops = 0
        self.most = 1_000_000
        self.pause = 0.0


class Conversation(socketserver.StreamRequestHandler):
    server: Server
    taken = 0
    is_over = False

    def handle(self) -> None:
        self.server.conversations += 1
        self.say("220 here")
        while not self.is_over and (line := self.rfile.readline().decode().strip()):
            command = line.partition(" ")[0].upper()
            if self.server.hangs_up or command == "QUIT":
                break
            if command == "MAIL" and self.taken >= self.server.most:
                self.say("421 enough for now")
            elif command == "RCPT":
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
            self.taken += 1
            self.server.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
        if self.server.drops:
            self.server.drops -= 1
            self.is_over = True
        else:
            self.say(answer)

    def say(self, line: str) -> None:
        self.is_over = self.is_over or line.startswith("421")
        if self.server.is_mute:
            return
        if not self.server.pause:
            self.wfile.write(f"{line}\r\n".encode())
            return
        for letter in f"{line}\r\n":
            time.sleep(self.server.pause)
            try:
                self.wfile.write(letter.encode())
            except OSError:  # whoever asked has gone
                self.is_over = True
                return


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
