"""
Hold generated graphs against the same shapes with our own SHACL engine and with pySHACL, and write a report.

``python benchmarks/check.py > benchmarks/results/check.md``. Every run is a process of its own; seconds are those of
the processor, user and system, from the start of the interpreter to the last result, reading included. The results of
both engines are compared one by one. pySHACL looks at a million triples with ``--pyshacl-at-a-million`` only: that
takes more than an hour.
"""

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from check_graph import FAULTS, planted_graph

_HERE = Path(__file__).resolve().parent
_CORE = ("check-shapes-core.ttl",)
_SHAPES = {"Core": _CORE, "Core and queries": (*_CORE, "check-shapes-sparql.ttl")}
_SIZES = (10_000, 100_000, 1_000_000)
_MILLION = 1_000_000
_COPIES = 3
_ROUNDS = 3
_BASE = "https://bench.example/"

_REASONS = """pySHACL passes over values that cannot be compared, such as a date and a dateTime, which fail sh:lessThan
and sh:lessThanOrEquals (SHACL, sections 4.5.3 and 4.5.4); and it gives one result where several solutions of a query
are alike, of which each is a result (section 5.3.1)."""

Result = tuple[str, ...]
"""Focus node, value, component and severity; blank nodes have no name."""


@dataclass(frozen=True)
class Run:
    """What one process used, and the results that it gave."""

    seconds: float
    megabytes: float
    results: Counter[Result]


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pyshacl-at-a-million", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="agon-check-"))
    differences: list[str] = []
    print(f"# Holding a graph against shapes\n\n{_machine()}\n")
    print(f"Processor seconds and megabytes at the peak; of Agon the median of {_ROUNDS} runs, of pySHACL one run.\n")
    print("| triples | shapes | Agon s | Agon MB | pySHACL s | pySHACL MB | times as fast | results | planted found |")
    print("|---|---|---|---|---|---|---|---|---|")
    for size in options.sizes:
        data, planted = _written(folder / f"{size}.ttl", size)
        for name in _SHAPES:
            runs = [_run("agon", data, name) for _ in range(_ROUNDS)]
            theirs = _run("pyshacl", data, name) if size < _MILLION or options.pyshacl_at_a_million else None
            _print_row(size, name, runs, theirs, planted[name])
            if theirs:
                differences += _differences(size, name, runs[0].results, theirs.results)
    print("\n## Results that only one engine gives\n")
    print("\n".join(differences) or "None.")
    print(f"\n{_REASONS}")
    print(
        "\nA clean graph of each size has no result:", ", ".join(_clean(folder, size) for size in options.sizes) + "."
    )


def _written(path: Path, size: int, copies: int = _COPIES) -> tuple[Path, dict[str, set[str]]]:
    """Write a graph; also give the entities with faults that each set of shapes can see."""
    parts, planted = planted_graph(size, copies)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(parts)
    core = {name for fault, *_ in FAULTS for name in planted[fault]}
    return path, {"Core": core, "Core and queries": {name for names in planted.values() for name in names}}


def _run(engine: str, data: Path, shapes: str) -> Run:
    """Start this file again, to hold a graph against shapes."""
    command = [sys.executable, str(Path(__file__)), engine, str(data), *(str(_HERE / name) for name in _SHAPES[shapes])]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    answer = json.loads(done.stdout)
    return Run(answer["seconds"], answer["megabytes"], Counter(map(tuple, answer["results"])))


def _print_row(size: int, name: str, runs: list[Run], theirs: Run | None, planted: set[str]) -> None:
    seconds = statistics.median(run.seconds for run in runs)
    megabytes = statistics.median(run.megabytes for run in runs)
    found = {_named(focus) for focus, *_ in runs[0].results}
    others = (
        f"{theirs.seconds:.1f} | {theirs.megabytes:.0f} | {theirs.seconds / seconds:.0f}" if theirs else "- | - | -"
    )
    print(
        f"| {size:,} | {name} | {seconds:.2f} | {megabytes:.0f} | {others} "
        f"| {runs[0].results.total()} | {len(planted & found)} of {len(planted)} |",
        flush=True,
    )


def _named(focus: str) -> str:
    """Give the prefixed name that the generator has for an IRI."""
    return focus.removeprefix(f"<{_BASE}id/").rstrip(">").replace("/", ":")


def _differences(size: int, name: str, ours: Counter[Result], theirs: Counter[Result]) -> list[str]:
    lines = []
    for engine, only in (("Agon", ours - theirs), ("pySHACL", theirs - ours)):
        kinds = Counter(result[2] for result in only.elements())
        lines += [f"- {size:,}, {name}: {count} of sh:{kind} from {engine} alone" for kind, count in kinds.items()]
    return lines


def _clean(folder: Path, size: int) -> str:
    data, _ = _written(folder / f"{size}-clean.ttl", size, 0)
    return f"{_run('agon', data, 'Core and queries').results.total()} at {size:,}"


def _machine() -> str:
    model = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    return f"One core of an {model.partition(': ')[2]}, shared with others; Python {platform.python_version()}."


def _measure(engine: str, data: str, shapes: list[str]) -> None:
    """Hold a graph against shapes in this process, and print what it took."""
    found = _ask_agon(data, shapes) if engine == "agon" else _ask_pyshacl(data, shapes)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {"seconds": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024, "results": sorted(found)}
        )
    )


def _ask_agon(data: str, shapes: list[str]) -> list[Result]:
    from kg.shacl import find_violations

    rules = [quad.triple for path in shapes for quad in ox.parse(path=path)]
    return [
        _result(one.focus, one.value, one.component, one.severity)
        for one in find_violations(ox.parse(path=data), rules)
    ]


def _ask_pyshacl(data: str, shapes: list[str]) -> list[Result]:
    import pyshacl
    import rdflib
    from rdflib import SH

    rdflib.NORMALIZE_LITERALS = False
    graph, rules = rdflib.Graph().parse(data), rdflib.Graph()
    for path in shapes:
        rules.parse(path)
    _, report, _ = pyshacl.validate(graph, shacl_graph=rules, inplace=True)
    parts = (SH.focusNode, SH.value, SH.sourceConstraintComponent, SH.resultSeverity)
    nodes = report.objects(None, SH.result)
    return [_result(*(_term(report.value(node, part)) for part in parts)) for node in nodes]


def _term(node: object) -> object:
    """Give a term of rdflib as one of pyoxigraph."""
    if node is None or type(node).__name__ == "BNode":
        return ox.BlankNode() if node is not None else None
    (quad,) = ox.parse(f"<a:a> <a:a> {node.n3()} .", format=ox.RdfFormat.N_TRIPLES)  # type: ignore[attr-defined]
    return quad.object


def _result(focus: object, value: object, component: object, severity: object) -> Result:
    texts = ("_" if isinstance(term, ox.BlankNode) else str(term) for term in (focus, value))
    return (*texts, *(str(iri).strip("<>").rpartition("#")[2] for iri in (component, severity)))


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in {"agon", "pyshacl"}:
        _measure(sys.argv[1], sys.argv[2], sys.argv[3:])
    else:
        main()
