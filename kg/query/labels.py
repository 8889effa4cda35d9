"""The wish of a client for names beside the IRIs of an answer."""

from dataclasses import dataclass

__all__ = ["LabelRequest", "is_language"]


@dataclass(frozen=True)
class LabelRequest:
    """
    The wish for names in a language, by the properties that name things, the best first.

    ``otherwise`` are languages to take where there is no name in the first one; ``*`` stands for any language and none.
    """

    language: str
    properties: tuple[str, ...]
    otherwise: tuple[str, ...] = ()


def is_language(text: str) -> bool:
    """Tell whether a text is a language tag, such as ``en`` or ``pt-BR``."""
    parts = text.split("-")
    return all(part.isascii() and part.isalnum() and len(part) <= 8 for part in parts) and parts[0].isalpha()
