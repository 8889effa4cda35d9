"""
What each kind of engine needs: its addresses, how it is told who asks and how long it may take, and its quirks.

The rows that no test of ours has met are marked; they follow the documentation of these engines.
"""

from dataclasses import dataclass
from typing import Final

from kg.errors import ConfigError
from kg.store_settings import StoreSettings, http_address

__all__ = [
    "ENGINES",
    "Addresses",
    "Deadline",
    "Engine",
    "find_addresses",
    "find_engine",
    "named_engine",
    "require_address",
]

_FOR_USERS: Final = "-auth"
"""What ends those addresses of Virtuoso that ask for a user."""
N_TRIPLES: Final = "application/n-triples"
JSON_LD: Final = "application/ld+json"
_BOOLEAN: Final = b'"datatype": "http://www.w3.org/2001/XMLSchema#boolean", "value": '


@dataclass(frozen=True)
class Deadline:
    """The parameter by which an engine is told how long a query may take: its name, its unit, what follows it."""

    parameter: str
    per_second: int = 1
    suffix: str = ""

    def value(self, seconds: float) -> str:
        """Write a time, rounded up to a whole number of the unit."""
        return f"{max(1, -int(-seconds * self.per_second // 1))}{self.suffix}"


@dataclass(frozen=True)
class Engine:
    """
    A kind of engine.

    ``server`` is what its Server header begins with, in lower case. ``query_end`` is how the address of its endpoint
    ends; with ``update_end`` and ``graph_store_end`` in its place, that is where it is written; None says that there
    is no usual one. ``graph_type`` is the media type in which graphs are asked for. ``is_digest`` tells that
    passwords are digested (RFC 7616). ``has_transactions`` tells that the operations of one update are seen by readers
    all at once, ``bulk_parameter`` spares the writing of a graph a transaction. ``keeps_labels`` tells that a blank
    node has the same label in all answers; ``page_triples`` is how many triples it gives in one answer, and
    ``sorted_solutions`` up to which solution it goes where ORDER BY and LIMIT meet; 0 is any number. ``misspelt`` is
    what its JSON has where the Recommendation wants something else, and that.
    """

    name: str
    title: str
    server: str = ""
    query_end: str = ""
    update_end: str | None = ""
    graph_store_end: str | None = None
    graph_type: str = N_TRIPLES
    deadline: Deadline | None = None
    misspelt: tuple[tuple[bytes, bytes], ...] = ()
    is_digest: bool = False
    has_transactions: bool = False
    bulk_parameter: str = ""
    keeps_labels: bool = False
    page_triples: int = 0
    sorted_solutions: int = 0
    is_tested: bool = False


ENGINES: Final = (
    Engine(
        "oxigraph",
        "Oxigraph",
        "oxigraph",
        query_end="/query",
        update_end="/update",
        graph_store_end="/store",
        # it ends an answer that fails half-way as if it were whole: of N-Triples nobody would notice
        graph_type=JSON_LD,
        has_transactions=True,
        bulk_parameter="no_transaction",
        keeps_labels=True,
        is_tested=True,
    ),
    Engine(
        "virtuoso",
        "Virtuoso",
        "virtuoso",
        query_end="/sparql",
        update_end="/sparql-auth",
        graph_store_end="/sparql-graph-crud-auth",
        # what it has found when the time is over it gives as if it were the answer, with a header that says so
        deadline=Deadline("timeout", 1000),
        # no text can hold these, for in JSON its quotation marks are escaped
        misspelt=(
            (b'"type": "bnode", "value": "nodeID://', b'"type": "bnode", "value": "'),
            (_BOOLEAN + b'"0"', _BOOLEAN + b'"false"'),
            (_BOOLEAN + b'"1"', _BOOLEAN + b'"true"'),
        ),
        is_digest=True,
        keeps_labels=True,
        # of more than a million triples it makes no graph; without an order it gives them in that of its index
        page_triples=250_000,
        sorted_solutions=10_000,
        is_tested=True,
    ),
    Engine(
        "graphdb",
        "GraphDB",
        "graphdb",
        update_end="/statements",
        graph_store_end="/rdf-graphs/service",
        deadline=Deadline("timeout"),
        has_transactions=True,
    ),
    Engine(
        "fuseki",
        "Apache Jena Fuseki",
        "apache jena fuseki",
        query_end="/query",
        update_end="/update",
        graph_store_end="/data",
        deadline=Deadline("timeout"),
        has_transactions=True,
    ),
    Engine("qlever", "QLever", "qlever", graph_store_end="", deadline=Deadline("timeout", suffix="s")),
    Engine(
        "neptune",
        "Amazon Neptune",
        query_end="/sparql",
        update_end="/sparql",
        graph_store_end="/sparql/gsp/",
        has_transactions=True,
    ),
    Engine(
        "stardog",
        "Stardog",
        "stardog",
        query_end="/query",
        update_end="/update",
        graph_store_end="",
        deadline=Deadline("timeout", 1000),
        has_transactions=True,
    ),
    Engine("blazegraph", "Blazegraph", deadline=Deadline("timeout"), has_transactions=True),
    Engine("other", "an engine of another kind", update_end=None),
)


@dataclass(frozen=True)
class Addresses:
    """Where an engine is asked and written; empty where there is no such address."""

    query: str
    update: str
    graph_store: str


def named_engine(name: str) -> Engine:
    """Give the kind of engine of a name that the settings allow."""
    return next(engine for engine in ENGINES if engine.name == name)


def find_engine(server: str) -> Engine:
    """
    Recognise a kind of engine.

    Args:
        server: The value of its Server header; an unknown one is that of the kind ``other``.
    """
    found = (engine for engine in ENGINES if engine.server and server.lower().startswith(engine.server))
    return next(found, named_engine("other"))


def find_addresses(engine: Engine, settings: StoreSettings, *, names_user: bool) -> Addresses:
    """
    Find where an engine is asked and written.

    Args:
        engine: Its kind.
        settings: The address of its endpoint, and those that the operator gives.
        names_user: Whether it is told who asks.

    Raises:
        ConfigError: An address is none.
    """
    url = http_address(settings.url, "the store")
    stem = url.removesuffix(engine.query_end) if url.endswith(engine.query_end) else None
    given = (settings.update_url, "update_url"), (settings.graph_store_url, "graph_store_url")
    ends = engine.update_end, engine.graph_store_end
    update, graph_store = (
        http_address(address, f"[store].{name}")
        if address
        else _written_at(stem, end if names_user or end is None else end.removesuffix(_FOR_USERS))
        for (address, name), end in zip(given, ends, strict=True)
    )
    return Addresses(url, update, graph_store)


def _written_at(stem: str | None, end: str | None) -> str:
    return "" if end is None or stem is None else stem + end


def require_address(address: str, setting: str, url: str) -> str:
    """
    Demand that an address is known.

    Raises:
        ConfigError: It is not; the message names the setting that would tell.
    """
    if not address:
        raise ConfigError(f'[store].{setting} is missing, and does not follow from "{url}": give it in agon.toml')
    return address
