"""Settings: one frozen value read from the environment, which refuses to start unsafe."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from base import mail

ROOT = Path(__file__).resolve().parent.parent
KNOWN_SECRETS = {"dev", "secret", "changeme", "change-me", "password", "dari", "test"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Unsafe(Exception):
    """The settings would put data at risk; the message names each reason."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the environment may decide; paths are absolute, sizes in bytes, times in seconds."""

    env: str
    data: Path
    keys: Path
    keys_url: str
    database_url: str
    database_owner_url: str
    redis_url: str
    files_url: str
    s3_endpoint: str
    secret_key: str
    old_secret_keys: tuple[str, ...]
    origin: str
    trusted_hosts: tuple[str, ...]
    proxies: int
    debug: bool
    locale: str
    mail_url: str = ""  # the server that takes mail; without one nothing is mailed
    mail_from: str = ""
    webhook_ca: str = ""  # tests only: webhooks go to this machine, trusting this authority

    @property
    def secure(self) -> bool:
        """Whether the browser reaches us over https."""
        return self.origin.startswith("https://")

    @property
    def host(self) -> str:
        return _host(self.origin)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings, makes missing secrets once, and raises Unsafe naming every reason not to start."""
    env = os.environ if environ is None else environ
    data = Path(env.get("DARI_DATA", ROOT / "var")).resolve()
    origin = env.get("DARI_ORIGIN", "http://127.0.0.1:8000").rstrip("/")
    settings = Settings(
        env=env.get("DARI_ENV", "production"),
        data=data,
        keys=Path(env.get("DARI_KEYS", data / "keys")).resolve(),
        keys_url=env.get("DARI_KEYS_URL", ""),
        database_url=env.get("DATABASE_URL", f"sqlite:///{data / 'db' / 'dari.db'}"),
        database_owner_url=env.get("DATABASE_OWNER_URL", "")
        or env.get("DATABASE_URL", f"sqlite:///{data / 'db' / 'dari.db'}"),
        redis_url=env.get("REDIS_URL", ""),
        files_url=env.get("DARI_FILES", str(data / "files")),
        s3_endpoint=env.get("DARI_S3_ENDPOINT", ""),
        secret_key=env.get("SECRET_KEY", "") or _kept_secret(data / "secrets" / "secret_key"),
        old_secret_keys=_list(env.get("SECRET_KEY_FALLBACKS", "")),
        origin=origin,
        trusted_hosts=_list(env.get("TRUSTED_HOSTS", ""))
        or (tuple(LOOPBACK) if _host(origin) in LOOPBACK else ()),
        proxies=_count(env.get("DARI_PROXIES", "0")),
        debug=env.get("DARI_DEBUG", "") == "1",
        locale=env.get("DARI_LOCALE", "ko"),
        mail_url=env.get("DARI_MAIL_URL", "").strip(),
        mail_from=env.get("DARI_MAIL_FROM", "").strip(),
        webhook_ca=env.get("DARI_WEBHOOK_CA", ""),
    )
    dangers = unsafe(settings)
    if dangers:
        raise Unsafe("; ".join(dangers))
    return settings


def unsafe(settings: Settings) -> list[str]:
    """Every reason why these settings must not serve real data; empty when there is none."""
    database = _database_folder(settings.database_url)
    rules = {
        "SECRET_KEY is missing, short or well known: use 32 random characters or more": any(
            map(_is_weak, (settings.secret_key, *settings.old_secret_keys))
        ),
        "DARI_WEBHOOK_CA is for tests alone": bool(settings.webhook_ca) and settings.env != "test",
        "DARI_DEBUG must be off in production": settings.debug and settings.env == "production",
        "DARI_ORIGIN must be https unless it is this machine itself": not settings.secure
        and settings.host not in LOOPBACK,
        "DARI_ORIGIN must be a bare address like https://dari.example": not _is_origin(settings.origin),
        "TRUSTED_HOSTS must name the hosts that people type, the one of DARI_ORIGIN too": not _trusts(
            settings
        ),
        "DARI_PROXIES must be the number of proxies before Dari, 0 to 9": not 0 <= settings.proxies <= 9,
        "DATABASE_URL must be sqlite:///… with a file or postgresql+psycopg://…": not _is_database(
            settings.database_url
        ),
        "DARI_KEYS must not be the folder of the database": database is not None
        and (
            settings.keys == database
            or settings.keys in database.parents
            or database in settings.keys.parents
        ),
        "DARI_KEYS_URL must name a PostgreSQL database of its own": bool(settings.keys_url)
        and (
            not settings.keys_url.startswith("postgresql")
            or settings.keys_url in {settings.database_url, settings.database_owner_url}
        ),
        "DARI_ENV must be production, demo or test": settings.env not in {"production", "demo", "test"},
    } | mail.dangers(settings.mail_url, settings.mail_from)
    return [reason for reason, holds in rules.items() if holds]


def _is_weak(secret: str) -> bool:
    return len(secret) < 32 or len(set(secret)) < 10 or secret.lower() in KNOWN_SECRETS


def _is_origin(origin: str) -> bool:
    return (
        re.fullmatch(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?", origin, re.IGNORECASE) is not None
    )


def _host(origin: str) -> str:
    return urlsplit(origin).hostname or "" if _is_origin(origin) else ""


def _trusts(settings: Settings) -> bool:
    """Whether the house would answer under its own name; a leading dot trusts what stands before it."""
    return any(
        settings.host == host.lower() or (host.startswith(".") and f".{settings.host}".endswith(host.lower()))
        for host in settings.trusted_hosts
        if host.strip(".")
    )


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1


def _is_database(url: str) -> bool:
    file = url.removeprefix("sqlite:///")
    return url.startswith("postgresql") or (file != url and file not in {"", ":memory:"})


def _database_folder(url: str) -> Path | None:
    return Path(url.removeprefix("sqlite:///")).resolve().parent if url.startswith("sqlite:///") else None


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def private(folder: Path) -> Path:
    """The folder; what has to be made of it and above it is this user's alone, whatever the mask."""
    for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    return folder


def _kept_secret(path: Path) -> str:
    """The secret made at the first start, readable by this user alone."""
    if path.exists():
        return path.read_text().strip()
    private(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    with suppress(FileExistsError):  # another process was first: its secret stands, and it is whole
        os.link(draft, path)
    draft.unlink()
    return path.read_text().strip()
