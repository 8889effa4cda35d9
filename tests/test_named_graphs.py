"""Named graphs of a publication: what changes is laid beside them, and readers wait for nothing but the engine."""

import shutil
import signal
import threading
import time
from itertools import count
from pathlib import Path
from urllib.parse import unquote

import pytest
from command_forks import CommandForks
from engines import connect
from harness import TINY, copy_tiny, started
from httpx import Client
from publications import BASE, PREFIXES, Place, Silent, build_release

from kg.publishing import publish_release
from kg.release import read_release

_MANY = BASE + "graph/graph_data/many"
_PATIENCE_SECONDS = 30
_NAME = "?person <https://tiny.example/ns#name> ?name"
_READ = (
    ("/doc/person/ada.ttl", ""),
    ("/doc/person/bert.html", ""),
    ("/sparql", f"SELECT ?name {{ GRAPH ?graph {{ {_NAME} }} }} #"),
    ("/sparql", f"SELECT ?name {{ {_NAME} }} #"),
)
_VALUES = """\
tiny:size 3.0 , 3.00 , 007 , 1.5E10 , true , "2"^^xsd:byte , "x\\ty\\"z\\\\" , "colour"@EN-gb , "\U0001f600" ,
    "2020-01-01"^^xsd:date , "12:00:00Z"^^xsd:time , "2020-01-01T12:00:00.50Z"^^xsd:dateTime ,
    <https://tiny.example/a%C3%A9/\u00e9>
"""


def _publish_many(place: Place, forks: CommandForks, folder: Path, *contents: str) -> list[str]:
    """Publish a release with a long file for each of some contents of it; gives what the command said."""
    place.build, said = folder / "build", []
    for number, content in enumerate(contents):
        root = Path(shutil.copytree(TINY, folder / str(number)))
        (root / "graph_data/many.ttl").write_text(PREFIXES + content)
        place.new = build_release(root, place.build, forks)
        result = place.publish(place.new, "--allow-invalid")
        assert result.returncode == 0, result.stderr
        said.append(result.stdout)
    return said


def _persons(*numbers: int) -> str:
    return "".join(f'person:p{one} a tiny:Person ; tiny:name "Person {one}" .\n' for one in numbers)


def test_of_a_long_graph_only_the_triples_that_differ_are_sent(
    place: Place, forks: CommandForks, tmp_path: Path
) -> None:
    *_, said = _publish_many(place, forks, tmp_path, _persons(*range(300)), _persons(*range(1, 299), 300))
    sent = int(said.split("(")[1].split()[0])
    union = read_release(place.build / "releases" / place.new).triple_count
    assert 0 < sent - union < 100  # six of the long graph, and the graphs that describe the release
    assert place.publish(place.new, "--verify").returncode == 0
    assert not place.beside()


def test_values_that_an_engine_spells_in_its_own_way_are_taken_out(
    place: Place, forks: CommandForks, tmp_path: Path
) -> None:
    valued = f"person:v a tiny:Person ; {_VALUES}.\n"
    _publish_many(place, forks, tmp_path, _persons(*range(99)) + valued, _persons(*range(99)))
    assert place.publish(place.new, "--verify").returncode == 0
    with connect(place.engine) as endpoint:
        assert not endpoint.ask(f"ASK {{ <{BASE}id/person/v> ?p ?o }}", default_graphs=[_MANY])


def test_named_graphs_stand_whole_while_anything_is_sent(place: Place) -> None:
    standing: list[tuple[str, str]] = []
    place.gate.act = lambda: standing.append((place.gate.writes[-1].split()[0], place.state().named))
    place.gate.reset({"*": "act-before"})
    assert place.publish(place.new, gated=True).returncode == 0
    assert {named for write, named in standing if write == "PUT"} == {place.old}
    if not place.engine.environment:  # it has transactions
        assert "" not in {named for _, named in standing}


