"""Our own files are wrong."""

from collections.abc import Sequence

from kg.errors.root import KgError

__all__ = [
    "ConfigError",
    "GraphParseError",
    "MalformedFilesError",
    "QueryHeaderError",
    "ReleaseError",
    "ShapesGraphError",
    "SourceError",
]


class SourceError(KgError):
    """Our own files are wrong."""

    exit_code = 3
    title = "Faulty file"


class GraphParseError(SourceError):
    """
    An RDF file cannot be read or does not parse.

    ``path`` is relative to the knowledge graph directory; ``line`` and ``column`` count from 1.
    """

    title = "Malformed RDF file"

    def __init__(self, path: str, line: int, column: int, problem: str) -> None:
        self.path = path
        self.line = line
        self.column = column
        self.problem = problem
        super().__init__(f"{path}:{line}:{column}: {problem}")


class MalformedFilesError(SourceError):
    """
    One or more files of the knowledge graph directory do not parse.

    ``errors`` holds what is wrong with each, in the order of their paths.
    """

    title = "Malformed files"

    def __init__(self, errors: Sequence["GraphParseError"]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in errors))


class QueryHeaderError(SourceError):
    """
    A saved query file is wrong: its header, its parameters or its VALUES block.

    ``path`` is the file, relative to the knowledge graph directory; ``line`` and ``column`` count from 1.
    """

    title = "Malformed saved query"

    def __init__(self, path: str, problem: str, *, line: int = 1, column: int = 1) -> None:
        self.path = path
        self.line = line
        self.column = column
        self.problem = problem
        super().__init__(f"{path}:{line}:{column}: {problem}")


class ShapesGraphError(SourceError):
    """The shapes graph cannot be used for validation."""

    title = "Faulty shapes"


class ConfigError(SourceError):
    """``agon.toml``, or a file of the words of the pages, does not parse, or has what is unknown or ill-typed."""

    title = "Faulty configuration"


class ReleaseError(SourceError):
    """There is no release to serve, or the one there is is damaged."""

    title = "No usable release"
