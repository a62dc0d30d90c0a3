"""A mail server for tests: it speaks SMTP, takes what it is sent, and refuses whom it is told to refuse."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    """`received` holds the messages taken; `answers[address]` is what that recipient is answered, such as 450 or 550.

    `answer_to_messages` is said to whole messages instead of taking them, such as "550 5.1.1 nobody".
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.received: list[EmailMessage] = []
        self.answers: dict[str, int] = {}
        self.answer_to_messages = ""

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.received if message["To"] == address]


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline():
            verb = line.strip().decode().upper()
            if verb.startswith("RCPT TO:"):
                address = line.decode().split("<", 1)[1].split(">", 1)[0]
                code = self.server.answers.get(address, 250)
                self.say(f"{code} {'ok' if code == 250 else f'refused <{address}>'}")
            elif verb == "DATA":
                self.say("354 go on")
                message = self.take()
                if not self.server.answer_to_messages:
                    self.server.received.append(message)
                self.say(self.server.answer_to_messages or "250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
