"""
Run Agon and Oxigraph's own server side by side over the same data, and write a report.

``python benchmarks/run.py 1000000 > benchmarks/results/1M.md``. It needs ``wrk`` (a Debian package) and the package
``oxigraph`` (in the extra ``test``). Rounds of the two alternate; numbers are medians of the rounds.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote

from claims_graph import claims_for
from contestants import Contestant, agon, machine, oxigraph, prepare
from templates import EXPORT, HEAVY, TEMPLATES, mix, query

_SECONDS = 3
_ROUNDS = 3
_CONNECTIONS = (1, 4, 16)
_UNIQUE = 60_000


def main(triples: int) -> None:
    """Print the report."""
    folder = Path(tempfile.gettempdir()) / f"agon-benchmark-{triples}"
    folder.mkdir(exist_ok=True)
    prepare(triples, folder)
    claims = claims_for(triples)
    with agon(folder) as ours, oxigraph(folder) as theirs:
        _compare_answers(ours, theirs, claims)
        print(f"# {triples:,} triples\n\n{machine()}\n")
        print(f"Medians of {_ROUNDS} alternating rounds of {_SECONDS} seconds; latencies in milliseconds.\n")
        print("| load | connections | Agon /s | Oxigraph /s | ratio | Agon p50 p95 p99 | Oxigraph p50 p95 p99 |")
        print("|---|---|---|---|---|---|---|")
        for name, targets in _loads(claims, folder).items():
            for connections in _CONNECTIONS:
                _print_row(name, targets, connections, ours, theirs)
        print("\n| query | Agon ms | Oxigraph ms | ratio |\n|---|---|---|---|")
        for name, text in HEAVY.items():
            _print_times(name, [_times(one, text) for one in (ours, theirs)])
        print("\n| export | Agon | Oxigraph |\n|---|---|---|")
        _print_export(ours, theirs)
        _print_losses(ours, folder)
        print(f"| start-up, s | {ours.started_in:.2f} | {theirs.started_in:.2f} |")
        print(f"| memory, MB | {ours.memory() / 1e6:.0f} | {theirs.memory() / 1e6:.0f} |")


def _loads(claims: int, folder: Path) -> dict[str, Path]:
    loads = {
        "repeated mix": list(mix(claims, 100, 1)),
        "point look-ups, never repeated": [
            query(TEMPLATES["point"], place % claims, claims) + f"\n# {place}" for place in range(_UNIQUE)
        ],
        "mix, never repeated": list(mix(claims, _UNIQUE, 2)),
    }
    paths = {}
    for name, texts in loads.items():
        paths[name] = folder / (name.replace(" ", "-").replace(",", "") + ".txt")
        paths[name].write_text("".join(quote(text) + "\n" for text in texts))
    return paths


def _compare_answers(ours: Contestant, theirs: Contestant, claims: int) -> None:
    """Stop unless both give the same answers."""
    for name, template in (TEMPLATES | HEAVY).items():
        text = query(template, 7, claims)
        if name == "describe":
            continue
        one, other = (json.loads(server.ask(text)) for server in (ours, theirs))
        if _rows(one) != _rows(other):
            sys.exit(f"{name}: the answers differ:\n{one}\n{other}")


def _rows(answer: dict[str, object]) -> object:
    results = answer.get("results")
    if not isinstance(results, dict):
        return answer.get("boolean")
    return sorted(json.dumps(row, sort_keys=True) for row in results["bindings"])


def _print_row(name: str, targets: Path, connections: int, ours: Contestant, theirs: Contestant) -> None:
    rounds: dict[str, list[list[float]]] = {ours.name: [], theirs.name: []}
    for _ in range(_ROUNDS):
        for server in (ours, theirs):
            rounds[server.name].append(_load(server, targets, connections))
    one, other = ([statistics.median(column) for column in zip(*rounds[server.name])] for server in (ours, theirs))
    latencies = " | ".join(" ".join(f"{value:.2f}" for value in row[1:4]) for row in (one, other))
    print(
        f"| {name} | {connections} | {one[0]:,.0f} | {other[0]:,.0f} | {one[0] / other[0]:.2f} | {latencies} |",
        flush=True,
    )


def _load(server: Contestant, targets: Path, connections: int) -> list[float]:
    """Give requests a second and latencies at 50, 95 and 99 per cent, in milliseconds."""
    local = targets.with_suffix(f".{server.name}")
    if not local.exists():
        local.write_text("".join(f"{server.path}query={line}\n" for line in targets.read_text().splitlines()))
    script = Path(__file__).with_name("requests.lua")
    command: list[str | Path] = [
        "wrk",
        f"-t{min(2, connections)}",
        f"-c{connections}",
        f"-d{_SECONDS}s",
        "--timeout",
        "30s",
        "-s",
        script,
    ]
    output = subprocess.run(
        [*command, f"http://127.0.0.1:{server.port}", "--", local], capture_output=True, text=True, check=True
    ).stdout
    fields = next(line for line in output.splitlines() if line.startswith("RESULT")).split()[1:]
    requests, microseconds, p50, p95, p99, refused, failed = map(float, fields)
    if refused or failed:
        sys.exit(f"{server.name}: {refused:.0f} refused, {failed:.0f} failed in {targets.name}")
    return [requests / microseconds * 1e6, p50 / 1e3, p95 / 1e3, p99 / 1e3]


def _times(server: Contestant, text: str) -> float:
    found = []
    for place in range(5):
        began = time.perf_counter()
        server.ask(query(text, 0, 1) + f"\n# {place} {began}")
        found.append(time.perf_counter() - began)
    return statistics.median(found) * 1e3


def _print_times(name: str, times: list[float]) -> None:
    print(f"| {name} | {times[0]:.1f} | {times[1]:.1f} | {times[1] / times[0]:.2f} |", flush=True)


def _print_export(ours: Contestant, theirs: Contestant) -> None:
    rows = []
    for server in (ours, theirs):
        found = []
        for place in range(3):
            url = f"http://127.0.0.1:{server.port}{server.target(query(EXPORT, 0, 1) + f'# {place}')}"
            output = subprocess.run(
                ["curl", "-s", "-o", "/dev/null", "-w", "%{time_starttransfer} %{time_total} %{size_download}", url],
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split()
            found.append([float(one) for one in output])
        rows.append([statistics.median(column) for column in zip(*found)])
    print(f"| first byte, ms | {rows[0][0] * 1e3:.1f} | {rows[1][0] * 1e3:.1f} |")
    print(f"| whole export, s | {rows[0][1]:.2f} | {rows[1][1]:.2f} |")
    print(f"| bytes | {rows[0][2]:,.0f} | {rows[1][2]:,.0f} |", flush=True)


def _print_losses(ours: Contestant, folder: Path) -> None:
    """Tell what others notice when a worker is ended every quarter of a second."""
    targets = folder / "point-look-ups-never-repeated.txt"
    quiet = _load(ours, targets, 4)
    stop = threading.Event()

    def lose_workers() -> None:
        forever = "SELECT (COUNT(*) AS ?n) {" + "".join(f" ?s{i} ?p{i} ?o{i} ." for i in range(8)) + "}"
        while not stop.is_set():
            with suppress(HTTPError):
                ours.ask(forever, more="&timeout=0.25")

    thread = threading.Thread(target=lose_workers)
    thread.start()
    lossy = _load(ours, targets, 4)
    stop.set()
    thread.join()
    print(f"| p99 of look-ups, ms; the same while a worker is lost each 0.25 s | {quiet[3]:.1f}; {lossy[3]:.1f} | |")


if __name__ == "__main__":
    main(int(sys.argv[1]))
