"""Settings: one frozen value read from the environment, which refuses to start unsafe."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

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

    @property
    def secure(self) -> bool:
        """Whether the browser reaches us over https."""
        return self.origin.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or "127.0.0.1"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings, makes missing secrets once, and raises Unsafe naming every reason not to start."""
    env = os.environ if environ is None else environ
    data = Path(env.get("DARI_DATA", ROOT / "var")).resolve()
    origin = env.get("DARI_ORIGIN", "http://127.0.0.1:8000").rstrip("/")
    host = urlsplit(origin).hostname or ""
    settings = Settings(
        env=env.get("DARI_ENV", "production"),
        data=data,
        keys=Path(env.get("DARI_KEYS", data / "keys")).resolve(),
        database_url=env.get("DATABASE_URL", f"sqlite:///{data / 'db' / 'dari.db'}"),
        database_owner_url=env.get("DATABASE_OWNER_URL", "")
        or env.get("DATABASE_URL", f"sqlite:///{data / 'db' / 'dari.db'}"),
        redis_url=env.get("REDIS_URL", ""),
        files_url=env.get("DARI_FILES", str(data / "files")),
        s3_endpoint=env.get("DARI_S3_ENDPOINT", ""),
        secret_key=env.get("SECRET_KEY", "") or _kept_secret(data / "secrets" / "secret_key"),
        old_secret_keys=_list(env.get("SECRET_KEY_FALLBACKS", "")),
        origin=origin,
        trusted_hosts=_list(env.get("TRUSTED_HOSTS", "")) or (tuple(LOOPBACK) if host in LOOPBACK else ()),
        proxies=int(env.get("DARI_PROXIES", "0")),
        debug=env.get("DARI_DEBUG", "") == "1",
        locale=env.get("DARI_LOCALE", "ko"),
    )
    dangers = unsafe(settings)
    if dangers:
        raise Unsafe("; ".join(dangers))
    return settings


def unsafe(settings: Settings) -> list[str]:
    """Every reason why these settings must not serve real data; empty when there is none."""
    weak = len(settings.secret_key) < 32 or settings.secret_key.lower() in KNOWN_SECRETS
    database = _database_folder(settings.database_url)
    rules = {
        "SECRET_KEY is missing, short or well known: use 32 random characters or more": weak,
        "DARI_DEBUG must be off in production": settings.debug and settings.env == "production",
        "DARI_ORIGIN must be https unless it is this machine itself": not settings.secure
        and settings.host not in LOOPBACK,
        "TRUSTED_HOSTS must name the hosts that people type": not settings.trusted_hosts,
        "DARI_KEYS must not be the folder of the database": database is not None
        and (
            settings.keys == database
            or settings.keys in database.parents
            or database in settings.keys.parents
        ),
        "DARI_ENV must be production, demo or test": settings.env not in {"production", "demo", "test"},
    }
    return [reason for reason, holds in rules.items() if holds]


def _database_folder(url: str) -> Path | None:
    return Path(url.removeprefix("sqlite:///")).resolve().parent if url.startswith("sqlite:///") else None


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _kept_secret(path: Path) -> str:
    """The secret made at the first start, readable by this user alone."""
    if path.exists():
        return path.read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    with suppress(FileExistsError):  # another process was first: its secret stands, and it is whole
        os.link(draft, path)
    draft.unlink()
    return path.read_text().strip()
