"""Ask the store within bounds of time, memory and size, in workers that can be ended."""

from kg.evaluation.client import Answer, QueryClient
from kg.evaluation.host import WorkerHost, end_with_parent
from kg.evaluation.rules import derive

__all__ = ["Answer", "QueryClient", "WorkerHost", "derive", "end_with_parent"]
