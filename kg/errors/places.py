"""The place where Agon should work does not fit."""

from kg.errors.root import KgError

__all__ = [
    "AddressInUseError",
    "BuildFolderError",
    "EmptyGraphError",
    "NotAKnowledgeGraphError",
    "OutputError",
    "PlaceError",
]


class PlaceError(KgError):
    """The place where Agon should work does not fit: a folder, an address."""

    title = "Unfit place"


class NotAKnowledgeGraphError(PlaceError):
    """The directory has no ``ontology`` and ``graph_data`` folders."""

    exit_code = 6
    title = "No knowledge graph"


class EmptyGraphError(PlaceError):
    """The knowledge graph directory holds no Turtle file of graph data."""

    exit_code = 7
    title = "Empty graph"


class BuildFolderError(PlaceError):
    """The build folder cannot be written."""

    exit_code = 8
    title = "Unwritable build folder"


class OutputError(PlaceError):
    """A file that a command should write cannot be written, or would replace something."""

    exit_code = 8
    title = "Unwritable output"


class AddressInUseError(PlaceError):
    """The server cannot listen on its address."""

    exit_code = 9
    title = "Address not available"
