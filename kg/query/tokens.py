"""
The words of a query, told apart from its comments, strings, IRIs, variables and prefixed names.

The tokenizer never fails: what it does not know becomes a token of one character, and the engine says what is
wrong. Keywords hold no escapes (the engine does not resolve them there either), so a keyword is what it looks like.

Source: SPARQL 1.1 Query Language, section 19.8, rules 139 to 173.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["Token", "declared_prefixes", "tokens"]

_PATTERN: Final = re.compile(
    r"""
      (?P<space>    [ \t\r\n]++ | \#[^\r\n]*+ )
    | (?P<iri>      < (?: [^<>"{}|^`\\\x00-\x20] | \\[uU] )*+ > )
    | (?P<string>   \"{3} (?: \"{0,2} (?: [^"\\] | \\. ) )*+ (?: \"{3} )?
                  | '{3} (?: '{0,2} (?: [^'\\] | \\. ) )*+ (?: '{3} )?
                  | " (?: [^"\\\r\n] | \\. )*+ "? | ' (?: [^'\\\r\n] | \\. )*+ '? )
    | (?P<variable> [?$] \w++ )
    | (?P<language> @ [A-Za-z]++ (?: - [A-Za-z0-9]++ )*+ )
    | (?P<blank>    _: \w (?: [\w.\-]* [\w\-] )? )
    | (?P<name>     (?: [^\W\d_] (?: [\w.\-]{0,255} [\w\-] )? )? :
                    (?: (?: [\w:%] | \\. ) (?: (?: [\w.:%\-] | \\. )* (?: [\w:%\-] | \\. ) )? )? )
    | (?P<number>   [0-9]++ (?: \.[0-9]*+ )? (?: [eE][+-]?[0-9]++ )? | \.[0-9]++ (?: [eE][+-]?[0-9]++ )? )
    | (?P<word>     [A-Za-z] [A-Za-z0-9_]*+ )
    | (?P<mark>     \^\^ | && | \|\| | <= | >= | != | . )
    """,
    re.VERBOSE | re.DOTALL,
)
# Whatever the text, the time grows with its length only: repetitions are possessive, a string without an end runs
# on (it is an error anyway), and no prefix is longer than 256 characters.


@dataclass(frozen=True)
class Token:
    """
    One word of a query.

    ``kind`` is ``iri``, ``string``, ``variable``, ``language``, ``blank``, ``name`` (a prefixed name), ``number``,
    ``word`` (a keyword or the name of a function) or ``mark``; ``start`` and ``end`` count characters from 0.
    """

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The place just behind the token."""
        return self.start + len(self.text)

    def is_keyword(self, *keywords: str) -> bool:
        """Tell whether the token is one of these keywords, given in capitals."""
        return self.kind == "word" and self.text.upper() in keywords


def tokens(text: str) -> Iterator[Token]:
    """Split a query into its tokens, in order, leaving out white space and comments."""
    for found in _PATTERN.finditer(text):
        kind = found.lastgroup or "mark"
        if kind != "space":
            yield Token(kind, found[0], found.start())


def declared_prefixes(text: str) -> dict[str, str]:
    """Give the namespaces that the prologue of a query declares, by their prefixes without the colon."""
    words = list(tokens(text))
    return {
        name.text[:-1]: iri.text[1:-1]
        for keyword, name, iri in zip(words, words[1:], words[2:], strict=False)
        if keyword.is_keyword("PREFIX") and name.kind == "name" and iri.kind == "iri"
    }
