"""What the pages of a graph show, by the names of its saved queries: the table ``[pages]`` of ``agon.toml``."""

import msgspec

__all__ = ["PageLayout", "PageSettings"]


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of ``agon.toml``, in which an unknown setting is refused."""


class PageLayout(_Table, frozen=True):
    """
    What the page of each instance of a class shows beside its statements.

    ``class_iri``, written ``class``, is a class; ``sections`` are saved queries, in order, each of which takes one IRI.
    """

    class_iri: str = msgspec.field(name="class")
    sections: tuple[str, ...]


class PageSettings(_Table, frozen=True):
    """
    The table ``[pages]``.

    ``home_classes`` are classes whose instances the first page counts; ``home_questions`` are saved queries that it
    answers, with their examples as parameters; ``home_picture`` is one whose last variable counts what flows through
    the variables before it; ``quality_questions`` are answered on the page about quality; ``layouts`` say what the
    page of a thing shows; ``bookkeeping`` are properties that the picture of its neighbourhood leaves out.
    """

    home_classes: tuple[str, ...] = ()
    home_questions: tuple[str, ...] = ()
    home_picture: str = ""
    quality_questions: tuple[str, ...] = ()
    layouts: tuple[PageLayout, ...] = ()
    bookkeeping: tuple[str, ...] = ()

    @property
    def query_names(self) -> frozenset[str]:
        """The names of all saved queries that the pages ask."""
        sections = [name for layout in self.layouts for name in layout.sections]
        return frozenset((*self.home_questions, *filter(None, [self.home_picture]), *self.quality_questions, *sections))
