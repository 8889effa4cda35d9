"""
Where the folders of a knowledge graph lie, what it is called, and the limits that hold; frozen once read.

A knowledge graph directory has ``ontology`` and ``graph_data`` folders, usually ``queries``, and ``agon.toml`` where
the defaults do not fit.
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
import platformdirs

from kg.check_settings import CheckSettings
from kg.errors import ConfigError, NotAKnowledgeGraphError, TermSyntaxError
from kg.namespaces import BASE_IRI, PREFIXES
from kg.page_settings import PageSettings
from kg.store_settings import StoreSettings, http_address
from kg.terms import parse_term

__all__ = ["Config", "Limits", "find_root", "load_config", "loose_config", "with_baseline", "with_store"]

_REQUIRED_FOLDERS = ("ontology", "graph_data")
_PACKAGE = Path(__file__).resolve().parent
_BUNDLED_ROOT = _PACKAGE / "bundled"


_LABELS = (
    ("skos", "prefLabel"),
    ("rdfs", "label"),
    ("dcterms", "title"),
    ("foaf", "name"),
    ("schema", "name"),
)


@dataclass(frozen=True)
class Limits:
    """
    What one query, and one check of a document, may cost.

    Settings of the table ``[limits]`` in ``agon.toml``; each is a positive number.
    """

    timeout_seconds: float = 10.0
    """How long one query may take, waiting for a worker included."""
    service_timeout_seconds: float = 5.0
    """How long a query may take that asks another endpoint by SERVICE."""
    query_bytes: int = 64 * 1024
    """How long the text of one query may be, in UTF-8."""
    result_bytes: int = 1024**3
    """How large one result may be."""
    memory_bytes: int = 2 * 1024**3
    """How much address space one worker may take beyond what it starts with."""
    memory_triples: int = 3_000_000
    """Up to how many triples a release is held in memory; a larger one is read from disk."""
    workers: int = max(2, os.cpu_count() or 2)
    """How many queries are evaluated at once."""
    queue: int = 64
    """How many queries may wait for a worker; one more is refused at once."""
    cache_bytes: int = 64 * 1024**2
    """How much each process that speaks HTTP keeps of its answers."""
    requests_per_minute: int = 0
    """How many requests one client may make in a minute; 0 sets no bound."""
    file_bytes: int = 256 * 1024**2
    """How large a file may be that ``kg check`` looks at; a larger one is a finding."""
    whole_bytes: int = 64 * 1024**2
    """How many bytes the RDF files may have together for ``kg build`` to hold them in memory and to apply every rule;
    larger ones are read piece by piece, and held against the shapes only."""
    shape_seconds: float = 60.0
    """How long ``kg check`` lets one query of a shape take, or one pattern that repeats groups."""
    validate_bytes: int = 5 * 1024**2
    """How long a document may be that a client sends to be checked."""
    validate_seconds: float = 30.0
    """How long the check of one document may take."""
    validations: int = 1
    """How many documents are checked at once."""


@dataclass(frozen=True)
class Config:
    """A knowledge graph directory and its settings."""

    root: Path
    """The knowledge graph directory."""
    build: Path
    """The folder of the releases."""
    title: str = "Knowledge graph"
    description: str = ""
    """What the graph is about, in a few sentences."""
    base_iri: str = BASE_IRI
    """What the IRIs of named graphs begin with; ends with a slash."""
    licence: str = "https://creativecommons.org/licenses/by/4.0/"
    label_properties: tuple[str, ...] = tuple(PREFIXES[prefix] + name for prefix, name in _LABELS)
    """The properties that name things, the best first."""
    structured_data: str = ""
    """The saved query that describes an entity to search engines; its one parameter says of which class."""
    has_queries: bool = True
    """Whether there can be saved queries: not beside RDF files that are no knowledge graph directory."""
    public_url: str = ""
    """Under which address clients reach the server; empty takes the one that each client used."""
    trusted_proxies: tuple[str, ...] = ()
    """The addresses of proxies that are believed when they say who asked for which host."""
    service_prefixes: tuple[str, ...] = ()
    """What the IRI of another endpoint must begin with to be asked by SERVICE; none forbids SERVICE."""
    validate: bool = False
    """Whether the server checks documents that clients send."""
    check: CheckSettings = field(default_factory=CheckSettings)
    """What ``kg check`` looks at, and what it holds the graph to beyond its shapes."""
    pages: PageSettings = field(default_factory=PageSettings)
    """What the pages of the graph show."""
    store: StoreSettings = field(default_factory=StoreSettings)
    """The engine that holds the data; without an address each release brings its own store."""
    limits: Limits = Limits()

    @property
    def own_iris(self) -> tuple[str, ...]:
        """What the IRIs begin with that name things of this graph."""
        return self.check.own_iris or (self.base_iri + "id/",)

    @property
    def dataset_iri(self) -> str:
        """The IRI of the dataset as a whole."""
        return self.base_iri + "dataset"

    @property
    def derived_iri(self) -> str:
        """The IRI of the named graph of the derived triples."""
        return self.base_iri + "graph/derived"

    @property
    def description_iri(self) -> str:
        """The IRI of the named graph in which the dataset describes itself."""
        return self.base_iri + "graph/description"

    @property
    def queries_iri(self) -> str:
        """The IRI of the named graph in which the saved queries are described."""
        return self.base_iri + "graph/queries"

    @property
    def queries(self) -> Path:
        """The folder of the saved queries."""
        return self.root / "queries"

    @property
    def rules(self) -> Path:
        """The folder of the rules that derive triples."""
        return self.root / "ontology" / "rules"

    @property
    def texts(self) -> Path:
        """The folder of the words of the pages, in languages that the package does not speak, or in other words."""
        return self.root / "texts"

    @property
    def searches(self) -> Path:
        """The folder of the queries that say what is searched."""
        return self.root / "ontology" / "search"


_NO_SETTINGS = {"root", "build", "check", "has_queries", "limits", "pages", "store"}
_SETTINGS = [field for field in fields(Config) if field.name not in _NO_SETTINGS]
_Table = TypeVar("_Table")
_WANTED = {
    bool: "true or false",
    str: "a text",
    tuple: "a list of texts",
    int: "a positive number",
    float: "a positive number",
}


def find_root(start: Path) -> Path:
    """
    Find the knowledge graph directory around a folder, or the one that comes with the package.

    Args:
        start: The folder to begin with; its parents are looked at too.

    Raises:
        NotAKnowledgeGraphError: There is none, and none came with the package.
    """
    candidates = [start, *start.parents, _BUNDLED_ROOT, _PACKAGE.parent]
    for folder in candidates:
        if _is_root(folder):
            return folder
    raise NotAKnowledgeGraphError(_missing_folders(start))


def load_config(root: Path | None = None, *, build: Path | None = None) -> Config:
    """
    Read the settings of a knowledge graph directory.

    Args:
        root: The directory; without it, the one around the working directory or the bundled one.
        build: The folder of the releases; without it, ``build`` in the directory, or a folder of the user's
            cache for the bundled graph, which may lie where nobody can write.

    Raises:
        NotAKnowledgeGraphError: The directory is none.
        ConfigError: ``agon.toml`` is wrong.
    """
    found = (root or find_root(Path.cwd())).resolve()
    if not _is_root(found):
        raise NotAKnowledgeGraphError(_missing_folders(found))
    default_build = found / "build" if found != _BUNDLED_ROOT else Path(platformdirs.user_cache_dir("agon")) / "build"
    config = Config(root=found, build=(build or default_build).absolute())
    settings_file = found / "agon.toml"
    return _configured(config, _read_toml(settings_file)) if settings_file.is_file() else config


def loose_config(root: Path, data: Sequence[Path], shapes: Sequence[Path]) -> Config:
    """
    Make settings for RDF files that are no knowledge graph directory.

    Args:
        root: The folder to which the paths in messages are relative; its ``agon.toml`` is read if there is one.
        data: Files and folders that are checked.
        shapes: Files and folders of shapes; there may be none.

    Raises:
        ConfigError: ``agon.toml`` is wrong.
    """
    config = Config(root=root, build=root / "build", base_iri=f"{root.as_uri()}/", has_queries=False)
    if (root / "agon.toml").is_file():
        config = _configured(config, _read_toml(root / "agon.toml"))
    data_names, shape_names = (tuple(os.path.relpath(path, root) for path in paths) for paths in (data, shapes))
    return replace(config, check=msgspec.structs.replace(config.check, data=data_names, shapes=shape_names))


def with_baseline(config: Config, path: str) -> Config:
    """Give the settings with another baseline; the path is relative to the directory."""
    return replace(config, check=msgspec.structs.replace(config.check, baseline=path))


def with_store(config: Config, address: str) -> Config:
    """
    Give the settings with another engine.

    Args:
        config: The settings.
        address: The address of its endpoint, such as ``sparql+https://engine.example/sparql``.

    Raises:
        ConfigError: It is none, or holds a password.
    """
    http_address(address, "the store")
    changed = msgspec.structs.replace(config.store, url=address)
    if address != config.store.url:  # what is said of the engine there is said of another
        changed = msgspec.structs.replace(changed, engine="", update_url="", graph_store_url="")
    return replace(config, store=changed)


def _is_root(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in _REQUIRED_FOLDERS)


def _missing_folders(folder: Path) -> str:
    missing = " and ".join(f"{name}/" for name in _REQUIRED_FOLDERS if not (folder / name).is_dir())
    return f"{folder} is no knowledge graph directory: it has no {missing}; give one with --root"


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path.name}: cannot be read as TOML: {error}") from error


def _configured(config: Config, settings: Mapping[str, Any]) -> Config:
    """Apply the settings of ``agon.toml``; an unknown or ill-typed one is refused."""
    table = dict(settings)
    limits = table.pop("limits", {})
    check = _table(table.pop("check", {}), CheckSettings, "check")
    pages = _table(table.pop("pages", {}), PageSettings, "pages")
    store = _table(table.pop("store", {}), StoreSettings, "store")
    for name in ("url", "update_url", "graph_store_url"):
        if getattr(store, name):
            http_address(getattr(store, name), f"agon.toml: [store].{name}")
    if not isinstance(limits, dict):
        raise ConfigError('agon.toml: "limits" is a table: write [limits]')
    types: dict[str, type] = {
        field.name: tuple if "tuple" in str(field.type) else bool if field.type is bool else str for field in _SETTINGS
    }
    changed = replace(config, check=check, pages=pages, store=store, **_checked(table, types))
    if not changed.base_iri.endswith("/") or not _is_iri(changed.base_iri):
        raise ConfigError(f'agon.toml: base_iri is "{changed.base_iri}", expected an IRI that ends with a slash')
    if changed.public_url and not changed.public_url.startswith(("http://", "https://")):
        raise ConfigError(f'agon.toml: public_url is "{changed.public_url}", expected one such as https://agon.example')
    numbers = {field.name: float if field.type is float else int for field in fields(Limits)}
    return replace(changed, limits=replace(config.limits, **_checked(limits, numbers)))


def _is_iri(text: str) -> bool:
    try:
        parse_term(text, "iri")
    except TermSyntaxError:
        return False
    return True


def _table(table: object, kind: type[_Table], name: str) -> _Table:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$")
        raise ConfigError(f"agon.toml: [{name}]{place.rstrip('`')}: {problem}{_choices(kind, place)}") from error


def _choices(kind: type, place: str) -> str:
    """Say which values a setting may have, where they are few; ``place`` is such as ``.severity[...]``."""
    waiting = [get_type_hints(kind).get(place.lstrip(".").partition("[")[0].rstrip("`"))]
    while waiting:
        hint = waiting.pop()
        if get_origin(hint) is Literal:
            return f", expected one of {', '.join(get_args(hint))}"
        waiting += get_args(hint)
    return ""


def _checked(table: Mapping[str, Any], types: Mapping[str, type]) -> dict[str, Any]:
    for name, value in table.items():
        if name not in types:
            raise ConfigError(f'agon.toml: unknown setting "{name}", expected one of {", ".join(types)}')
        if not _fits(value, types[name]):
            raise ConfigError(f"agon.toml: {name} is {value!r}, expected {_WANTED[types[name]]}")
    return {name: tuple(value) if types[name] is tuple else value for name, value in table.items()}


def _fits(value: object, wanted: type) -> bool:
    if wanted is bool:
        return isinstance(value, bool)
    if wanted is str:
        return isinstance(value, str) and bool(value)
    if wanted is tuple:
        return isinstance(value, list) and all(_fits(item, str) for item in value)
    allowed = (int, float) if wanted is float else (int,)
    return isinstance(value, allowed) and not isinstance(value, bool) and value > 0
