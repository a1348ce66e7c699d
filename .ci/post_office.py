"""A mail server for the harnesses: it takes letters, and is as bad to some as servers are."""

import contextlib
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes

# By the beginning of an address: what it is told, and how often before it is taken after all.
ONCE = {"busy421": "421 too busy", "busy451": "451 try later"}
NEVER = {"gone550": "550 no such person", "full552": "552 mailbox is full"}
HANG_SECONDS = 40  # longer than the portal waits for an answer
SLOW_LETTERS = 20  # of an answer that comes with one letter a second


class PostOffice(socketserver.ThreadingTCPServer):
    """Remembers whose letter it took, by Message-ID; ``unsaid`` are those it did not say so of."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.lock = threading.Lock()
        self.taken: Counter[tuple[str, str]] = Counter()
        self.told: Counter[str] = Counter()
        self.unsaid = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def is_first(self, address: str) -> bool:
        """Whether this address is met for the first time; it is not any more then."""
        with self.lock:
            self.told[address] += 1
            return self.told[address] == 1

    def take(self, address: str, message_id: str, *, says_so: bool) -> None:
        with self.lock:
            self.taken[address, message_id] += 1
            self.unsaid += not says_so


class Conversation(socketserver.StreamRequestHandler):
    """One client; it ends where the client goes, or is hung up on."""

    server: PostOffice
    address = ""
    is_over = False

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # whoever asked was killed
            self.say("220 here")
            while not self.is_over and (line := self.rfile.readline()):
                self.answer(line.decode().strip())

    def answer(self, line: str) -> None:
        command = line.partition(" ")[0].upper()
        if command == "QUIT":
            self.is_over = True
        elif command == "RCPT":
            self.address = line.partition("<")[2].partition(">")[0]
            self.say(self.reception())
        elif command == "DATA":
            self.say("354 go on")
            self.receive()
        else:
            self.say("250 ok")

    def reception(self) -> str:
        """What somebody's letters are answered before they are read."""
        kind = self.address.partition("-")[0]
        if kind == "gone550":
            return NEVER[kind]
        if kind == "hang" and self.server.is_first(self.address):
            time.sleep(HANG_SECONDS)
            self.is_over = True
        if kind == "busy421" and self.server.is_first(self.address):
            return ONCE[kind]
        return "250 ok"

    def receive(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                self.is_over = True
                return
            lines.append(line)
        kind = self.address.partition("-")[0]
        if kind == "full552" or (kind == "busy451" and self.server.is_first(self.address)):
            self.say({**NEVER, **ONCE}[kind])
            return
        drops = kind == "drop" and self.server.is_first(self.address)
        message_id = message_from_bytes(b"".join(lines))["Message-ID"]
        self.server.take(self.address, message_id, says_so=not drops)
        if drops:
            self.is_over = True
        elif kind == "slow":
            self.say_slowly("250 ok".ljust(SLOW_LETTERS))
        else:
            self.say("250 ok")

    def say(self, line: str) -> None:
        self.is_over = self.is_over or line.startswith("421")
        self.wfile.write(f"{line}\r\n".encode())

    def say_slowly(self, line: str) -> None:
        for letter in f"{line}\r\n":
            self.wfile.write(letter.encode())
            time.sleep(1)


@contextlib.contextmanager
def open_for_letters() -> Iterator[PostOffice]:
    with PostOffice() as office:
        thread = threading.Thread(target=office.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield office
        finally:
            office.shutdown()
            thread.join()
