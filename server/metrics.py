"""
What is measured, under the names that Prometheus and its users expect.

Several processes speak HTTP; where the environment variable PROMETHEUS_MULTIPROC_DIR names a folder, each writes there
and any of them can tell the sums.
"""

import os

from prometheus_client import Counter, Gauge, Histogram

__all__ = ["CACHE", "FAILURES", "IN_FLIGHT", "QUERY_SECONDS", "REQUESTS", "TIMEOUTS", "is_shared"]

REQUESTS = Counter("http_requests", "Requests by method and status.", ["method", "status"])
QUERY_SECONDS = Histogram(
    "sparql_query_duration_seconds",
    "Time until the first piece of an answer that was evaluated.",
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
)
IN_FLIGHT = Gauge("sparql_queries_in_flight", "Queries that wait or are evaluated.", multiprocess_mode="livesum")
TIMEOUTS = Counter("sparql_query_timeouts", "Queries that ran out of time; their workers were ended.")
FAILURES = Counter("sparql_errors", "Queries that failed, by the kind of failure.", ["type"])
CACHE = Counter("cache_requests", "Requests that met or missed a kept answer.", ["result"])


def is_shared() -> bool:
    """Tell whether several processes measure together."""
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ
