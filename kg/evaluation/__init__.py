"""Ask the store within bounds of time, memory and size, in workers that can be killed."""

from kg.evaluation.pool import QueryPool
from kg.evaluation.rules import derive

__all__ = ["QueryPool", "derive"]
