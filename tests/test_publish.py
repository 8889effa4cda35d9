"""``kg publish``: a release comes to an engine whole or not at all, whatever happens on the way."""

import io
import random
import shutil
import signal
import subprocess
import threading
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from command_forks import CommandForks
from engines import ENGINES, RunningEngine, connect
from gate import gate
from harness import COMMAND, TINY, Kg, started
from httpx import Client, get
from publications import BASE, NAMES, PREFIXES, Place, Run, Silent, build_release
from rich.console import Console

from kg.cli.publishing import _Watcher
from kg.publishing import verify_release
from kg.publishing.fingerprints import fingerprint
from kg.release import read_release
from kg.remote import Lock, read_publication, release_iri, write_publication

_PATIENCE_SECONDS = 30
_PEOPLE = BASE + "graph/graph_data/people"
_MORE = BASE + "graph/graph_data/more"


def test_only_what_differs_is_sent_and_the_same_again_sends_nothing(place: Place) -> None:
    planned = place.publish(place.new, "--dry-run")
    assert place.is_old()
    sent = place.publish(place.new)
    for result in (planned, sent):
        assert result.returncode == 0, result.stderr
        assert "4 graphs " in result.stdout  # the release, people, more, description
        assert "3 unchanged, 0 removed" in result.stdout
    assert f"send <{_MORE}>, 5 triples" in planned.stdout
    assert place.names(_PEOPLE) == ["Ada", 'Bert, "the" <friend>', "Dan", "Somebody"]
    assert place.names(release_iri(BASE, place.new)) == [
        "Ada",
        'Bert, "the" <friend>',
        "Cleo",
        "Dan",
        "Nobody",
        "Somebody",
    ]
    state = place.state()
    assert (state.current, state.named, state.whole, state.lock) == (
        place.new,
        place.new,
        {place.old, place.new},
        None,
    )
    assert "already: nothing is sent" in place.publish(place.new).stdout
    assert "stands whole" in place.publish(place.new, "--verify").stdout
    back = place.publish(place.old, "--keep", 0)
    assert "3 unchanged, 2 removed" in back.stdout  # the graph more, and the release
    assert place.names(_MORE) == place.names(release_iri(BASE, place.new)) == []


def test_killed_at_every_step_it_goes_on_and_readers_see_the_old_release(place: Place) -> None:
    place.gate.act = place.kill()
    for number in range(2, 20):  # so many writes it gets through, and every other time the last one is not done
        place.gate.reset({number: "act" if number % 2 else "act-after"})
        result = place.publish(place.new, gated=True)
        if place.state().current == place.new:
            break
        assert result.returncode == -signal.SIGKILL, result.stderr
        assert place.is_old()
    assert number > 4
    assert place.publish(place.new).returncode == 0
    assert place.publish(place.new, "--verify").returncode == 0
    assert not place.beside()


def test_readers_see_the_old_release_until_the_switch(place: Place) -> None:
    options = ["--root", str(TINY), "--build", str(place.build)]
    more = ["--store", place.engine.store, "--processes", "1"]
    with ExitStack() as stack:
        address, _ = stack.enter_context(started(options, more, place.engine.environment))
        client = stack.enter_context(Client(base_url=address, timeout=30))
        place.gate.reset({8 if place.engine.environment else 6: "hold"})
        thread = threading.Thread(target=place.publish, args=[place.new], kwargs={"gated": True})
        thread.start()
        assert place.gate.arrived.wait(_PATIENCE_SECONDS)
        answer = client.get("/sparql", params={"query": NAMES + " OFFSET 0", "format": "csv"})
        place.gate.go_on.set()
        thread.join()
        assert answer.status_code == 200
        assert "Ada" in answer.text
        assert "Cleo" not in answer.text
        deadline = datetime.now(UTC) + timedelta(seconds=_PATIENCE_SECONDS)
        while client.get("/readyz").json()["release"] != place.new:
            assert datetime.now(UTC) < deadline
        assert "Cleo" in client.get("/sparql", params={"query": NAMES, "format": "csv"}).text


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("cut", "broke the connection"),
        ("lost", "broke the connection"),
        ("falsified", "missing: "),
        ("swallowed", "holds 0 triples in"),
        ("html", "holds 0 triples in"),
        ("401", "AGON_STORE_USER"),
        ("403", "AGON_STORE_USER"),
        ("405", "I only read"),
        ("500", "No space left on device"),
        ("507", "has no room left"),
        ("slow", "gave no answer in time"),
    ],
)
def test_fault_of_the_engine_is_told_and_hidden_from_readers(oxi: Place, fault: str, words: str) -> None:
    oxi.gate.reset({3: fault})
    result = oxi.publish(oxi.new, "--timeout", 1.5, gated=True)
    assert result.returncode == 10
    assert words in result.stderr
    assert oxi.gate.store.removeprefix("sparql+") in result.stderr
    assert f"readers see release {oxi.old[:12]} as before; kg publish goes on where it stopped" in result.stderr
    assert oxi.is_old()
    assert oxi.state().lock is None
    assert oxi.publish(oxi.new).returncode == 0


