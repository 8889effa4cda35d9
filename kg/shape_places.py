"""Where shapes stand in their files; those without a name are known by what is said of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from kg.dataset import SourceFile
from kg.findings import Location, Locator
from kg.locations import Statement, locate_statements
from kg.shape_messages import plain
from kg.terms import BlankNode, NamedNode, Quad, Term

__all__ = ["ShapePlaces"]


class ShapePlaces:
    """Finds the line of a property of a shape, else of the shape, else of what leads to it."""

    def __init__(self, files: Iterable[SourceFile], texts: Mapping[str, str]) -> None:
        """Look in these files, whose texts are given by their paths."""
        self._files = tuple(files)
        self._texts = texts
        self._locator = Locator(self._files, texts)

    def find(self, node: Term, predicate: str, value: Term | None) -> Location | None:
        """Give the line of a statement of a shape, or the nearest to it."""
        seen: set[Term] = set()
        while node not in seen:
            seen.add(node)
            if isinstance(node, NamedNode):
                return self._locator.find(node.value, predicate, "" if value is None else plain(value))
            found = self._find_blank(node, predicate, value)
            if found:
                return found
            link = next((quad for file in self._files for quad in file.quads if quad.object == node), None)
            if link is None:
                return None
            node, predicate, value = link.subject, link.predicate.value, None
        return None

    def named(self, node: Term) -> Term:
        """Give a node, or the nearest above it that has a name."""
        seen: set[Term] = set()
        while isinstance(node, BlankNode) and node not in seen:
            seen.add(node)
            node = next((quad.subject for file in self._files for quad in file.quads if quad.object == node), node)
        return node

    def _find_blank(self, node: Term, predicate: str, value: Term | None) -> Location | None:
        for file in self._files:
            quads = [quad for quad in file.quads if quad.subject == node]
            statements = self._nearest(file, quads) if quads else []
            if statements:
                return Location(file.path, _line(statements, predicate, value))
        return None

    def _nearest(self, file: SourceFile, quads: list[Quad]) -> list[Statement]:
        """Give the statements of the node without a name of which most of the same is said."""
        facts = {(quad.predicate.value, plain(quad.object)) for quad in quads if not isinstance(quad.object, BlankNode)}
        groups: defaultdict[str, list[Statement]] = defaultdict(list)
        for statement in locate_statements(self._texts[file.path], file.graph.value):
            if statement.subject.startswith("_:"):
                groups[statement.subject].append(statement)

        def likeness(group: list[Statement]) -> int:
            return len(facts & {(one.predicate, _bare(one.value)) for one in group})

        best = max(groups.values(), key=likeness, default=[])
        return best if best and likeness(best) else []


def _line(statements: list[Statement], predicate: str, value: Term | None) -> int:
    same = [one for one in statements if one.predicate == predicate]
    exact = [one for one in same if value is not None and _bare(one.value) == plain(value)]
    if exact:
        return exact[0].value_line
    return same[0].predicate_line if same else statements[0].subject_line


def _bare(text: str) -> str:
    """Give the text of a literal as it stands in a file, without quotes, language and datatype."""
    if text[:1] not in {'"', "'"}:
        return text
    quote = text[:3] if text[:3] == text[0] * 3 else text[0]
    return text[len(quote) : text.rfind(quote)]
