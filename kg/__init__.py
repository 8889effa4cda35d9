"""
A knowledge graph kept in Turtle files: check it, build releases of it, ask it.

What stands here is imported when it is first asked for, so that ``kg check`` does not wait for what serves queries.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.config import load_config
    from kg.dataset import read_sources
    from kg.evaluation import QueryClient, WorkerHost
    from kg.query import read_query
    from kg.release import current_release

__all__ = ["QueryClient", "WorkerHost", "current_release", "load_config", "read_query", "read_sources"]

_ROOMS = {
    "QueryClient": "kg.evaluation",
    "WorkerHost": "kg.evaluation",
    "current_release": "kg.release",
    "load_config": "kg.config",
    "read_query": "kg.query",
    "read_sources": "kg.dataset",
}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module kg has no {name}, only {', '.join(__all__)}")
    return getattr(import_module(_ROOMS[name]), name)
