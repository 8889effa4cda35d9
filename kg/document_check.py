"""
Check one document that does not lie in the knowledge graph directory, beside the files that do.

The document is data, whatever it says: it is never taken for shapes, and nothing that it names is fetched. It may cost
what it likes, since it is checked by a worker that can be ended at any moment (see :mod:`kg.evaluation`).
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import IO

import msgspec

from kg.checks import USUAL_RULES, CheckedSources, check_sources
from kg.config import Config, Limits
from kg.dataset import read_texts
from kg.errors import (
    CheckTimeoutError,
    CheckWorkerLostError,
    KgError,
    MalformedFilesError,
    QueryTimeoutError,
    QueryWorkerLostError,
    ServiceBusyError,
)
from kg.evaluation import Answer, Answerer, Host, ask_worker
from kg.report_forms import report_context, write_report

__all__ = ["CheckClient", "CheckWork", "Context", "DocumentCheck", "check_document", "host_checks"]

_ONTOLOGY = "ontology/"
_QUEUE = 4
"""How many documents may wait; each is held in memory."""
_PATIENCE_SECONDS = 5.0
"""How long a document waits for a worker."""


class Context(Enum):
    """What a document is checked beside: the whole graph, its ontology, or nothing."""

    GRAPH = "graph"
    ONTOLOGY = "ontology"
    NONE = "none"


@dataclass(frozen=True)
class DocumentCheck:
    """
    A document, and how it is checked.

    ``suffix`` is that of a source file of its format, ``rules`` are the names of those that are applied, and ``form``
    is one of the names in :data:`kg.report_forms.REPORT_FORMS`.
    """

    content: bytes
    suffix: str = ".ttl"
    context: Context = Context.GRAPH
    rules: frozenset[str] = USUAL_RULES
    form: str = "json"

    @property
    def path(self) -> str:
        """The path that the document has in the report."""
        return f"document{self.suffix}"


def check_document(config: Config, asked: DocumentCheck) -> CheckedSources:
    """
    Hold a document against the shapes and the rules of a knowledge graph.

    Args:
        config: The knowledge graph directory; its files are read as they are now.
        asked: The document; only findings that stand in it are reported.

    Raises:
        MalformedFilesError: Files of the directory do not parse.
        EmptyGraphError, QueryHeaderError, ShapesGraphError: As :func:`kg.checks.check_sources` says.
    """
    replaced = {asked.path: asked.content}
    if asked.context is not Context.GRAPH:
        replaced = {**_kept_files(config, asked.context), **replaced}
        config = replace(config, check=msgspec.structs.replace(config.check, data=()))
    checked = check_sources(config, progress=lambda _: None, names=asked.rules, replaced=replaced, scope=[asked.path])
    others = [error for error in checked.errors if error.path != asked.path]
    if others:
        raise MalformedFilesError(others)
    return checked


def _kept_files(config: Config, context: Context) -> dict[str, bytes]:
    """Read the shapes, and the ontology if the document is checked beside it."""
    texts, errors = read_texts(config)
    if errors:
        raise MalformedFilesError(errors)
    with_ontology = context is Context.ONTOLOGY
    return {
        text.path: text.content
        for text in texts
        if text.is_shapes or (with_ontology and text.path.startswith(_ONTOLOGY))
    }


@dataclass(frozen=True)
class CheckWork:
    """What the workers do: check documents beside the files of a knowledge graph directory, and write reports."""

    config: Config

    @property
    def limits(self) -> Limits:
        """What a check may cost."""
        return self.config.limits

    def load(self) -> Callable[[], Answerer]:
        """Load nothing: the files are read for each document, since they may have changed."""
        return lambda: self._answer

    def _answer(self, job: bytes, output: IO[bytes]) -> None:
        asked: DocumentCheck = pickle.loads(job)  # noqa: S301 - from a process of ours
        try:
            report = self._report(asked)
        except Exception as error:  # of any type: what is too costly ends this worker, the rest is logged by the server
            if any(isinstance(each, MemoryError | RecursionError) for each in (error, error.__cause__)):
                raise MemoryError from error
            if isinstance(error, KgError):
                raise
            raise KgError(f"the check of a document failed with {type(error).__name__}: {error}") from error
        output.write(report)

    def _report(self, asked: DocumentCheck) -> bytes:
        checked = check_document(self.config, asked)
        context = report_context(checked, self.config, asked.rules)
        return write_report(checked.report, context, asked.form)


def host_checks(config: Config) -> Host:
    """
    Start the workers that check documents.

    Raises:
        ReleaseError: They cannot start.
    """
    return Host(
        CheckWork(config),
        workers=config.limits.validations,
        queue=_QUEUE,
        mend="the workers that check documents cannot start: try kg check, which does the same work",
    )


class CheckClient:
    """Asks the workers that check documents; any number of documents at once."""

    def __init__(self, address: str, limits: Limits) -> None:
        """
        Make a client.

        Args:
            address: Where the host of the workers is reached.
            limits: What a check may cost.
        """
        self._address = address
        self._limits = limits

    async def ask(self, asked: DocumentCheck) -> Answer:
        """
        Ask for the report on a document.

        Raises:
            ServiceBusyError: Other documents are being checked.
            CheckTimeoutError: The time ran out.
            CheckWorkerLostError: The check took more memory or stack than a worker has.
            KgError: As :func:`check_document` says.
        """
        limits = self._limits
        seconds = limits.validate_seconds
        try:
            return await ask_worker(
                self._address, pickle.dumps(asked), seconds, limits, patience_seconds=_PATIENCE_SECONDS
            )
        except ServiceBusyError as error:
            raise ServiceBusyError(
                f"no more than {limits.validations} documents are checked at once (limits.validations), and others "
                "wait: ask again in a moment",
                validations=limits.validations,
            ) from error
        except QueryTimeoutError as error:
            raise CheckTimeoutError(
                f"the check took longer than {seconds:g} seconds (limits.validate_seconds): send less at once, or "
                "check it with kg check, which has no such limit",
                validate_seconds=seconds,
            ) from error
        except QueryWorkerLostError as error:
            raise CheckWorkerLostError(
                "the check took more memory or a deeper stack than it may (limits.memory_bytes): send less at once, "
                "or nest less",
                memory_bytes=limits.memory_bytes,
            ) from error
