"""
Every exception of Agon, in one tree.

The group says whose fault it is, and therefore the exit code of ``kg`` and the HTTP status of the server; the class
says what went wrong. A message names the thing, what was found, what was expected, and the mend.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

__all__ = [
    "AddressInUseError",
    "BuildFolderError",
    "CheckTimeoutError",
    "CheckWorkerLostError",
    "ConfigError",
    "DocumentTooLongError",
    "EmptyFeedError",
    "EmptyGraphError",
    "EngineAnswerError",
    "EngineBusyError",
    "EngineCredentialsError",
    "EngineError",
    "EngineRefusalError",
    "EngineTimeoutError",
    "EngineUnreachableError",
    "FeedSyntaxError",
    "FormatError",
    "GraphParseError",
    "InputError",
    "KgError",
    "LimitError",
    "MalformedFilesError",
    "MergedEntityError",
    "NotAKnowledgeGraphError",
    "NotFoundError",
    "OutputError",
    "ParameterError",
    "PlaceError",
    "PublicationDiffersError",
    "PublicationLockedError",
    "QueryEvaluationError",
    "QueryHeaderError",
    "QueryRefusedError",
    "QuerySyntaxError",
    "QueryTimeoutError",
    "QueryTooLongError",
    "QueryWorkerLostError",
    "RefusedError",
    "ReleaseError",
    "ReleaseRefusedError",
    "ReleaseReplacedError",
    "ResultTooLargeError",
    "RuleNameError",
    "ServiceBusyError",
    "ShapesGraphError",
    "SourceError",
    "TermSyntaxError",
    "UnknownEntityError",
    "UnknownQueryError",
    "UnknownReleaseError",
]


class KgError(Exception):
    """
    A failure that Agon can explain.

    ``exit_code`` is what ``kg`` ends with; ``title`` names the kind of failure in a few words.
    """

    exit_code: ClassVar[int] = 4
    title: ClassVar[str] = "Internal fault"

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes with all facts, whatever the parameters of the class."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[KgError], arguments: tuple[object, ...], facts: dict[str, object]) -> KgError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(facts)
    return error


class InputError(KgError):
    """The text that the caller gave is wrong."""

    exit_code = 3
    title = "Malformed input"


class QuerySyntaxError(InputError):
    """
    A query does not parse.

    ``line`` and ``column`` count from 1, ``found`` is the text at that place, ``expected`` what could stand there,
    ``problem`` the message without the place.
    """

    title = "Malformed query"

    def __init__(self, *, line: int, column: int, found: str, expected: Sequence[str] = (), reason: str = "") -> None:
        self.line = line
        self.column = column
        self.found = found
        self.expected = tuple(expected)
        wanted = f", expected {_listed(self.expected)}" if self.expected else ""
        self.problem = (reason or f"found {found}") + wanted
        super().__init__(f"query, line {line}, column {column}: {self.problem}")


class QueryEvaluationError(InputError):
    """A query parses, but asks for something that cannot be evaluated, such as an unknown function."""

    title = "Query that cannot be evaluated"


class RuleNameError(InputError):
    """
    There is no rule of this name.

    ``allowed`` lists the names that exist, ``near`` is the one most like it.
    """

    exit_code = 2
    title = "Unknown rule"

    def __init__(self, name: str, allowed: Sequence[str], near: str) -> None:
        self.allowed = tuple(allowed)
        meant = f": did you mean {near}?" if near else ""
        super().__init__(f'found rule "{_clipped(name)}", expected one of those that kg check --list shows{meant}')


class FeedSyntaxError(InputError):
    """
    A feed is no JSON, or no text, from some place on.

    ``line`` counts from 1, ``byte`` from 0; ``problem`` is the message without the place.
    """

    title = "Malformed feed"

    def __init__(self, feed: str, line: int, byte: int, problem: str) -> None:
        self.line = line
        self.byte = byte
        self.problem = problem
        super().__init__(f"{_clipped(feed)}: line {line}, byte {byte}: {problem}")


class EmptyFeedError(InputError):
    """A feed cannot be read, or holds no review that could be imported."""

    title = "Feed without reviews"


class TermSyntaxError(InputError):
    """
    A text is no RDF term of the type asked for.

    ``text`` is what was found, ``type_name`` the type, ``example`` a text that would do.
    """

    title = "Malformed term"

    def __init__(self, text: str, type_name: str, example: str) -> None:
        self.text = text
        self.type_name = type_name
        self.example = example
        shown = "IRI" if type_name == "iri" else type_name
        super().__init__(f"found {_shortened(text)}, expected {_article(shown)} such as {example}")


class ParameterError(InputError):
    """
    A parameter of a saved query is unknown, missing, given too often or ill-typed.

    ``query`` names the saved query, ``parameter`` the parameter and ``allowed`` the parameters that it has.
    """

    exit_code = 2
    title = "Wrong parameter"

    def __init__(self, query: str, parameter: str, problem: str, *, allowed: Sequence[str] = ()) -> None:
        self.query = query
        self.parameter = parameter
        self.allowed = tuple(allowed)
        super().__init__(f'saved query "{query}": parameter "{_clipped(parameter)}" {problem}')


class RefusedError(KgError):
    """The request is understood and not allowed here."""

    exit_code = 5
    title = "Refused"


class ReleaseRefusedError(RefusedError):
    """A release that does not conform is not published unasked."""

    exit_code = 1
    title = "Refused release"


class QueryRefusedError(RefusedError):
    """A query asks for an update or for another server."""

    title = "Refused query"


class LimitError(KgError):
    """
    The request is allowed but too costly.

    ``limit`` names the setting and its value, such as ``{"timeout_seconds": 10}``.
    """

    exit_code = 5
    title = "Limit exceeded"

    def __init__(self, message: str, **limit: float) -> None:
        self.limit = limit
        super().__init__(message)


class QueryTimeoutError(LimitError):
    """A query took longer than it may."""

    title = "Out of time"


class QueryTooLongError(LimitError):
    """The text of a query has more bytes than it may."""

    title = "Query too long"


class QueryWorkerLostError(LimitError):
    """The process that evaluated the query died: it ran out of memory or of stack."""

    title = "Query too costly"


class ResultTooLargeError(LimitError):
    """A result has more bytes than it may."""

    title = "Result too large"


class CheckTimeoutError(LimitError):
    """The check of a document took longer than it may."""

    title = "Out of time"


class CheckWorkerLostError(LimitError):
    """The process that checked a document died: it ran out of memory or of stack."""

    title = "Document too costly"


class DocumentTooLongError(LimitError):
    """A document that is to be checked has more bytes than it may."""

    title = "Document too long"


class ServiceBusyError(LimitError):
    """All workers are busy for longer than a query may wait."""

    title = "Busy"


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
        hint = f"did you mean {_listed(self.near)}?" if near else "list them with kg list or at /queries."
        super().__init__(f'there is no saved query "{_clipped(name)}"; {hint}')


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
        super().__init__(f"the dataset says nothing of <{_clipped(iri)}>; {hint}")


class MergedEntityError(NotFoundError):
    """
    An entity was merged into another.

    ``iri`` is what was asked for, ``into`` the entity that holds its statements now.
    """

    title = "Merged"

    def __init__(self, iri: str, into: str) -> None:
        self.iri = iri
        self.into = into
        super().__init__(f"<{_clipped(iri)}> was merged into <{into}>: ask for that")


class FormatError(KgError):
    """
    There is no such format for this result.

    ``allowed`` lists the names or media types that exist.
    """

    exit_code = 2
    title = "No such format"

    def __init__(self, message: str, allowed: Sequence[str] = ()) -> None:
        self.allowed = tuple(allowed)
        super().__init__(message)


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


class EngineError(KgError):
    """
    The engine that holds the data failed; neither the question nor our files are at fault.

    ``engine`` is its address, without anything secret.
    """

    exit_code = 10
    title = "Failing engine"

    def __init__(self, engine: str, problem: str) -> None:
        self.engine = engine
        self.problem = problem
        super().__init__(f"the engine at {engine} {problem}")


class EngineUnreachableError(EngineError):
    """The engine cannot be reached, or breaks the connection."""

    title = "Engine out of reach"


class EngineCredentialsError(EngineError):
    """The engine wants other credentials, or these may not do what was asked."""

    title = "Refused by the engine"


class EngineAnswerError(EngineError):
    """What the engine answered is not what it was asked for, or not the whole of it."""

    title = "Unfit answer of the engine"


class EngineRefusalError(EngineError):
    """The engine does not do what it was asked, such as a query it cannot evaluate or a write to a full disk."""

    title = "Refused by the engine"


class EngineTimeoutError(EngineError):
    """The engine did not answer in time."""

    title = "Engine out of time"


class EngineBusyError(EngineError):
    """The engine has too much to do: ask again in a moment."""

    title = "Engine busy"


class ReleaseReplacedError(EngineError):
    """The data in the engine were replaced while they were asked: ask again in a moment."""

    title = "Data replaced meanwhile"


class PublicationLockedError(EngineBusyError):
    """Somebody else is publishing to the engine."""

    title = "Published by another"


class PublicationDiffersError(EngineError):
    """
    What the engine holds is not what was sent to it.

    ``graph`` is the named graph, ``expected`` and ``found`` count triples, ``missing`` and ``unexpected`` are examples.
    """

    title = "Differing data"

    def __init__(
        self, engine: str, graph: str, expected: int, found: int, missing: Sequence[str], unexpected: Sequence[str]
    ) -> None:
        self.graph, self.expected, self.found = graph, expected, found
        self.missing, self.unexpected = tuple(missing), tuple(unexpected)
        examples = "".join(
            f"\n  {word}: {_clipped(line, _LONGEST_TRIPLE)} ."
            for word, lines in (("missing", missing), ("not ours", unexpected))
            for line in lines
        )
        super().__init__(engine, f"holds {found} triples in <{graph}>, expected {expected}{examples}")


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


_LONGEST_ECHO = 80
_LONGEST_TRIPLE = 300


def _listed(names: Sequence[str]) -> str:
    """Join names for a sentence: ``a, b or c``."""
    return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _clipped(text: str, longest: int = _LONGEST_ECHO) -> str:
    """Cut a text that came from outside to a length fit for a message."""
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return printable if len(printable) <= longest else printable[:longest] + "…"


def _shortened(text: str) -> str:
    return f'"{_clipped(text)}"' if text else "nothing"


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeioIAEO" else f"a {noun}"
