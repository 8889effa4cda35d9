"""
Build and serve generated graphs of several sizes, and write a report.

``python benchmarks/scale.py 100000 1000000 10000000 > benchmarks/results/scale.md``. It needs the package ``oxigraph``
(in the extra ``test``) and, for ten million triples, 30 GB of disk, 12 GB of memory and much patience. What has
been measured of a size is kept in ``measured.json`` beside its graph, below the folder for temporary files or the one
that ``--folder`` names, and not measured again.
"""

import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from claims_graph import claims_for
from claims_root import write_root
from contestants import Contestant, agon, disk_use, machine, oxigraph_command, usage_of
from notes import measured, sizes_and_folder
from templates import HEAVY, TEMPLATES, query

_KG = [sys.executable, "-c", "from kg.cli import main; main()"]
_LOAD = """
import sys
from pathlib import Path
from kg.stores import load_files
load_files(Path(sys.argv[1]), [Path(sys.argv[2])])
"""
_KINDS = {"in memory": 10**9, "on disk": 1}
_SPELT_ANEW = {
    "unanswered, by NOT EXISTS": TEMPLATES["unanswered"].replace("MINUS", "FILTER NOT EXISTS"),
    "kinds, from the description": """SELECT ?kind ?n WHERE {
  ?part <http://rdfs.org/ns/void#class> ?kind ; <http://rdfs.org/ns/void#entities> ?n .
  ?kind rdfs:subClassOf* agon:Response }""",
}
"""What was done about queries that grow with the graph."""
_ASKED = 20
_HEAVILY = 3


def main() -> None:
    """Print the report."""
    sizes, folder = sizes_and_folder(__doc__)
    found = [_measured(folder / str(size), size) for size in sizes]
    print(f"# Graphs of several sizes\n\n{machine()}\n")
    print("Sizes are those of the generated claims; rules derive about six more for ten of them. The smallest")
    print("is held in memory and every rule applied.\n")
    _print_builds(found)
    _print_serving(found)
    _print_templates(found)


def _measured(folder: Path, size: int) -> dict[str, Any]:
    """Measure what has not been measured of a size."""
    folder.mkdir(parents=True, exist_ok=True)
    root = write_root(folder / "agon", size)
    works: dict[str, Callable[[], Any]] = {
        "build": partial(_build, root),
        "load": partial(_loads, folder, root / "build/current/dataset.nq"),
        **{kind: partial(_serve, folder, size, most) for kind, most in _KINDS.items()},
    }
    return {"size": size, **measured(folder / "measured.json", works)}


