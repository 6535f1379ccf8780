"""Settings from the environment, checked once when the program starts."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent


class ConfigError(Exception):
    """A setting is missing or makes no sense; the message says which and why."""


@dataclass(frozen=True)
class Config:
    """What the environment decides.

    ``idle`` and ``absolute`` are the session's limits, ``code_lifetime`` is a one-time code's; ``https`` says that the
    address people use is https (sets HSTS, ``Secure`` and the ``__Host-`` prefix); ``proxies`` is the number of
    trusted proxies in front; ``listen`` is the address the server is bound to, which decides whether demo accounts
    may be offered.
    """

    database_url: str
    secret_key: str
    instance: Path
    idle: timedelta
    absolute: timedelta
    code_lifetime: timedelta
    https: bool
    proxies: int
    listen: str
    max_request_bytes: int
    render_seconds: float
    static_dir: Path
    ladder_dir: Path | None

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> Config:
        """Read and check the settings.

        Raises:
            ConfigError: a value cannot be used.
        """
        env = os.environ if env is None else env
        instance = Path(env.get("PSFS_INSTANCE") or ROOT / "instance").resolve()
        instance.mkdir(parents=True, exist_ok=True, mode=0o700)
        ladders = env.get("PSFS_LADDERS")
        return cls(
            database_url=_database_url(env.get("DATABASE_URL"), instance),
            secret_key=env.get("SECRET_KEY") or _kept_secret(instance),
            instance=instance,
            idle=timedelta(minutes=_number(env, "PSFS_IDLE_MINUTES", 30)),
            absolute=timedelta(hours=_number(env, "PSFS_ABSOLUTE_HOURS", 12)),
            code_lifetime=timedelta(hours=_number(env, "PSFS_CODE_HOURS", 48)),
            https=_flag(env, "PSFS_HTTPS"),
            proxies=int(_number(env, "PSFS_PROXIES", 0, least=0)),
            listen=env.get("PSFS_LISTEN", ""),
            max_request_bytes=int(_number(env, "PSFS_MAX_REQUEST_KB", 512) * 1024),
            render_seconds=_number(env, "PSFS_RENDER_SECONDS", 20),
            static_dir=Path(__file__).resolve().parent / "static",
            ladder_dir=Path(ladders).resolve() if ladders else None,
        )


def _database_url(given: str | None, instance: Path) -> str:
    if not given:
        return f"sqlite:///{instance / 'psfs.sqlite3'}"
    for short in ("postgres://", "postgresql://"):
        if given.startswith(short):
            return "postgresql+psycopg://" + given.removeprefix(short)
    if given.startswith(("sqlite:///", "postgresql+psycopg://")):
        return given
    raise ConfigError("DATABASE_URL must start with sqlite:/// or postgresql://")


def _kept_secret(instance: Path) -> str:
    """A secret made at first start and kept beside the database, readable by the owner only."""
    path = instance / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def _number(env: Mapping[str, str], name: str, default: float, least: float = 0.001) -> float:
    text = env.get(name, "")
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        raise ConfigError(f"{name} must be a number") from None
    if value < least:
        raise ConfigError(f"{name} must be at least {least}")
    return value


def _flag(env: Mapping[str, str], name: str) -> bool:
    text = env.get(name, "").strip().lower()
    if text in {"", "0", "no", "false"}:
        return False
    if text in {"1", "yes", "true"}:
        return True
    raise ConfigError(f"{name} must be 1 or 0")
