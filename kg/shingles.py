"""
Digests of the runs of words of a text, by which copies are found without the text itself.

A digest is the first twelve hexadecimal digits of the SHA-256 of seven words in lower case, joined by spaces.

Source: A. Broder, On the resemblance and containment of documents, 1997 (shingles).
"""

import hashlib
import re
from typing import Final

__all__ = ["RUN_WORDS", "shingles"]

RUN_WORDS: Final = 7
"""How many words a run has."""


def shingles(text: str) -> set[str]:
    """
    Give the digest of each run of seven words in a text.

    >>> len(shingles("One two three four five six seven eight"))
    2

    Args:
        text: The text; marks and case are passed over.
    """
    words = re.findall(r"\w+", text.lower())
    runs = (" ".join(words[start : start + RUN_WORDS]) for start in range(len(words) - RUN_WORDS + 1))
    return {hashlib.sha256(run.encode()).hexdigest()[:12] for run in runs}
