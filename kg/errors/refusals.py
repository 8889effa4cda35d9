"""What a caller asked is not allowed here, or too costly."""

from kg.errors.root import KgError

__all__ = [
    "CheckTimeoutError",
    "CheckWorkerLostError",
    "DocumentTooLongError",
    "LimitError",
    "QueryRefusedError",
    "QueryTimeoutError",
    "QueryTooLongError",
    "QueryWorkerLostError",
    "RefusedError",
    "ReleaseRefusedError",
    "ResultTooLargeError",
    "ServiceBusyError",
]


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
