"""``kg build`` of large graphs, and builds that do not come to their end."""

import fcntl
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import COMMAND, REPOSITORY, TINY, Kg, serve
from httpx import Client

PEOPLE = "graph_data/people.ttl"
DUMPS = ("trig", "nq", "ttl", "jsonld")
MEGABYTE = 1024**2

# Builds as ``kg build`` does, and waits for a line of input whenever it tells of a step.
STEP_BY_STEP = """
import sys
from pathlib import Path
from kg.config import load_config
from kg.pipeline import build_current_release
from kg.steps import Steps
def tell(step):
    print(step, flush=True)
    sys.stdin.readline()
build_current_release(load_config(Path(sys.argv[1])), steps=Steps(tell, lambda done, total: None))
"""


@pytest.fixture
def large(tiny: Path) -> Path:
    """The small graph, with settings by which it is too large to be held in memory."""
    settings = tiny / "agon.toml"
    settings.write_text(settings.read_text().replace("[limits]", "[limits]\nwhole_bytes = 1"))
    return tiny


@pytest.fixture(scope="module")
def disk_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of the server over the small graph, which is not held in memory."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("disk") / "tiny"))
    settings = root / "agon.toml"
    settings.write_text(settings.read_text().replace("[limits]", "[limits]\nmemory_triples = 1"))
    for address in serve(["--root", str(root)]):
        with Client(base_url=address, timeout=30) as client:
            yield client


def current(root: Path) -> Path:
    return (root / "build/current").resolve()


def releases(root: Path) -> set[str]:
    """The names of all that lies among the releases and beside them."""
    return {path.name for folder in ("build", "build/releases") for path in (root / folder).iterdir()}


def add_person(root: Path, name: str, statements: str = "") -> None:
    with (root / PEOPLE).open("a") as file:
        file.write(f'person:{name.lower()} a tiny:Person ; tiny:name "{name}" {statements}.\n')


def step_by_step(root: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", STEP_BY_STEP, root]
    return subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def steps_of(root: Path) -> list[str]:
    """Every step of a build, which is made."""
    process = step_by_step(root)
    output, error = process.communicate("\n" * 100)
    assert process.returncode == 0, error
    return output.splitlines()


def stop_in(root: Path, place: int, how: signal.Signals) -> int:
    """Begin a build and end it in the step of a number, from 0; gives its return code."""
    process = step_by_step(root)
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        for number, _ in enumerate(process.stdout):
            if number == place:
                process.send_signal(how)
                break
            process.stdin.write("\n")
            process.stdin.flush()
    return process.returncode


def test_large_graph_gives_the_same_dataset_as_a_small_one(kg: Kg, tiny: Path, tmp_path: Path) -> None:
    (tiny / "graph_data/more.trig").write_text(
        '<urn:a> <urn:p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> , [ <urn:q> ( 1 _:x ) ] .\n'
        "<urn:g> { <urn:a> <urn:p> 1 . _:x <urn:p> _:x }\n"
    )
    assert kg("--build", tmp_path / "whole", "build", root=tiny).returncode == 0
    settings = tiny / "agon.toml"
    settings.write_text(settings.read_text().replace("[limits]", "[limits]\nwhole_bytes = 1"))
    result = kg("--build", tmp_path / "streamed", "build", root=tiny)
    assert result.returncode == 0
    assert "only shapes were applied" in result.stdout
    whole, streamed = ((tmp_path / name / "current").resolve() for name in ("whole", "streamed"))
    for name in ("dataset.nq", "context.jsonld", *(f"dumps/dataset.{suffix}.gz" for suffix in DUMPS)):
        assert (whole / name).read_bytes() == (streamed / name).read_bytes(), name


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/sparql?query=SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o", "text/csv"),
        ("/sparql?query=SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g", "text/csv"),
        ("/queries/names?person=https://tiny.example/id/person/ada", "text/csv"),
        ("/doc/person/bert", "application/n-quads"),
        ("/rdf-graph-store?graph=https://tiny.example/graph/graph_data/people", "application/n-triples"),
    ],
)
def test_store_on_disk_answers_as_the_one_in_memory(
    tiny_client: Client, disk_client: Client, path: str, accept: str
) -> None:
    answers = [client.get(path, headers={"Accept": accept}) for client in (tiny_client, disk_client)]
    memory, disk = (sorted(re.sub(r"_:\w+", "_:", answer.text).splitlines()) for answer in answers)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert disk == memory