def _build(root: Path) -> dict[str, Any]:
    """Run ``kg build``; gives the processor seconds of each step, and the peak of memory."""
    began = time.perf_counter()
    with subprocess.Popen(
        [*_KG, "--root", root, "build"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        steps = [(line.removesuffix(" ...\n"), _processor_seconds(process.pid)) for line in process.stderr]
        assert process.stdout is not None
        answer = process.stdout.read()
        used = usage_of(process)
    if process.returncode:
        sys.exit(answer)
    total = used.ru_utime + used.ru_stime
    ends = [*(seconds for _, seconds in steps[1:]), total]
    return {
        "seconds": time.perf_counter() - began,
        "processor": total,
        "megabytes": used.ru_maxrss / 1024,
        "quads": sum(1 for _ in (root / "build/current/dataset.nq").open("rb")),
        "steps": [[name, end - start] for (name, start), end in zip(steps, ends)],
        "disk": {path.name: disk_use(path) for path in sorted((root / "build/current").resolve().iterdir())},
    }


def _processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _loads(folder: Path, dump: Path) -> dict[str, list[float]]:
    """Fill a store with our step and with ``oxigraph load``, in turn; gives seconds of the clock and the processor."""
    commands: dict[str, list[str | Path]] = {
        "ours": [sys.executable, "-c", _LOAD, folder / "ours", dump],
        "theirs": [oxigraph_command(), "load", "-l", folder / "theirs", "-f", dump],
    }
    found = {}
    for name, command in commands.items():
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found[name] = [time.perf_counter() - began, used]
        subprocess.run(["rm", "-r", folder / name], check=True)
    return found


def _serve(folder: Path, size: int, memory_triples: int) -> dict[str, Any]:
    """Serve the release in one of two ways; gives what the start and each template cost."""
    write_root(folder / "agon", size, settings=f"[limits]\nmemory_triples = {memory_triples}\ntimeout_seconds = 300\n")
    claims = claims_for(size)
    with agon(folder) as server:
        started = server.memory()
        asked = {name: _median(server, text, _ASKED, claims) for name, text in (TEMPLATES | _SPELT_ANEW).items()}
        asked |= {name: _median(server, text, _HEAVILY, claims) for name, text in HEAVY.items()}
        found = {"seconds": server.started_in, "started": started, "asked": server.memory(), "milliseconds": asked}
    write_root(folder / "agon", size)
    return found


def _median(server: Contestant, template: str, count: int, claims: int) -> float:
    """Ask a template about several claims and actors; the first answer, which finds empty caches, does not count."""
    found = []
    for place in range(count + 1):
        text = query(template, 7 + 31 * place, claims) + f"\n# {place}"
        began = time.perf_counter()
        server.ask(text)
        found.append((time.perf_counter() - began) * 1e3)
    return statistics.median(found[1:])


def _print_builds(found: list[dict[str, Any]]) -> None:
    print("## Building\n")
    print("| triples | quads with derived ones | minutes | processor s | peak MB | release MB | of it the store |")
    print("|---|---|---|---|---|---|---|")
    for one in found:
        build = one["build"]
        disk = build["disk"]
        print(
            f"| {one['size']:,} | {build['quads']:,} | {build['seconds'] / 60:.1f} | {build['processor']:.0f} "
            f"| {build['megabytes']:.0f} | {sum(disk.values()) / 1e6:.0f} | {disk['store'] / 1e6:.0f} |"
        )
    print("\nProcessor seconds of each step:\n")
    names = [re.sub(r"( of)? \d+ (quads|files|triples)", "", name) for name, _ in found[-1]["build"]["steps"]]
    print(f"| step | {' | '.join(format(one['size'], ',') for one in found)} |\n|---|{'---|' * len(found)}")
    for place, name in enumerate(names, start=-len(names)):
        cells = []
        for one in found:
            steps = one["build"]["steps"]
            cells.append(f"{steps[place][1]:.1f}" if -place <= len(steps) else "-")
        print(f"| {name} | {' | '.join(cells)} |")
    print("\nFilling the store, ours against `oxigraph load`, from the same file:\n")
    print("| triples | ours s | theirs s | ratio | ours processor s | theirs | ratio |\n|---|---|---|---|---|---|---|")
    for one in found:
        (ours, our_cpu), (theirs, their_cpu) = one["load"]["ours"], one["load"]["theirs"]
        print(
            f"| {one['size']:,} | {ours:.1f} | {theirs:.1f} | {ours / theirs:.2f} "
            f"| {our_cpu:.1f} | {their_cpu:.1f} | {our_cpu / their_cpu:.2f} |"
        )


def _print_serving(found: list[dict[str, Any]]) -> None:
    print("\n## Serving\n")
    print("| triples | kind | seconds until it answers | MB then | MB after the queries |\n|---|---|---|---|---|")
    for one in found:
        for kind in _KINDS:
            row = one[kind]
            print(
                f"| {one['size']:,} | {kind} | {row['seconds']:.1f} "
                f"| {row['started'] / 1e6:.0f} | {row['asked'] / 1e6:.0f} |"
            )


def _print_templates(found: list[dict[str, Any]]) -> None:
    print("\n## Queries\n\nMilliseconds over HTTP, the median of")
    print(f"{_ASKED} different queries, {_HEAVILY} of {' and '.join(HEAVY)}.\n")
    heads = [f"{one['size']:,} {kind}" for one in found for kind in _KINDS]
    print(f"| query | {' | '.join(heads)} |\n|---|{'---|' * len(heads)}")
    for name in [*TEMPLATES, *HEAVY, *_SPELT_ANEW]:
        cells = [f"{one[kind]['milliseconds'][name]:.1f}" for one in found for kind in _KINDS]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
