"""There is no such thing."""

from collections.abc import Sequence

from kg.errors.root import KgError
from kg.errors.wording import clipped, listed

__all__ = ["MergedEntityError", "NotFoundError", "UnknownEntityError", "UnknownQueryError", "UnknownReleaseError"]


class NotFoundError(KgError):
    """There is no such thing."""

    exit_code = 2
    title = "Not found"


class UnknownReleaseError(NotFoundError):
    """There is no release of this digest, or more than one whose digest begins so."""

    title = "Unknown release"


class UnknownQueryError(NotFoundError):
    """
    There is no saved query of this name.

    ``name`` is what was asked for, ``near`` the names most like it.
    """

    title = "Unknown saved query"

    def __init__(self, name: str, near: Sequence[str]) -> None:
        self.name = name
        self.near = tuple(near)
        hint = f"did you mean {listed(self.near)}?" if near else "list them with kg list or at /queries."
        super().__init__(f'there is no saved query "{clipped(name)}"; {hint}')


class UnknownEntityError(NotFoundError):
    """
    The dataset says nothing of an IRI.

    ``iri`` is what was asked for, ``near`` the IRIs most like it.
    """

    title = "Unknown IRI"

    def __init__(self, iri: str, near: Sequence[str]) -> None:
        self.iri = iri
        self.near = tuple(near)
        hint = f"did you mean {' or '.join(near)}?" if near else "/sparql finds IRIs by their names."
        super().__init__(f"the dataset says nothing of <{clipped(iri)}>; {hint}")


class MergedEntityError(NotFoundError):
    """
    An entity was merged into another.

    ``iri`` is what was asked for, ``into`` the entity that holds its statements now.
    """

    title = "Merged"

    def __init__(self, iri: str, into: str) -> None:
        self.iri = iri
        self.into = into
        super().__init__(f"<{clipped(iri)}> was merged into <{into}>: ask for that")
