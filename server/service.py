"""What the server serves: one release at a time, asked through its workers."""

import asyncio
from dataclasses import dataclass

from starlette.requests import Request

from kg.config import Config
from kg.document_check import CheckClient
from kg.evaluation import Host, QueryClient, WorkerHost
from kg.evaluation.remote_host import RemoteHost
from kg.formats import ResultKind, named_format, read_graph
from kg.query import read_query
from kg.query_files import load_saved_queries
from kg.release import Release
from kg.saved_queries import SavedQuery, require_page_queries
from kg.search import SearchIndex
from kg.terms import Triple
from server.cache import AnswerCache
from server.catalogue import Catalogue, read_catalogue
from server.readiness import Readiness
from server.search_client import SearchClient

__all__ = ["Service", "ServiceSlot", "current_service", "host_release", "open_service"]


_MOST_PAGE_QUESTIONS = 2
_GRAPHS = """
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
CONSTRUCT WHERE { ?entry sd:name ?graph }
"""


@dataclass(frozen=True)
class Service:
    """A release, the workers that ask it, the saved queries about it, what it says of itself, and answers kept."""

    config: Config
    release: Release
    client: QueryClient
    queries: tuple[SavedQuery, ...]
    description: tuple[Triple, ...]
    graphs: frozenset[str]
    cache: AnswerCache
    checks: CheckClient | None
    """Asks the workers that check documents, where the server does that."""
    choices: dict[str, list[tuple[str, str]]]
    """The values that a listing gives, with their names; kept as long as the release is served."""
    search: SearchClient
    readiness: Readiness | None
    """Looks at the engine, where one answers for the release."""
    catalogue: Catalogue
    """The words of the pages."""
    page_turn: asyncio.Lock
    """Held while a page is made that asks several questions."""
    page_questions: asyncio.Semaphore
    """Held while the workers are asked for a page, so that pages alone never fill the queue."""


@dataclass
class ServiceSlot:
    """
    The place of the service that answers now, if any; another takes it between two requests.

    ``engine`` is the address of the engine that answers for it, if any.
    """

    service: Service | None
    engine: str = ""


def host_release(config: Config, release: Release) -> Host:
    """
    Start the workers of a release: before the engine that holds it, or in memory if it is small enough.

    Raises:
        ReleaseError: It cannot be loaded.
    """
    if config.store.url:
        return RemoteHost(config, release.digest, release.search_index, release.prefixes)
    return WorkerHost(
        release.store,
        release.dump if release.triple_count <= config.limits.memory_triples else None,
        base_iri=config.base_iri,
        prefixes=release.prefixes,
        limits=config.limits,
        asks_others=bool(config.service_prefixes),
        index=release.search_index if release.search_index.is_file() else None,
    )


def open_service(config: Config, release: Release, address: str, checks: str = "") -> Service:
    """
    Ask the workers of a release a first question, and read the saved queries.

    Args:
        config: The knowledge graph directory.
        release: What is served.
        address: Where its workers are reached.
        checks: Where the workers are reached that check documents; empty where there are none.

    Raises:
        ReleaseError: The store of the release cannot be read.
        QueryHeaderError: A saved query is malformed.
        ConfigError: The pages name a saved query that they cannot ask, or a file of their words is wrong.
    """
    client = QueryClient(address, config.limits, engine=config.store.address)
    queries = load_saved_queries(config.queries, config.limits)
    require_page_queries(queries, config.pages)
    description = _ask_graph(config, client, "CONSTRUCT WHERE { ?subject ?predicate ?value }")
    graphs = _ask_graph(config, client, _GRAPHS)
    return Service(
        config=config,
        release=release,
        client=client,
        queries=queries,
        description=description,
        graphs=frozenset(triple.object.value for triple in graphs if not isinstance(triple.object, Triple)),
        cache=AnswerCache(config.limits.cache_bytes),
        checks=CheckClient(checks, config.limits) if checks else None,
        choices={},
        search=SearchClient(SearchIndex(release.search_index, config.limits.timeout_seconds)),
        readiness=Readiness(config, release.digest) if config.store.url else None,
        catalogue=read_catalogue(config.texts),
        page_turn=asyncio.Lock(),
        page_questions=asyncio.Semaphore(_MOST_PAGE_QUESTIONS),
    )


def _ask_graph(config: Config, client: QueryClient, text: str) -> tuple[Triple, ...]:
    row = named_format("ntriples", ResultKind.GRAPH)
    query = read_query(text, max_bytes=config.limits.query_bytes, default_graphs=(config.description_iri,))
    return read_graph(client.evaluate(query, row), row)


def current_service(request: Request) -> Service:
    """Give the service that handles a request: the same one from its first line to its last."""
    service: Service = request.state.service
    return service
