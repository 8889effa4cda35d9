"""``kg export``: the same dumps as the server gives, and a site whose every link leads somewhere without a server."""

import re
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import pytest
from harness import Kg


@pytest.fixture
def built(kg: Kg, tiny: Path) -> Path:
    """A knowledge graph with a release."""
    assert kg("build", root=tiny).returncode == 0
    return tiny


def test_dumps_have_their_checksums(kg: Kg, built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result = kg("export", folder, root=built)
    assert (result.returncode, result.stdout.startswith("release ")) == (0, True)
    lines = (folder / "dumps/SHA256SUMS").read_text().splitlines()
    assert len(lines) == 4
    for line in lines:
        digest, name = line.split()
        assert sha256((folder / "dumps" / name).read_bytes()).hexdigest() == digest


def test_folder_that_is_in_use_is_left_alone(kg: Kg, built: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("mine")
    result = kg("export", tmp_path, root=built)
    assert result.returncode != 0
    assert "is not empty: give a new folder" in result.stderr
    assert (tmp_path / "kept").read_text() == "mine"


def test_every_link_of_the_site_leads_to_a_file(kg: Kg, built: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert kg("export", site, "--site", root=built).returncode == 0
    assert (site / "doc/person/ada.ttl").read_text().count("tiny:Person") > 0
    assert "url=/doc/person/ada.html" in (site / "id/person/ada/index.html").read_text()
    pages = list(site.rglob("*.html"))
    links = {link for page in pages for link in re.findall(r'(?:href|src)="(/[^"#?]*)', page.read_text())}
    assert len(links) > 20
    assert {link for link in links if not _leads(site, unquote(link))} == set()
    assert not any("site.invalid" in path.read_text() for path in site.rglob("*") if path.suffix in {".html", ".ttl"})


def _leads(site: Path, link: str) -> bool:
    """Find what a plain file server would give."""
    path = site / link[1:]
    return path.is_file() or (path / "index.html").is_file()
