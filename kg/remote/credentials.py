"""
Who we are to an engine: a user with a password, or a bearer token.

They come from the environment or from files that it names, as container platforms hand secrets over; so they stand in
no command line, no settings file and no log.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import ConfigError

__all__ = ["Credentials", "read_credentials"]

_PREFIX = "AGON_STORE_"


@dataclass(frozen=True)
class Credentials:
    """A user and a password, or a bearer token; all empty for an engine that asks nobody."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @property
    def names_user(self) -> bool:
        """Whether there is a user with a password."""
        return bool(self.user)


def read_credentials(environment: Mapping[str, str] = os.environ) -> Credentials:
    """
    Read them from ``AGON_STORE_USER``, ``AGON_STORE_PASSWORD`` and ``AGON_STORE_TOKEN``.

    Each can stand in a file instead, which ``AGON_STORE_…_FILE`` names.

    Args:
        environment: Where they are looked for.

    Raises:
        ConfigError: One is given twice, a file cannot be read, or what is given is no whole.
    """
    user, password, token = (_read(_PREFIX + name, environment) for name in ("USER", "PASSWORD", "TOKEN"))
    if bool(user) != bool(password):
        given, missing = ("USER", "PASSWORD") if user else ("PASSWORD", "USER")
        raise ConfigError(f"{_PREFIX}{given} is given without {_PREFIX}{missing}: an engine asks for both")
    if user and token:
        raise ConfigError(f"{_PREFIX}USER and {_PREFIX}TOKEN are both given: expected a user or a token")
    return Credentials(user, password, token)


def _read(name: str, environment: Mapping[str, str]) -> str:
    value, file = environment.get(name, ""), environment.get(name + "_FILE", "")
    if value and file:
        raise ConfigError(f"{name} and {name}_FILE are both given: expected one of them")
    try:
        value = Path(file).read_text(encoding="utf-8").strip() if file else value
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name}_FILE is {file}, which cannot be read: {error}") from error
    if not (value.isprintable() and (value or not file)):
        raise ConfigError(f"{name} is empty or holds a character that does not print: expected one line")
    return value
