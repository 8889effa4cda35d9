"""
The tokens of a Turtle, TriG, N-Triples or N-Quads text, each with its place.

The tokenizer never fails: a string without an end becomes an ``unclosed`` token, and a character that fits nowhere
an ``other`` one, so that malformed files can be told what is wrong with them. The time grows with the length of the
text only: no alternative is tried again at the same place for longer than a name.

Source: RDF 1.1 Turtle, section 6.5; RDF 1.1 TriG, section 4; RDF 1.2 Turtle for triple terms and annotations.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from kg.text_lines import LINE_END

__all__ = ["Token", "tokens"]

_LETTER: Final = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_CHARACTER: Final = _LETTER + r"0-9_\-\u00B7\u0300-\u036F\u203F-\u2040"
_ESCAPE: Final = r"%[0-9A-Fa-f]{2} | \\[_~.\-!$&'()*+,;=/?\#@%]"
_PATTERN: Final = re.compile(
    rf"""
      (?P<space>    [ \t\r\n]++ )
    | (?P<comment>  \#[^\r\n]*+ )
    | (?P<blank>    _: [{_LETTER}_0-9] (?: [{_CHARACTER}]++ | \.++ (?=[{_CHARACTER}]) )*+ )
    | (?P<name>     (?: [{_LETTER}] (?: [{_CHARACTER}]++ | \.++ (?=[{_CHARACTER}]) )*+ )? :
                    (?: (?: [{_LETTER}_:0-9] | {_ESCAPE} )
                        (?: [{_CHARACTER}:]++ | {_ESCAPE} | \.++ (?=[{_CHARACTER}:%\\]) )*+ )? )
    | (?P<iri>      < (?: [^\x00-\x20<>"{{}}|^`\\]++ | \\u[0-9A-Fa-f]{{4}} | \\U[0-9A-Fa-f]{{8}} )*+ > )
    | (?P<string>   \"{{3}} (?: [^"\\]++ | \\. | "{{1,2}} (?!") )*+ \"{{3}}
                  | '{{3}} (?: [^'\\]++ | \\. | '{{1,2}} (?!') )*+ '{{3}}
                  | " (?!"") (?: [^"\\\r\n]++ | \\[^\r\n] )*+ " | ' (?!'') (?: [^'\\\r\n]++ | \\[^\r\n] )*+ ' )
    | (?P<unclosed> \"{{3}} .*+ | '{{3}} .*+ | ["'] [^\r\n]*+ )
    | (?P<at>       @ [A-Za-z]++ (?: --?+ [A-Za-z0-9]++ )*+ )
    | (?P<number>   [+-]? (?: [0-9]++ (?: \.[0-9]*+ [eE][+-]?[0-9]++ | \.[0-9]++ | [eE][+-]?[0-9]++ )?
                          | \.[0-9]++ (?: [eE][+-]?[0-9]++ )? ) )
    | (?P<word>     [{_LETTER}_] [{_CHARACTER}]*+ )
    | (?P<mark>     \^\^ | <<\( | \)>> | << | >> | \{{\| | \|\}} | [.,;\[\](){{}}~] )
    | (?P<other>    < (?: [^<>\r\n]*+ > | [^<>\s]*+ ) | . )
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """
    One word of an RDF text.

    ``kind`` is ``iri``, ``name`` (a prefixed name), ``blank`` (the label of a blank node), ``string``, ``number``,
    ``at`` (a language tag or ``@prefix``), ``word`` (``a``, ``true``, ``PREFIX``), ``mark``, ``literal`` (a string with
    its tag or datatype, from the reader only), ``space``, ``comment``, ``unclosed`` or ``other``. ``start`` counts
    characters from 0, ``line`` and ``column`` from 1; a line ends with LF, CR or both, as in XML.
    """

    kind: str
    text: str
    start: int
    line: int
    column: int

    @property
    def end(self) -> int:
        """The place just behind the token."""
        return self.start + len(self.text)

    @property
    def end_line(self) -> int:
        """The line on which the token ends."""
        return self.line + len(LINE_END.findall(self.text))

    @property
    def end_column(self) -> int:
        """The column just behind the token, on its last line."""
        ends = [found.end() for found in LINE_END.finditer(self.text)]
        return len(self.text) - ends[-1] + 1 if ends else self.column + len(self.text)


def tokens(text: str, *, layout: bool = False) -> Iterator[Token]:
    r"""
    Take a text apart.

    >>> [(token.kind, token.text, token.line, token.column) for token in tokens("a:s a\n  1 . # one")]
    [('name', 'a:s', 1, 1), ('word', 'a', 1, 5), ('number', '1', 2, 3), ('mark', '.', 2, 5)]

    Args:
        text: The content of a file, whether well-formed or not.
        layout: Give spaces and comments too; the tokens then put together are the text.
    """
    line, line_start = 1, 0
    for found in _PATTERN.finditer(text):
        kind, start = found.lastgroup or "other", found.start()
        word = found[0]
        if layout or kind not in {"space", "comment"}:
            yield Token(kind, word, start, line, start - line_start + 1)
        if kind in {"space", "string", "unclosed"} and ("\n" in word or "\r" in word):
            for end in LINE_END.finditer(word):
                line += 1
                line_start = start + end.end()
