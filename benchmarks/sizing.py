"""
Tell what one request of each kind costs, so that one can reckon how many replicas a site needs.

``python benchmarks/sizing.py > benchmarks/results/sizing.md``, after ``kg build``; it needs ``wrk`` (a Debian package).
Processor time is what all processes of the server took, and hardly changes with what else the machine does; requests
per second do.
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from urllib.parse import quote

from contestants import Contestant, agon_here, machine

_SCRIPT = Path(__file__).with_name("requests.lua")
_SECONDS, _CONNECTIONS, _UNIQUE = 4, 8, 60_000
_SETTLE_SECONDS = 3.0
"""Until each of its processes answers."""
_BASE = "https://w3id.org/agon"
_THINGS = f"SELECT DISTINCT ?thing {{ ?thing a ?class FILTER (STRSTARTS(STR(?thing), '{_BASE}/id/')) }} ORDER BY ?thing"
_SPEAKERS = f"SELECT DISTINCT ?speaker {{ ?act <{_BASE}/ns#isSpokenBy> ?speaker }} ORDER BY ?speaker"
_SAVED = "/queries/claims-refuted-by-official-statements"
_WORDS = "armenia azerbaijan border claim france iran mandate peace russia statement support territory turkey war"


def main() -> None:
    """Print the report."""
    with agon_here() as server:
        time.sleep(_SETTLE_SECONDS)
        print(f"# What a request costs\n\n{machine()}\n\nThe graph of this repository, {_CONNECTIONS} connections.\n")
        print("| request | processor, ms | requests in a second | p50, ms | p95, ms |\n|---|---|---|---|---|")
        idle = server.memory()
        for kind, targets in _kinds(server).items():
            print(_row(server, kind, list(islice(targets, _UNIQUE))), flush=True)
        print(f"\nMemory: {idle / 1e6:.0f} MB before the first request, {server.memory() / 1e6:.0f} MB after the last.")
        print(f"Processor seconds until it answers: {_start_seconds():.1f}.")


def _kinds(server: Contestant) -> dict[str, Iterator[str]]:
    names = [row["thing"]["value"] for row in json.loads(server.ask(_THINGS))["results"]["bindings"]]
    places = [name.replace(f"{_BASE}/id/", "/doc/") for name in names]
    speakers = [row["speaker"]["value"] for row in json.loads(server.ask(_SPEAKERS))["results"]["bindings"]]
    words = _WORDS.split()

    pairs = [(one, other) for one in speakers for other in speakers]

    def new_query(text: str, number: int) -> str:
        return f"/sparql?query={quote(f'{text.format(names[number % len(names)])} # {number}')}"

    def new_saved(number: int) -> str:
        one, other = pairs[number % len(pairs)]
        return f"/queries/claims-by-speaker?speaker={quote(one)}&speaker={quote(other)}"

    def new_search(number: int) -> str:
        two = f"{words[number % len(words)]}+{words[number // 7 % len(words)]}"
        return f"/search?format=json&q={two}&offset={number % 500}"

    return {
        "answer from memory": iter([f"{_SAVED}.csv"]),
        "query by subject, new": (new_query("SELECT ?p ?o {{ <{}> ?p ?o }}", number) for number in count()),
        "description in Turtle, new": (new_query("DESCRIBE <{}>", number) for number in count()),
        "saved query, new": map(new_saved, range(len(pairs))),
        "search, new": map(new_search, count()),
        "page of an entity, new": (f"{places[number % len(places)]}.html?{number}" for number in count()),
        "page from memory": iter([f"{places[0]}.html"]),
    }


def _row(server: Contestant, kind: str, targets: list[str]) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(targets) + "\n")
        file.flush()
        before = _processor_seconds(server.process)
        address = f"http://127.0.0.1:{server.port}"
        options = [
            f"-d{_SECONDS}",
            "-t1",
            f"-c{_CONNECTIONS}",
            "--latency",
            "-s",
            str(_SCRIPT),
            address,
            "--",
            file.name,
        ]
        output = subprocess.run(["wrk", *options], capture_output=True, text=True, check=True).stdout
    spent = _processor_seconds(server.process) - before
    numbers = next(line.split()[1:] for line in output.splitlines() if line.startswith("RESULT"))
    requests, microseconds, p50, p95, _, refused, lost = map(int, numbers)
    assert not refused + lost, f"{kind}: {refused} refused, {lost} lost"
    rate = requests / microseconds * 1e6
    return f"| {kind} | {spent / requests * 1e3:.2f} | {rate:,.0f} | {p50 / 1e3:.1f} | {p95 / 1e3:.1f} |"


def _processor_seconds(group: int) -> float:
    """Give the processor seconds of all processes of a group, and of those that they have ended."""
    rows = subprocess.run(["ps", "-o", "pid=", "-g", str(group)], capture_output=True, text=True, check=True).stdout
    total = 0
    for process in rows.split():
        path = Path(f"/proc/{process}/stat")
        if path.exists():
            total += sum(map(int, path.read_text().rpartition(")")[2].split()[11:15]))
    return total / os.sysconf("SC_CLK_TCK")


def _start_seconds() -> float:
    with agon_here() as server:
        time.sleep(_SETTLE_SECONDS)
        return _processor_seconds(server.process)


if __name__ == "__main__":
    main()
