"""What things are called in several languages, and which of that a reader understands best."""

import json
from collections.abc import Sequence
from typing import Final, NamedTuple

__all__ = ["Label", "Labels", "choose_label", "read_labels", "write_labels"]


class Label(NamedTuple):
    """What something is called, with the language tag, which may be empty."""

    language: str
    text: str


Labels = tuple[Label, ...]
"""The labels of one thing, at most one for each language tag, the best first."""
_NONE: Final = Label("", "")


def choose_label(labels: Labels, languages: Sequence[str]) -> Label:
    """
    Choose the label in the first language that there is, or else the best one; where there is none, an empty one.

    Args:
        labels: Of one thing.
        languages: What a reader prefers, the best first; ``en`` fits ``en-GB`` too.

    Source: Matching of Language Tags (RFC 4647), section 3.3.1.

    >>> choose_label((Label("en-GB", "colour"), Label("de", "Farbe")), ["fr", "de"]).text
    'Farbe'
    """
    fitting = (label for language in languages for label in labels if _fits(label.language, language))
    return next(fitting, labels[0] if labels else _NONE)


def _fits(tag: str, wanted: str) -> bool:
    return f"{tag}-".lower().startswith(f"{wanted}-".lower())


def write_labels(labels: Labels) -> str:
    """Write labels as the index holds them."""
    return json.dumps(labels, ensure_ascii=False)


def read_labels(text: str) -> Labels:
    """Read what :func:`write_labels` wrote."""
    return tuple(Label(*pair) for pair in json.loads(text))
