"""Words and texts from outside, as they stand in messages."""

from collections.abc import Sequence
from typing import Final

__all__ = ["article", "clipped", "listed", "shortened"]

_LONGEST_ECHO: Final = 80


def listed(names: Sequence[str]) -> str:
    """Join names for a sentence: ``a, b or c``."""
    return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def clipped(text: str, longest: int = _LONGEST_ECHO) -> str:
    """Cut a text that came from outside to a length fit for a message."""
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return printable if len(printable) <= longest else printable[:longest] + "…"


def shortened(text: str) -> str:
    """Quote a text that came from outside, or say that there is none."""
    return f'"{clipped(text)}"' if text else "nothing"


def article(noun: str) -> str:
    """Put the article before a noun."""
    return f"an {noun}" if noun[0] in "aeioIAEO" else f"a {noun}"
