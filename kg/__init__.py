"""A knowledge graph kept in Turtle files: check it, build releases of it, ask it."""

from kg.config import load_config
from kg.dataset import read_sources
from kg.evaluation import QueryClient, WorkerHost
from kg.query import read_query
from kg.release import current_release

__all__ = ["QueryClient", "WorkerHost", "current_release", "load_config", "read_query", "read_sources"]