@pytest.mark.parametrize("fault", ["403", "405", "html", "swallowed"])
def test_engine_that_cannot_be_written_is_told(oxi: Place, fault: str) -> None:
    oxi.gate.reset({"*": fault})
    result = oxi.publish(oxi.new, gated=True)
    assert result.returncode == 10
    assert "cannot be written to" in result.stderr or "does not keep what was written to it" in result.stderr
    assert oxi.is_old()


def test_second_publisher_is_told_of_the_first(oxi: Place) -> None:
    oxi.gate.reset({3: "hold"})
    results: list[Run] = []
    thread = threading.Thread(target=lambda: results.append(_in_its_own_process(oxi)))
    thread.start()
    assert oxi.gate.arrived.wait(_PATIENCE_SECONDS)
    refused = oxi.publish(oxi.new)
    oxi.gate.go_on.set()
    thread.join()
    assert refused.returncode == 10
    assert "is being published to by process " in refused.stderr
    assert "since 20" in refused.stderr
    assert results[0].returncode == 0, results[0].stderr
    assert oxi.state().current == oxi.new


def _in_its_own_process(place: Place) -> Run:
    options = ["--root", TINY, "--build", place.build, "publish", "--to", place.gate.store, "--release", place.new]
    return subprocess.run([*COMMAND, *options], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("minutes", "code"), [(1, 10), (3, 0)])
def test_lock_of_another_machine_is_taken_over_when_it_is_stale(oxi: Place, minutes: int, code: int) -> None:
    heard = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="seconds")
    with connect(oxi.engine) as endpoint:
        state = read_publication(endpoint, BASE)
        lock = Lock("elsewhere 12345 place start", heard, heard)
        locked = write_publication(endpoint, BASE, state, replace(state, lock=lock))
        assert locked
        result = oxi.publish(oxi.new)
        if code:
            assert write_publication(endpoint, BASE, locked, replace(locked, lock=None))
    assert result.returncode == code
    assert "process 12345 on elsewhere" in result.stderr
    assert heard in result.stderr


def test_publisher_whose_lock_was_taken_over_stops(oxi: Place) -> None:
    oxi.gate.reset({3: "hold"})
    results: list[Run] = []
    thread = threading.Thread(target=lambda: results.append(oxi.publish(oxi.new, gated=True)))
    thread.start()
    assert oxi.gate.arrived.wait(_PATIENCE_SECONDS)
    with connect(oxi.engine) as endpoint:
        state = read_publication(endpoint, BASE)
        lock = Lock("elsewhere 12345 place start", "now", "now")
        taken = write_publication(endpoint, BASE, state, replace(state, lock=lock))
        oxi.gate.go_on.set()
        thread.join()
        assert taken
        assert oxi.state() == taken
        assert write_publication(endpoint, BASE, taken, replace(taken, lock=None))
    assert results[0].returncode == 10
    assert "was taken over by process 12345 on elsewhere" in results[0].stderr
    assert oxi.is_old()


