"""Mail: where it is handed over, whether that is safe, and handing one over."""

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

SECONDS = 10  # a server that does not answer holds up the other errands of a house with one worker
PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
ADDRESS = re.compile(r"[^@\s<>,;:\"\\]{1,64}@([A-Za-z0-9.-]{1,180}\.[A-Za-z0-9-]{2,}|localhost)")
LINE = re.compile(r"[\x00-\x1f\x7f]+")


class NotMailed(Exception):
    """The mail was not taken; `code` says why: no_server, tls, sign_in, refused. Never what was in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain text mail; `ident` stays the same on every try, so that a repeat is known as one."""

    to: str
    subject: str
    text: str
    ident: str
    at: datetime
    leave: str = ""  # where its reader says that they want no more of them


def dangers(url: str, sender: str) -> dict[str, bool]:
    """Reasons why mail must not go out this way, and whether each holds; nothing set is no danger."""
    parts = _parts(url)
    return {
        "DARI_MAIL_URL must be smtps://…, smtp+starttls://… or, on this machine alone, smtp://…": bool(url)
        and parts is None,
        "DARI_MAIL_URL without TLS may lead to this machine only": parts is not None
        and parts.scheme == "smtp"
        and parts.hostname not in LOOPBACK,
        "DARI_MAIL_URL must name both the user and the password, or neither": parts is not None
        and bool(parts.username) != bool(parts.password),
        "DARI_MAIL_FROM must be the one address that mail comes from": bool(url or sender)
        and (not url or ADDRESS.fullmatch(sender) is None),
    }


def hand_over(url: str, sender: str, letter: Letter) -> None:
    """Hands a letter to the server of these settings. Raises NotMailed."""
    parts = _parts(url)
    if parts is None:
        raise NotMailed("no_server")
    try:
        with _open(parts) as server:
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message(letter, sender), sender, [letter.to])
    except smtplib.SMTPAuthenticationError as error:
        raise NotMailed("sign_in") from error
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
        raise NotMailed("tls") from error
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, UnicodeError) as error:
        raise NotMailed("refused") from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotMailed("no_server") from error


def message(letter: Letter, sender: str) -> EmailMessage:
    """The mail as it goes out; nothing of it can begin another header."""
    made = EmailMessage(policy=WIRE)
    made["From"], made["To"] = sender, letter.to
    made["Subject"] = LINE.sub(" ", letter.subject)
    made["Date"] = format_datetime(letter.at)
    made["Message-ID"] = f"<{letter.ident}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"  # no holiday answer comes back
    if letter.leave:
        made["List-Unsubscribe"] = f"<{letter.leave}>"
    made.set_content(letter.text, cte="base64")
    return made


def _open(parts: SplitResult) -> smtplib.SMTP:
    """A connection that is private before anything is said, or on this machine. Raises as smtplib does."""
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    name = socket.gethostname() if parts.scheme != "smtp" else "localhost"
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(
            host, port, local_hostname=name, timeout=SECONDS, context=ssl.create_default_context()
        )
    server = smtplib.SMTP(host, port, local_hostname=name, timeout=SECONDS)
    if parts.scheme == "smtp+starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _parts(url: str) -> SplitResult | None:
    """The address taken apart; None where it is none of ours."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    fits = parts.scheme in PORTS and parts.hostname and parts.path in {"", "/"} and not parts.query
    return parts if fits and url.isascii() and not re.search(r"\s", url) else None