def test_large_graph_is_built_again_with_the_same_digest(kg: Kg, large: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert kg("--build", tmp_path / name, "build", root=large).returncode == 0
    one, two = ((tmp_path / name / "current").resolve() for name in ("one", "two"))
    assert one.name == two.name
    assert (one / "dumps/SHA256SUMS").read_bytes() == (two / "dumps/SHA256SUMS").read_bytes()


def test_build_tells_each_step_and_how_much_there_is(kg: Kg, large: Path) -> None:
    result = kg("build", root=large)
    size = len((current(large) / "dataset.nq").read_text().splitlines())
    told = result.stderr.splitlines()
    assert told[0] == "reading and sorting the files ..."
    assert "filling the store ..." in told
    assert any(line.startswith("describing a dataset of ") for line in told)
    assert [f"writing {size} quads as .{suffix} ..." for suffix in DUMPS] == [line for line in told if " as " in line]


def test_large_graph_that_does_not_conform_is_not_built(kg: Kg, large: Path) -> None:
    with (large / PEOPLE).open("a") as file:
        file.write("person:cleo a tiny:Person .\n")
    result = kg("build", root=large)
    assert result.returncode == 1
    assert "[tinyshape:Person-name] A person has a name" in result.stdout
    assert "focus node person:cleo, path tiny:name" in result.stdout
    assert releases(large) == {"releases"}
    assert kg("build", "--allow-invalid", root=large).returncode == 0


def test_check_of_shapes_alone_reads_a_large_graph_piece_by_piece(kg: Kg, large: Path) -> None:
    with (large / PEOPLE).open("a") as file:
        file.write("person:cleo a tiny:Person .\n")
    result = kg("check", "--only", "shapes", root=large)
    assert result.returncode == 1
    assert "only shapes were applied" in result.stdout
    assert "focus node person:cleo, path tiny:name" in result.stdout
    assert f"{PEOPLE}:" in kg("check", root=large).stdout  # with all rules, it tells the line


def test_large_graph_names_every_file_that_does_not_parse(kg: Kg, large: Path) -> None:
    for name in (PEOPLE, "ontology/tiny.ttl"):
        with (large / name).open("a") as file:
            file.write("person:cleo a\n")
    result = kg("build", root=large)
    assert result.returncode == 3
    assert PEOPLE in result.stderr
    assert "ontology/tiny.ttl" in result.stderr


def test_shape_that_only_pyshacl_knows_fails_a_large_graph(kg: Kg, large: Path) -> None:
    with (large / "ontology/shapes/tiny.ttl").open("a") as file:
        file.write(
            "tinyshape:Odd a sh:NodeShape ; sh:targetClass tiny:Person ; sh:sparql [ sh:message 'odd' ; sh:select"
            " 'SELECT $this WHERE { $this ?p ?o MINUS { ?o ?q $this } }' ] .\n"
        )
    result = kg("build", root=large)
    assert result.returncode == 1
    assert "Odd" in result.stdout


def test_build_killed_in_any_step_leaves_the_current_release(kg: Kg, tiny: Path) -> None:
    steps = steps_of(tiny)
    before = current(tiny)
    add_person(tiny, "Cleo")
    first = steps.index("filling the store")  # nothing is written earlier
    for place in range(first, len(steps)):
        if steps[place].endswith((".nq", ".ttl", ".jsonld")):  # as the first of the dumps
            continue
        how = signal.SIGTERM if place == first else signal.SIGKILL
        assert stop_in(tiny, place, how) == -how
        assert current(tiny) == before
    assert kg("query", "-", root=tiny, stdin="ASK {}").stdout == "true\n"
    assert kg("build", root=tiny).returncode == 0
    assert releases(tiny) == {"releases", "current", before.name, current(tiny).name}


def test_interrupted_build_leaves_nothing(tiny: Path) -> None:
    place = steps_of(tiny).index("deriving triples")
    before = current(tiny)
    add_person(tiny, "Cleo")
    assert stop_in(tiny, place, signal.SIGINT) != 0
    assert current(tiny) == before
    assert releases(tiny) == {"releases", "current", before.name}


@pytest.mark.parametrize("most", [1_000, 20_000, 60_000])
def test_build_on_full_disk_leaves_the_current_release(kg: Kg, tiny: Path, most: int) -> None:
    kg("build", root=tiny)
    before = current(tiny)
    add_person(tiny, "Cleo")
    result = subprocess.run(
        [*COMMAND, "--root", tiny, "build"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 8, result.stderr
    assert f"the build folder {tiny / 'build'} cannot be written: " in result.stderr.splitlines()[-1]
    assert releases(tiny) == {"releases", "current", before.name}
    assert kg("build", root=tiny).returncode == 0


def test_second_build_waits_for_the_first(kg: Kg, tiny: Path) -> None:
    kg("build", root=tiny)
    add_person(tiny, "Cleo")
    descriptor = os.open(tiny / "build", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    timer = threading.Timer(3, os.close, [descriptor])
    timer.start()
    result = kg("build", root=tiny)
    timer.join()
    assert result.returncode == 0
    assert "waiting for another build ..." in result.stderr.splitlines()


_MEASURING = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_memory_of_a_build_does_not_grow_with_the_graph(tiny: Path) -> None:
    settings = tiny / "agon.toml"
    settings.write_text(settings.read_text().replace("[limits]", "[limits]\nwhole_bytes = 1"))
    lines = (
        f'<urn:thing:{number}> <urn:property:{place}> "Something of which {number} and {place} are said"@en .\n'
        for number in range(15_000)
        for place in range(4)
    )
    (tiny / "graph_data/things.nt").write_text("".join(lines))
    # a process between: what we have used counts for what we start, and not for what that starts
    measured = subprocess.run(
        [sys.executable, "-c", _MEASURING, *COMMAND, "--root", tiny, "build"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(measured.stdout) * 1024 < 200 * MEGABYTE  # all in memory, it would take 300
