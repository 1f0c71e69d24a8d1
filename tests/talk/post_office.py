"""A mail server on this machine: speaks SMTP over a real socket, answers as it is told, keeps what it took."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Office:
    """What came, to whom; `refuses` is answered to the next letters instead of taking them."""

    url: str = ""
    refuses: list[str] = field(default_factory=list)
    took: list[tuple[str, EmailMessage]] = field(default_factory=list)
    named: list[str] = field(default_factory=list)  # the names of all that came, refused ones too
    said: list[str] = field(default_factory=list)  # the commands, in order

    def texts(self) -> list[tuple[str, str, str]]:
        """To whom, the subject and the text of each letter."""
        return [(to, str(mail["Subject"]), mail.get_content()) for to, mail in self.took]


@contextmanager
def open_office() -> Iterator[Office]:
    """Takes letters until the block ends; it offers no TLS."""
    office = Office()

    class Counter(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 post")
            to = ""
            while line := self.rfile.readline().decode("latin-1").strip():
                office.said.append(line.partition(" ")[0].upper())
                word = line.upper()
                if word.startswith("QUIT"):
                    self.say("221 bye")
                    return
                if word.startswith("RCPT TO:"):
                    to = line[8:].split(">")[0].strip().strip("<")
                if word.startswith("DATA"):
                    self.take(to)
                else:
                    self.say("250 post" if not word.startswith("STARTTLS") else "502 no")

        def take(self, to: str) -> None:
            self.say("354 go on")
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line[1:] if line.startswith(b"..") else line)
            made = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(made, EmailMessage)
            office.named.append(str(made["Message-ID"]))
            if not office.refuses:
                office.took.append((to, made))
            self.say(office.refuses.pop(0) if office.refuses else "250 taken")

        def say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Counter) as server:
        office.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield office
        server.shutdown()
        thread.join()
