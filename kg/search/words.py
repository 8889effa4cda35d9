"""
Texts to words, in any script, and words to a question for the index.

The index takes each run of letters, digits and combining marks as a word. Scripts that put no blanks between words get
a separator around each character, so that any run of their characters is found as a phrase.

Source: SQLite FTS5 Extension, sections 3.1 and 4.3.1; Unicode Standard, chapter 24, for the blocks of the scripts.
"""

import re
import unicodedata
from typing import Final

__all__ = ["clean", "match_expression", "separated", "together", "words_of"]

_MOST_WORDS: Final = 64
"""How many words of a question are looked for; the index cannot hold many more in one expression."""

_SEPARATOR: Final = "\x1f"
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_UNSPACED: Final = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # Hiragana, Katakana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "]"
)
_WORD_CATEGORIES: Final = "LNM"


def clean(text: str) -> str:
    """Give a text on one line, composed, without control characters."""
    return " ".join(_CONTROLS.sub(" ", unicodedata.normalize("NFC", text)).split())


def separated(text: str) -> str:
    """Put separators around the characters of scripts that have no blanks."""
    return _UNSPACED.sub(rf"{_SEPARATOR}\g<0>{_SEPARATOR}", text)


def together(text: str) -> str:
    """Undo :func:`separated`."""
    return text.replace(_SEPARATOR, "")


def words_of(text: str) -> list[str]:
    """
    Give the first words of a text, each once; whatever is no letter, digit or mark only parts them.

    >>> words_of('NEAR("Баку" OR* 北京')
    ['NEAR', 'Баку', 'OR', '北京']
    """
    letters = (letter if unicodedata.category(letter)[0] in _WORD_CATEGORIES else " " for letter in clean(text))
    return list(dict.fromkeys("".join(letters).split()))[:_MOST_WORDS]


def match_expression(words: list[str], *, columns: str = "") -> str:
    """
    Ask the index for the documents that have words which begin with all the given ones.

    Args:
        words: What :func:`words_of` gave: none of them can hold a quote.
        columns: The names of the columns that are looked at, with blanks between; all without it.
    """
    phrases = " AND ".join(f'"{separated(word)}" *' for word in words)
    return f"{{{columns}}} : ({phrases})" if columns else phrases
