"""What the blueprints serve; each reaches it through the application object."""

from dataclasses import dataclass

from flask import current_app

from kg.config import Config
from kg.evaluation import QueryPool
from kg.formats import ResultKind, named_format, read_graph
from kg.query import read_query
from kg.release import Release
from kg.saved_queries import SavedQuery, load_saved_queries
from kg.terms import Triple

__all__ = ["Service", "current_service", "open_service"]


@dataclass(frozen=True)
class Service:
    """
    A release, the workers that ask it, the saved queries about it, and what it says of itself.

    Whoever opened it closes its ``pool``.
    """

    config: Config
    release: Release
    pool: QueryPool
    queries: tuple[SavedQuery, ...]
    description: tuple[Triple, ...]


def open_service(config: Config, release: Release) -> Service:
    """
    Start the workers over a release and ask them a first question.

    Raises:
        ReleaseError: The store of the release cannot be read.
        QueryHeaderError: A saved query is malformed.
    """
    queries = load_saved_queries(config.queries, config.limits)
    pool = QueryPool(release.store, prefixes=release.prefixes, limits=config.limits)
    question = read_query(
        "CONSTRUCT WHERE { ?subject ?predicate ?value }",
        max_bytes=config.limits.query_bytes,
        default_graphs=(config.description_iri,),
    )
    row = named_format("ntriples", ResultKind.GRAPH)
    return Service(config, release, pool, queries, read_graph(pool.evaluate(question, row), row))


def current_service() -> Service:
    """Give the service of the application that handles this request."""
    service = current_app.extensions["agon"]
    if not isinstance(service, Service):
        raise TypeError(f"expected a Service, found {type(service).__name__}")
    return service