def test_nobody_is_refused_while_a_release_is_published(place: Place, tmp_path: Path) -> None:
    root = copy_tiny(tmp_path / "tiny", seconds=30, settings="[store]\npatience_seconds = 60\n")  # for a busy machine
    answers: dict[tuple[str, str], list[tuple[int, str]]] = {asked: [] for asked in _READ}
    ended = threading.Event()

    def read(address: str, path: str, query: str) -> None:
        with Client(base_url=address, timeout=90) as client:
            for number in count():
                if ended.is_set():
                    return
                if query:
                    answer = client.post(path, data={"query": f"{query}{number}"}, headers={"Accept": "text/csv"})
                else:
                    answer = client.get(path, params={"n": number})
                answers[path, query].append((answer.status_code, answer.text))

    options = ["--root", str(root), "--build", str(place.build)]
    with started(options, ["--store", place.engine.store], place.engine.environment) as (address, _):
        readers = [threading.Thread(target=read, args=[address, *asked]) for asked in _READ]
        for reader in readers:
            reader.start()
        place.gate.act = lambda: time.sleep(0.05)
        place.gate.reset({"*": "act-before"})
        result = place.publish(place.new, gated=True)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not all("Dan" in answers[asked][-1][1] for asked in _READ[2:]) and time.monotonic() < deadline:
            time.sleep(0.1)
        ended.set()
        for reader in readers:
            reader.join()
    assert result.returncode == 0, result.stderr
    for asked, given in answers.items():
        assert [answer for answer in given if answer[0] != 200] == []
        assert len({text for _, text in given}) <= 2, asked  # of the old release, and of the new one


def _plant(place: Place) -> None:
    """Put a triple by hand into two of the graphs that change from one release to the next."""
    with connect(place.engine) as endpoint:
        for graph in ("graph/description", "graph/graph_data/people"):
            endpoint.post_graph(BASE + graph, b"<urn:planted> <urn:by> <urn:hand> .\n")


def test_killed_before_all_was_compared_the_next_one_compares(place: Place) -> None:
    def kill() -> bool:
        is_switched = place.state().current == place.new
        if is_switched:
            _plant(place)
            place.kill()()
        return is_switched

    place.gate.act = kill
    place.gate.reset({"*": "act-before"})
    assert place.publish(place.new, gated=True).returncode == -signal.SIGKILL
    assert place.publish(place.new).returncode == 0
    assert place.publish(place.new, "--verify").returncode == 0
    assert not place.beside()


def test_killed_while_readers_wait_another_release_can_be_published(place: Place) -> None:
    def kill() -> None:
        state = place.state()
        if not state.named and state.lock:
            place.kill()()

    place.gate.act = kill
    place.gate.reset({"*": "act-before"})
    killed = place.publish(place.new, gated=True)
    assert killed.returncode == (-signal.SIGKILL if place.engine.environment else 0)  # the other has no such moment
    assert place.publish(place.old, "--keep", 0).returncode == 0
    assert place.publish(place.old, "--verify").returncode == 0
    assert place.is_old()
    assert not place.beside()


def test_graphs_that_somebody_changes_meanwhile_are_mended(place: Place) -> None:
    def plant() -> None:
        if place.gate.writes[-1].startswith("PUT") and unquote(place.gate.writes[-1]).endswith("/added/2"):
            _plant(place)

    place.gate.act = plant
    place.gate.reset({"*": "act-before"})
    first = place.publish(place.new, gated=True)
    if place.engine.environment:
        assert first.returncode == 0, first.stderr  # it was found before readers could see it
    else:
        assert first.returncode == 10
        assert "queries that name graphs wait: kg publish goes on" in first.stderr
    assert place.publish(place.new).returncode == 0
    assert place.publish(place.new, "--verify").returncode == 0
    assert not place.beside()


def test_twins_come_and_go(place: Place, forks: CommandForks, tmp_path: Path) -> None:
    friend = '[ a tiny:Person ; tiny:name "Twin" ]'
    one, two = (
        f'{_persons(*range(99))} person:v a tiny:Person ; tiny:name "V" ; tiny:size {sizes} ; tiny:knows {friends} .\n'
        for sizes, friends in (("1", friend), ("1 , 1.0", f"{friend} , {friend}"))
    )
    for number, (content, twins) in enumerate([(two, 2), (one, 1), (two, 2)]):
        _publish_many(place, forks, tmp_path / str(number), content)
        with connect(place.engine) as endpoint, endpoint.read_graph(_MANY) as triples:
            names = [triple.predicate.value.removeprefix(f"{BASE}ns#") for triple in triples]
        sizes = names.count("size")
        assert names.count("knows") == twins
        assert sizes == (1 if place.engine.environment else twins)  # to Virtuoso 1 and 1.0 are one
        assert place.publish(place.new, "--verify", "--allow-invalid").returncode == 0


def test_more_than_a_transaction_should_take_is_sent_while_readers_of_named_graphs_wait(
    oxi: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.publishing.named_graphs._AT_ONCE", 520)  # the first graph fits
    release = read_release(oxi.build / "releases" / oxi.new)
    with connect(oxi.engine) as endpoint:
        planned = publish_release(endpoint, release, Silent(), dry_run=True)
        done = publish_release(endpoint, release, Silent())
    assert planned.sent.keys() == done.sent.keys()
    assert oxi.publish(oxi.new, "--verify").returncode == 0
    assert not oxi.beside()
