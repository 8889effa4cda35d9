"""What a rule is: its name, how grave a breach is, and what finds one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from kg.findings import Location, Severity
from kg.rules.material import Material
from kg.terms import Triple

__all__ = ["Hit", "Rule", "RuleKind"]


class RuleKind(Enum):
    """What a rule looks at; rules of ``FILES`` are applied even where some file does not parse."""

    FILES = "files"
    TERMS = "terms"
    SHAPES = "shapes"
    ONTOLOGY = "ontology"
    QUERIES = "queries"
    PROMISES = "promises"


@dataclass(frozen=True)
class Hit:
    """
    A breach, and what is said of it.

    It stands at ``location``, or where ``triple`` is stated: at the IRI ``about``, or at the value. IRIs in angle
    brackets in ``message`` are shortened; without a triple, breaches in a file are told apart by their messages.
    ``severity`` is set where it is not that of the rule.
    """

    message: str
    triple: Triple | None = None
    location: Location | None = None
    about: str = ""
    severity: Severity | None = None


def _nothing(_material: Material) -> Iterator[Hit]:
    """Give no breach."""
    return iter(())


@dataclass(frozen=True)
class Rule:
    """
    A rule: what it asks for, and how one mends what breaks it.

    ``find`` gives the breaches; a rule that ``is_deep`` takes long and is applied only when it is asked for. One that
    ``explains_syntax`` says why a file does not parse, so that nothing else is said of it.
    """

    name: str
    kind: RuleKind
    severity: Severity
    asks: str
    mend: str
    find: Callable[[Material], Iterator[Hit]] = _nothing
    is_deep: bool = False
    explains_syntax: bool = False
