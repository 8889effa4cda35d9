"""
Tell what an import of reviews costs: ``python benchmarks/import_reviews.py > benchmarks/results/import.md``.

Feeds of three sizes are made up, one item in five with a fault, and imported by ``kg import claimreview`` in a process
of its own.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from contestants import machine, usage_of
from review_feeds import feed

_SIZES = (1_000, 10_000, 100_000)
_COMMAND = (sys.executable, "-c", "from kg.cli import main; main()", "import", "claimreview")


def main() -> None:
    """Print the report."""
    print(f"# Import of reviews\n\n{machine()}\n")
    print("| reviews in the feed | imported | feed, MB | graph, MB | processor, s | memory, MB |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for count in _SIZES:
            source, target = Path(folder, "feed.json"), Path(folder, "graph.ttl")
            with source.open("w", encoding="utf-8") as file:
                file.writelines(feed(count, 7))
            seconds, memory_bytes, said = _import(source, target)
            size, graph = source.stat().st_size, target.stat().st_size
            print(
                f"| {count:,} | {said.split()[1]} | {size / 1e6:.1f} | {graph / 1e6:.1f} "
                f"| {seconds:.1f} | {memory_bytes / 1e6:.0f} |",
                flush=True,
            )


def _import(source: Path, target: Path) -> tuple[float, int, str]:
    """Give the seconds of processor time, the most bytes of memory, and the report."""
    with subprocess.Popen([*_COMMAND, source, "--output", target], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = process.stderr.read()
        used = usage_of(process)
    assert process.returncode == 0, said
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, said


if __name__ == "__main__":
    main()
