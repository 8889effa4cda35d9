"""Ask the store within bounds of time, memory and size, in workers that can be ended."""

from kg.evaluation.client import Answer, QueryClient, ask_worker
from kg.evaluation.host import Host, WorkerHost, end_with_parent
from kg.evaluation.rules import derive
from kg.evaluation.searching import find_search_content
from kg.evaluation.work import Answerer, Work

__all__ = [
    "Answer",
    "Answerer",
    "Host",
    "QueryClient",
    "Work",
    "WorkerHost",
    "ask_worker",
    "derive",
    "end_with_parent",
    "find_search_content",
]
