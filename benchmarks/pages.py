"""
Tell what a hundred readers of pages at once take from the endpoint.

``python benchmarks/pages.py > benchmarks/results/pages.md``, after ``kg build``. One client asks a query that was never
asked before, fifty times in a second: alone; while a hundred readers at once ask, again and again, for pages that
nobody has seen; and while they ask for pages that the server still has in memory.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import count

from contestants import Contestant, agon_here, machine

_READERS = 100
_BURSTS = 20
_ALONE_SECONDS = 10
_PAUSE_SECONDS = 0.02
_BASE = "https://w3id.org/agon"
_THINGS = f"SELECT DISTINCT ?thing {{ ?thing a ?class FILTER (STRSTARTS(STR(?thing), '{_BASE}/id/')) }} ORDER BY ?thing"
_QUERY = f"SELECT ?property ?value {{ <{_BASE}/id/place/none> ?property ?value }} # "
_numbers = count()


def main() -> None:
    """Print the report."""
    with agon_here() as server:
        time.sleep(1)  # until each of its processes answers
        rows = {
            "alone": asyncio.run(_alone(server)),
            "a hundred pages that nobody has seen": asyncio.run(_beside_readers(server, "new")),
            "a hundred pages from memory": asyncio.run(_beside_readers(server, "kept")),
        }
    print(f"# A query beside {_READERS} readers of pages\n\n{machine()}\n")
    print("| beside the query | p50, ms | p95, ms | longest, ms | p50, ratio |\n|---|---|---|---|---|")
    for name, found in rows.items():
        p50, p95 = statistics.median(found), statistics.quantiles(found, n=20)[-1]
        ratio = p50 / statistics.median(rows["alone"])
        print(f"| {name} | {p50 * 1e3:.1f} | {p95 * 1e3:.1f} | {max(found) * 1e3:.1f} | {ratio:.1f} |")


async def _alone(server: Contestant) -> list[float]:
    end = time.perf_counter() + _ALONE_SECONDS
    return await _seconds_of_queries(server, lambda: time.perf_counter() < end)


async def _beside_readers(server: Contestant, kind: str) -> list[float]:
    """Measure while another process, which is this script too, reads pages."""
    found = json.loads(server.ask(_THINGS))["results"]["bindings"]
    pages = [row["thing"]["value"].replace(f"{_BASE}/id/", "/doc/") for row in found]
    with subprocess.Popen([sys.executable, __file__, str(server.port), kind], stdin=subprocess.PIPE) as readers:
        assert readers.stdin
        readers.stdin.write(json.dumps(pages).encode())
        readers.stdin.close()
        return await _seconds_of_queries(server, lambda: readers.poll() is None)


async def _seconds_of_queries(server: Contestant, goes_on: Callable[[], bool]) -> list[float]:
    tasks = []
    while goes_on():
        tasks.append(asyncio.create_task(_seconds_of_query(server)))
        await asyncio.sleep(_PAUSE_SECONDS)
    return await asyncio.gather(*tasks)


async def _seconds_of_query(server: Contestant) -> float:
    began = time.perf_counter()
    await _get(server.port, server.target(f"{_QUERY}{next(_numbers)}"), "application/sparql-results+json")
    return time.perf_counter() - began


async def _read_pages(port: int, kind: str, pages: Sequence[str]) -> None:
    """Ask for many pages at once, again and again; an address that was never used before is a page that is made."""
    for burst in range(_BURSTS):
        mark = f"{time.time_ns()}" if kind == "new" else "kept"
        places = range(burst * _READERS if kind == "new" else 0, (burst + 1) * _READERS if kind == "new" else _READERS)
        await asyncio.gather(*(_get(port, f"{pages[place % len(pages)]}?{mark}", "text/html") for place in places))


async def _get(port: int, target: str, accept: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    if not answer.startswith(b"HTTP/1.1 200"):
        sys.exit(f"{target}: {answer[:200]!r}")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        asyncio.run(_read_pages(int(sys.argv[1]), sys.argv[2], json.load(sys.stdin)))