def test_engine_that_dies_half_way_has_the_old_release_when_it_is_back(place: Place) -> None:
    place.gate.act = place.engine.stop
    place.gate.reset({5: "act-after"})
    result = place.publish(place.new, gated=True)
    place.engine.restart()
    assert result.returncode == 10
    assert "broke the connection" in result.stderr
    assert "kg publish goes on where it stopped" in result.stderr
    assert place.is_old()
    assert place.publish(place.new).returncode == 0
    assert place.publish(place.new, "--verify").returncode == 0


def test_engine_that_is_killed_afterwards_holds_the_release_when_it_is_back(place: Place) -> None:
    with connect(place.engine) as endpoint:  # a log that is long enough to be replayed by several threads
        for part in range(3):
            lines = (f"<urn:s{part}-{number}> <urn:p> 'value {part} {number}' .\n" for number in range(5_000))
            endpoint.post_graph("urn:others", "".join(lines).replace("'", '"').encode())
    for release in (place.old, place.new):
        assert place.publish(release).returncode == 0
    state = place.state()
    place.engine.stop()
    place.engine.restart()
    assert place.state() == state
    assert place.publish(place.new, "--verify").returncode == 0


def test_password_may_lie_in_a_file(
    releases: tuple[Path, str, str], kg: Kg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build, old, _ = releases
    (tmp_path / "password").write_text("dba\n")
    monkeypatch.setenv("AGON_STORE_USER", "dba")
    monkeypatch.setenv("AGON_STORE_PASSWORD_FILE", str(tmp_path / "password"))
    with ENGINES["virtuoso"](tmp_path) as engine:
        options = ["--root", str(TINY), "--build", str(build)]
        assert kg(*options[2:], "publish", "--to", engine.store, "--release", old, root=TINY).returncode == 0
        with started(options, ["--store", engine.store, "--processes", "1"]) as (address, _):
            assert get(f"{address}/readyz").json()["release"] == old


def test_progress_is_told_by_lines_where_there_is_no_terminal() -> None:
    shown = io.StringIO()
    with _Watcher(Console(file=shown), seconds=0).watch("sending graph 1 of 2", 20) as advance:
        advance(5)
        advance(10)
    lines = shown.getvalue().splitlines()
    assert lines == [f"sending graph 1 of 2: {done} of 20 triples ..." for done in (5, 15)]


def test_interrupted_by_a_key_it_gives_the_lock_back(oxi: Place) -> None:
    oxi.gate.reset({3: "act"})
    oxi.gate.act = oxi.kill(signal.SIGINT)
    result = oxi.publish(oxi.new, gated=True)
    assert result.returncode == 130, result.stderr
    assert oxi.is_old()
    assert oxi.state().lock is None
    assert oxi.publish(oxi.new).returncode == 0


def test_parts_that_were_sent_are_not_sent_again(oxi: Place, forks: CommandForks, tmp_path: Path) -> None:
    root = Path(shutil.copytree(TINY, tmp_path / "tiny"))
    long = "".join(f'person:p{one} a tiny:Person ; tiny:name "{str(one) * 500_000}" .\n' for one in range(6))
    (root / "graph_data/long.ttl").write_text(PREFIXES + long)
    oxi.build, oxi.new = tmp_path / "build", build_release(root, tmp_path / "build", forks)
    oxi.gate.act = oxi.kill()
    oxi.gate.reset({5: "act"})
    assert oxi.publish(oxi.new, gated=True).returncode == -signal.SIGKILL
    first = _writes_of_the_release(oxi)
    oxi.gate.reset()
    result = oxi.publish(oxi.new, gated=True)
    second = _writes_of_the_release(oxi)
    assert result.returncode == 0, result.stderr
    assert (first, second) == (["PUT", "POST"], ["POST"])
    assert oxi.publish(oxi.new, "--verify").returncode == 0


def _writes_of_the_release(place: Place) -> list[str]:
    union = f"release/{place.new}"
    return [write.split()[0] for write in place.gate.writes if unquote(write).partition("&")[0].endswith(union)]


def test_what_differs_is_named_by_verify_and_sent_by_mend(place: Place) -> None:
    with connect(place.engine) as endpoint:
        endpoint.post_graph(_PEOPLE, b"<urn:planted> <urn:by> <urn:hand> .\n")
        endpoint.put_graph(release_iri(BASE, place.old), b"<urn:planted> <urn:by> <urn:hand> .\n")
    found = place.publish(place.old, "--verify")
    mended = place.publish(place.old, "--mend")
    assert found.returncode == 1
    assert f"in <{_PEOPLE}>, expected 9\n  not ours: <urn:planted> <urn:by> <urn:hand> ." in found.stdout
    assert f"holds 1 triples in <{release_iri(BASE, place.old)}>, expected " in found.stdout
    assert "  missing: <https://tiny.example/" in found.stdout
    assert "2 graphs sent" in mended.stdout
    assert place.publish(place.old, "--verify").returncode == 0


def test_release_that_is_not_published_is_not_verified(place: Place) -> None:
    result = place.publish(place.new, "--verify")
    assert result.returncode == 10
    assert f"holds release {place.old}, expected release {place.new}: publish that" in result.stderr


def test_values_that_are_spelt_otherwise_are_equal(place: Place, forks: CommandForks, tmp_path: Path) -> None:
    root = Path(shutil.copytree(TINY, tmp_path / "tiny"))
    values = 'person:v tiny:size 3.0 , 007 , 1.50 , "1"^^xsd:boolean , "2"^^xsd:byte , 1.5E10 , "colour"@EN-gb .\n'
    (root / "graph_data/values.ttl").write_text(PREFIXES + values)
    place.build, digest = tmp_path / "build", build_release(root, tmp_path / "build", forks)
    result = place.publish(digest, "--allow-invalid")
    assert result.returncode == 0, result.stderr
    assert "spells some values in its own way (" in result.stderr
    assert "numbers, " in result.stderr
    assert "xsd:boolean, xsd:double); they are equal" in result.stderr


def test_value_that_an_engine_loses_is_an_error_before_the_switch(
    place: Place, forks: CommandForks, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(TINY, tmp_path / "tiny"))
    lost = 'person:caesar a tiny:Person ; tiny:name "Caesar" ; tiny:born "-0044-03-15"^^xsd:date .\n'
    (root / "graph_data/lost.ttl").write_text(PREFIXES + lost)
    place.build, digest = tmp_path / "build", build_release(root, tmp_path / "build", forks)
    result = place.publish(digest, "--allow-invalid")
    if not place.engine.environment:  # it loses nothing
        assert result.returncode == 0, result.stderr
        return
    assert result.returncode == 10
    assert f"in <{release_iri(BASE, digest)}>" in result.stderr
    assert '"-0044-03-15"^^<http://www.w3.org/2001/XMLSchema#date> .' in result.stderr
    assert place.is_old()


def test_release_that_does_not_conform_is_refused_unless_asked_for(
    oxi: Place, forks: CommandForks, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(TINY, tmp_path / "tiny"))
    with (root / "graph_data/people.ttl").open("a") as file:
        file.write("person:nameless a tiny:Person .\n")
    oxi.build, digest = tmp_path / "build", build_release(root, tmp_path / "build", forks)
    result = oxi.publish(digest)
    assert result.returncode == 1
    assert f"release {digest[:12]} does not conform: mend what kg check finds" in result.stderr
    assert oxi.is_old()
    assert oxi.publish(digest, "--allow-invalid").returncode == 0


def test_damaged_release_is_refused(oxi: Place, tmp_path: Path) -> None:
    build = Path(shutil.copytree(oxi.build, tmp_path / "build", symlinks=True))
    dump = build / "releases" / oxi.new / "dataset.nq"
    dump.write_text(dump.read_text().replace("Cleo", "Kleo"))
    oxi.build = build
    result = oxi.publish(oxi.new)
    assert result.returncode == 3
    assert f"the release {oxi.new} is damaged" in result.stderr
    assert "kg build" in result.stderr
    assert oxi.is_old()
    assert oxi.state().lock is None


@pytest.mark.parametrize(("user", "password"), [("dba", "very-secret"), ("", "")])
def test_wrong_credentials_are_told_without_being_shown(
    engine: RunningEngine, releases: tuple[Path, str, str], kg: Kg, user: str, password: str
) -> None:
    if not engine.environment:
        return  # it asks nobody who he is
    wrong = replace(engine, environment={"AGON_STORE_USER": user, "AGON_STORE_PASSWORD": password})
    with gate(engine.url) as before:
        result = Place(wrong, before, *releases, kg).publish(releases[2])
    assert result.returncode == 10
    assert "cannot be written to" in result.stderr
    assert "very-secret" not in result.stderr + result.stdout


def test_engine_without_graph_store_is_written_by_updates(oxi: Place, tmp_path: Path) -> None:
    root = Path(shutil.copytree(TINY, tmp_path / "tiny"))
    update = oxi.gate.store.removeprefix("sparql+").replace("/query", "/update")
    with (root / "agon.toml").open("a") as file:
        file.write(f'\n[store]\nurl = "{oxi.gate.store}"\nengine = "blazegraph"\nupdate_url = "{update}"\n')
    oxi.gate.reset()
    result = oxi.kg("--build", oxi.build, "publish", "--release", oxi.new, root=root)
    assert result.returncode == 0, result.stderr
    assert {write.split("?")[0] for write in oxi.gate.writes} == {"POST /update"}
    assert oxi.publish(oxi.new, "--verify").returncode == 0


def test_engine_that_is_away_or_not_named_is_told(kg: Kg, releases: tuple[Path, str, str]) -> None:
    away = kg("--build", releases[0], "publish", "--to", "sparql+http://127.0.0.1:9/query", root=TINY)
    nameless = kg("--build", releases[0], "publish", root=TINY)
    secret = kg("--build", releases[0], "publish", "--to", "sparql+http://me:very-secret@127.0.0.1:9/query", root=TINY)
    assert (away.returncode, nameless.returncode, secret.returncode) == (10, 3, 3)
    assert "http://127.0.0.1:9/query cannot be reached" in away.stderr
    assert "give --to sparql+https://host/sparql" in nameless.stderr
    assert "very-secret" not in secret.stderr


@pytest.mark.parametrize(("digest", "words"), [("none", "there is no release in"), ("", "there are 2 releases in")])
def test_release_that_is_unknown_is_told(kg: Kg, releases: tuple[Path, str, str], digest: str, words: str) -> None:
    result = kg("--build", releases[0], "publish", "--to", "sparql+http://127.0.0.1:9/", "--release", digest, root=TINY)
    assert result.returncode == 2
    assert words in result.stderr


def test_fingerprint_depends_on_neither_order_nor_labels() -> None:
    lines = [
        "_:a <urn:p> _:b",
        "_:b <urn:p> _:c",
        '_:c <urn:p> "_:a"',
        "<urn:s> <urn:p> _:a",
        '<urn:s> <urn:p> "3.0"^^<http://www.w3.org/2001/XMLSchema#decimal>',
    ]
    other = [line.replace("_:c ", "_:z ").replace(" _:c", " _:z").replace('"3.0"', '"+03"') for line in lines]
    random.Random(7).shuffle(other)
    assert fingerprint(other).is_like == fingerprint(lines).is_like
    for part, instead in (("_:b <urn:p> _:c", "_:a <urn:p> _:c"), ('"_:a"', '"_:b"')):
        assert fingerprint([line.replace(part, instead) for line in lines]).is_like != fingerprint(lines).is_like


def test_large_graph_that_differs_is_compared_some_triples_at_a_time(
    oxi: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.publishing.differences.HELD", 3)
    release = read_release(oxi.build / "releases" / oxi.old)
    with connect(oxi.engine) as endpoint:
        assert verify_release(endpoint, release, Silent()) == []
        endpoint.post_graph(_PEOPLE, b"<urn:planted> <urn:by> <urn:hand> .\n")
        (found,) = verify_release(endpoint, release, Silent())
    assert (found.graph, found.expected, found.found) == (_PEOPLE, 9, 10)
    assert (found.missing, found.unexpected) == ((), ("<urn:planted> <urn:by> <urn:hand>",))
    assert oxi.publish(oxi.old, "--mend").returncode == 0
