"""Which old value of a property has become which new one."""

from collections import defaultdict
from collections.abc import Sequence

from rapidfuzz import fuzz

from kg.terms import Literal, Term

__all__ = ["pair_values"]

_ALIKE = 60.0
"""How alike two of several texts are at least, in percent, where one has become the other."""


def pair_values(gone: Sequence[Term], come: Sequence[Term]) -> list[tuple[Term, Term]]:
    """
    Pair values that are gone with those that have come.

    Literals are paired with literals of their language and datatype: where there is one of each these two, of several
    those that are alike. If one value of each is left then, of whatever kind, they are a pair too.

    Returns:
        Pairs of an old and a new value; no value is in two.
    """
    pairs: list[tuple[Term, Term]] = []
    groups: defaultdict[tuple[str, str], tuple[list[Literal], list[Literal]]] = defaultdict(lambda: ([], []))
    for side, terms in enumerate((gone, come)):
        for term in terms:
            if isinstance(term, Literal):
                groups[term.language or "", term.datatype.value][side].append(term)
    for olds, news in groups.values():
        pairs += _pair_texts(olds, news)
    olds_left = [term for term in gone if all(term != old for old, _ in pairs)]
    news_left = [term for term in come if all(term != new for _, new in pairs)]
    if len(olds_left) == len(news_left) == 1:
        pairs.append((olds_left[0], news_left[0]))
    return pairs


def _pair_texts(olds: Sequence[Literal], news: Sequence[Literal]) -> list[tuple[Term, Term]]:
    if len(olds) == len(news) == 1:
        return [(olds[0], news[0])]
    likeness = {
        (old, new): score
        for old in olds
        for new in news
        if (score := fuzz.ratio(old.value, new.value, score_cutoff=_ALIKE)) >= _ALIKE
    }
    pairs: list[tuple[Term, Term]] = []
    for old, new in sorted(likeness, key=lambda pair: (-likeness[pair], str(pair))):
        if all(old != one and new != other for one, other in pairs):
            pairs.append((old, new))
    return pairs
