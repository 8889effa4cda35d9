"""What a caller gave is wrong."""

from collections.abc import Sequence

from kg.errors.root import KgError
from kg.errors.wording import article, clipped, listed, shortened

__all__ = [
    "EmptyFeedError",
    "FeedSyntaxError",
    "FormatError",
    "InputError",
    "ParameterError",
    "QueryEvaluationError",
    "QuerySyntaxError",
    "RuleNameError",
    "TermSyntaxError",
]


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
        wanted = f", expected {listed(self.expected)}" if self.expected else ""
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
        super().__init__(f'found rule "{clipped(name)}", expected one of those that kg check --list shows{meant}')


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
        super().__init__(f"{clipped(feed)}: line {line}, byte {byte}: {problem}")


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
        super().__init__(f"found {shortened(text)}, expected {article(shown)} such as {example}")


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
        super().__init__(f'saved query "{query}": parameter "{clipped(parameter)}" {problem}')


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
