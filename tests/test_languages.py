"""Words of the pages: another language, other words, and files of words that are wrong."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cities import enlarge
from command_forks import CommandForks
from harness import REPOSITORY, TINY, Kg, serve
from httpx import Client, Response
from lxml import html

OURS = (REPOSITORY / "server/texts/en.toml").read_text(encoding="utf-8")
FRENCH = re.sub(r'^(?!direction)(\w+) = "(.*)"$', r'\1 = "«\2»"', OURS, flags=re.MULTILINE)
"""Our words as they would be translated: each between quotation marks that ours do not have."""
SHOWN = "//*[not(self::script or self::style or self::code)]/text() | //@aria-label | //@placeholder | //@data-none"
PATHS = ["/", "/queries", "/ontology", "/quality", "/about", "/search?q=yerevan", "/doc/person/ada", "/id/nothing"]


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server whose pages speak French and Arabic too, and say something else in English."""
    root = enlarge(tmp_path_factory.mktemp("languages") / "graph")
    (root / "texts").mkdir()
    (root / "texts/fr.toml").write_text(FRENCH, encoding="utf-8")
    (root / "texts/ar.toml").write_text(OURS.replace('"ltr"', '"rtl"').replace("Skip", "تخط"), encoding="utf-8")
    (root / "texts/en.toml").write_text('[layout]\nsearch = "Look up"\n', encoding="utf-8")
    for address in serve(["--root", str(root)], ["--processes", "1"]):
        with Client(base_url=address, timeout=30) as client:
            yield client


def page(client: Client, path: str, wished: str) -> Response:
    return client.get(path, headers={"Accept": "text/html", "Accept-Language": wished}, follow_redirects=True)


@pytest.mark.parametrize("path", PATHS)
def test_page_is_in_the_language_of_the_reader(translated: Client, path: str) -> None:
    french, english = page(translated, path, "fr-CA, en;q=0.5"), page(translated, path, "de, en")
    assert (french.headers["Content-Language"], english.headers["Content-Language"]) == ("fr", "en")
    assert html.fromstring(french.content).get("lang") == "fr"
    assert "«Skip to the content»" in french.text
    assert "«" not in english.text
    assert "Accept-Language" in ", ".join(french.headers.get_list("Vary"))


@pytest.mark.parametrize("path", ["/search?q=nosuchword", "/search?q=🎉", "/search?limit=3&offset=3", "/id/nothing"])
def test_every_word_of_search_and_of_problems_is_in_the_catalogue(translated: Client, path: str) -> None:
    found = html.fromstring(page(translated, path, "fr").content)
    for node in found.xpath(
        "//ol | //fieldset//label | //summary | //legend | //footer | //title | //*[@class='lead']"
    ):
        node.drop_tree()
    shown = {" ".join(text.split()) for text in found.xpath(SHOWN)} - {"", "Tiny", "nothing", ",", "Unknown IRI"}
    assert {text for text in shown if "«" not in text} == set()


def test_right_to_left_language_turns_the_page(translated: Client) -> None:
    assert html.fromstring(page(translated, "/", "ar").content).get("dir") == "rtl"
    assert html.fromstring(page(translated, "/", "en").content).get("dir") == "ltr"


def test_directory_says_some_words_otherwise(translated: Client) -> None:
    assert "<button>Look up</button>" in page(translated, "/", "en").text
    assert "Skip to the content" in page(translated, "/", "en").text


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, forks: CommandForks) -> Path:
    """A small knowledge graph directory with a release, to be copied."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("built") / "tiny"))
    assert forks.run(["--root", str(root), "build"]).returncode == 0
    return root


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("fr", FRENCH.replace("[problem]", '[problem]\nner = "x"'), "problem.ner is asked for by no page"),
        ("fr", FRENCH.replace('skip = "', 'skpi = "'), "layout.skpi is asked for by no page"),
        (
            "fr",
            re.sub("^skip.*\n", "", FRENCH, flags=re.MULTILINE),
            "lacks layout.skip: a new language says everything",
        ),
        ("fr", '[layout]\nskip = "x"\n', "lacks language_name, direction, layout.search"),
        (
            "fr",
            FRENCH.replace("{version}", "{versoin}"),
            "layout.version has a place for {versoin}, expected {version}",
        ),
        ("fr", FRENCH.replace("{version}", "{version"), "layout.version has a brace that is not closed"),
        ("fr", FRENCH.replace('"ltr"', '"left"'), 'direction is "left", expected ltr or rtl'),
        ("en", "[layout]\nskip = 1\n", "layout.skip is 1, expected a text"),
        ("en", "[layout\n", "cannot be read as TOML"),
        ("in french", "", "is named after no language, expected a name such as fr.toml"),
    ],
)
def test_wrong_file_of_words_is_told_before_anything_is_served(
    kg: Kg, built: Path, tmp_path: Path, name: str, text: str, problem: str
) -> None:
    root = Path(shutil.copytree(built, tmp_path / "tiny", symlinks=True))
    (root / "texts").mkdir()
    (root / f"texts/{name}.toml").write_text(text, encoding="utf-8")
    result = kg("serve", "--port", 0, root=root)
    assert result.returncode == 3
    assert f"texts/{name}.toml: {problem}" in result.stderr
    assert "Traceback" not in result.stderr
