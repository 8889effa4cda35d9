"""The forms of a report for people, editors and changes, and where reports go."""

import json
import os
import pty
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from harness import COMMAND, REPOSITORY, Kg, running
from written_reports import PEOPLE, REPORT_CONTEXT, SHAPES, a_finding, a_report, lines_of_text, report

from kg.findings import Location
from kg.reports import WRITERS, ReportContext

FORMATS = list(WRITERS)

# --- text


def test_text_in_a_pipe_has_no_colour_and_no_excerpt(forms: Path) -> None:
    first, *others = (forms / "text").read_text().splitlines()
    assert first == f"{PEOPLE}:5:1: violation: [tinyshape:Person-name] A person has a name: add tiny:name."
    assert others[0] == "    focus node person:ada, path tiny:name"
    assert others[1].startswith(PEOPLE)


def test_excerpt_shows_the_line_and_marks_the_place(kg: Kg, broken: Path) -> None:
    lines = kg("check", "--excerpt", root=broken).stdout.splitlines()
    assert lines[2:4] == ["     5 | person:ada", "       | ^^^^^^^^^^"]


def test_excerpt_ends_where_the_finding_ends_and_shows_tabs_and_marks() -> None:
    text = 'ex:a\n\tex:p "語\u202e" ;\n'
    place = Location(PEOPLE, 2, 7, 11)
    context = ReportContext({}, "", texts={PEOPLE: text}, excerpt=True)
    lines = WRITERS["text"](a_report(a_finding(location=place)), context).splitlines()
    assert lines[2:4] == [
        '     2 |     ex:p "語\\u202e" ;',
        "       |          ^^^^^^^^^^",
    ]  # the character is two wide


def test_long_line_is_cut_around_the_place() -> None:
    line = "a" * 5000 + "HERE" + "b" * 5000
    context = ReportContext({}, "", texts={PEOPLE: line}, excerpt=True)
    place = Location(PEOPLE, 1, 5001, 5005)
    written = WRITERS["text"](a_report(a_finding(location=place, message="m" * 9000, value=f'"{line}"')), context)
    source, carets = written.splitlines()[2:4]
    assert source[carets.index("^") : carets.rindex("^") + 1] == "HERE"
    assert max(map(len, written.splitlines())) < 1000


def on_a_terminal(root: Path, **environment: str) -> str:
    """What ``kg check`` writes to standard output where this is a terminal."""
    reader, terminal = pty.openpty()
    variables = {name: text for name, text in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"}
    command = [*COMMAND, "--root", str(root), "check"]
    with running(command, stdout=terminal, stderr=subprocess.DEVNULL, env=variables | environment):
        os.close(terminal)
        written = b""
        while part := _read(reader):
            written += part
    os.close(reader)
    return written.decode()


def _read(reader: int) -> bytes:
    try:
        return os.read(reader, 65536)
    except OSError:  # the other end is closed
        return b""


def test_terminal_gets_colour_and_excerpts(broken: Path) -> None:
    written = on_a_terminal(broken)
    assert "\x1b[" in written
    assert "person:ada\x1b[0m\r\n" in written
    assert "^^^^^^^^^^" in written


def test_no_color_is_respected(broken: Path) -> None:
    written = on_a_terminal(broken, NO_COLOR="1")
    assert "\x1b" not in written
    assert "^^^^^^^^^^" in written


def test_findings_of_a_rule_are_capped_and_counted(kg: Kg, nameless: Path) -> None:
    lines = report(kg, nameless).splitlines()
    assert sum(line.startswith(PEOPLE) for line in lines) == 50
    assert lines[-2] == "10 more of [tinyshape:Person-name] not shown: kg check --limit 0 shows all"
    assert lines[-1].startswith("does not conform: 60 violations, ")
    every = kg("check", "--limit", 0, root=nameless).stdout.splitlines()
    assert sum(line.startswith(PEOPLE) for line in every) == 60
    assert "not shown" not in "".join(every)


def test_control_characters_do_not_reach_the_terminal() -> None:
    written = WRITERS["text"](a_report(a_finding(message="found \x1b[31m\nand more", value='"\x07"')), REPORT_CONTEXT)
    assert "found \\x1b[31m and more\n" in written
    assert '"\\x07"' in written


# --- JSON


def test_json_tells_every_finding(forms: Path) -> None:
    told = json.loads((forms / "json").read_text())
    assert told["conforms"] is False
    assert told["counts"] == {"violation": 2, "warning": 1, "info": 0}
    assert (told["limits"], told["left_out"]) == ({"findings_per_rule": None}, {})
    assert sorted((one["file"], one["line"]) for one in told["findings"]) == lines_of_text(forms)
    assert [one["severity"] for one in told["findings"]] == ["violation", "violation", "warning"]


def test_json_is_cut_only_if_asked(kg: Kg, nameless: Path) -> None:
    assert len(json.loads(report(kg, nameless, "json"))["findings"]) == 60
    told = json.loads(report(kg, nameless, "json", "--limit", 7))
    assert told["counts"]["violation"] == 60
    assert len(told["findings"]) == told["limits"]["findings_per_rule"] == 7
    assert told["left_out"] == {"tinyshape:Person-name": 53}


def test_fingerprint_stays_when_the_line_moves(kg: Kg, broken: Path, forms: Path) -> None:
    before = json.loads((forms / "json").read_text())["findings"]
    (broken / PEOPLE).write_text("# a remark\n\n" + (broken / PEOPLE).read_text())
    after = json.loads(report(kg, broken, "json"))["findings"]
    assert {one["fingerprint"] for one in before} == {one["fingerprint"] for one in after}
    assert [one["line"] + 2 for one in before] == [one["line"] for one in after]


# --- HTML


class Page(HTMLParser):
    """The anchors of a page, where its links lead, and what it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: Counter[str] = Counter()
        self.links: set[str] = set()
        self.tags: Counter[str] = Counter()
        self.loads: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.tags[tag] += 1
        self.anchors.update([facts["id"] or ""] if "id" in facts else [])
        self.links |= {facts["href"] or ""} if "href" in facts else set()
        self.loads += [name for name in facts if name in {"src", "srcset", "style"} or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_html_is_one_page_with_an_anchor_for_each_finding(forms: Path) -> None:
    text = (forms / "html").read_text()
    page = Page(text)
    assert not page.loads
    assert not page.tags.keys() & {"script", "link", "img", "iframe"}
    assert "url(" not in text
    assert max(page.anchors.values()) == 1
    assert sum(anchor.startswith("finding-") for anchor in page.anchors) == page.tags["article"] == 3
    assert {link for link in page.links if link.removeprefix("#") not in page.anchors} == set()
    assert page.tags["caption"] == page.tags["table"] == 2
    assert "Mend the text, or take another datatype." in text
    assert f"This shape stands in {SHAPES}, line 13." in text
    assert page.tags["mark"] == 3


def test_html_shows_markup_and_marks_of_direction_as_text(kg: Kg, tiny: Path) -> None:
    with (tiny / PEOPLE).open("a") as file:
        file.write('person:eve tiny:nmae "<script>x</script> \u202e&amp;" .\n')
    page = Page(report(kg, tiny, "html"))
    assert "script" not in page.tags
    assert '"<script>x</script> \\u202e&amp;"' in page.texts


def test_html_of_a_clean_graph_says_so(kg: Kg, tiny: Path) -> None:
    text = report(kg, tiny, "html", code=0)
    assert "Conforms: 0 violations" in text
    assert "Nothing was found." in text


# --- annotations, Markdown


def test_github_annotates_lines(forms: Path) -> None:
    lines = (forms / "github").read_text().splitlines()
    kinds = [line.partition(f" file={PEOPLE},line=")[0] for line in lines]
    assert kinds == ["::error", "::error", "::warning"]


def test_github_tells_how_many_more_there_are(kg: Kg, nameless: Path) -> None:
    lines = report(kg, nameless, "github").splitlines()
    assert len(lines) == 10  # GitHub shows no more of a kind
    assert lines[-1].startswith("::error::51 more of this kind")


def test_github_appends_a_summary_of_the_step(
    kg: Kg, broken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forms: Path
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("What stood there.\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    report(kg, broken, "github")
    text = summary.read_text()
    assert text == "What stood there.\n" + (forms / "markdown").read_text()


def test_summary_of_the_step_stays_within_what_github_shows(
    kg: Kg, broken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("x" * ((1 << 20) - 300))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    report(kg, broken, "github")
    assert summary.stat().st_size <= 1 << 20
    assert summary.read_text().endswith("The rest is cut: the other reports tell all.\n")


def test_markdown_counts_rules_and_escapes_what_it_tells(forms: Path) -> None:
    lines = (forms / "markdown").read_text().splitlines()
    assert lines[0] == "## kg check: does not conform"
    assert "| `tinyshape:Person-name` | 1 | 0 | 0 |" in lines
    odd = a_finding(message="a | <b> `c`\n[d](e)")
    row = WRITERS["markdown"](a_report(odd), REPORT_CONTEXT).splitlines()[-1]
    assert row == rf"| `{PEOPLE}:1:1` | violation | `tiny:Shape` | a \| \<b\> \`c\` \[d\](e) |"


def test_gitlab_has_distinct_fingerprints(forms: Path) -> None:
    entries = json.loads((forms / "gitlab").read_text())
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) > 0
    assert {entry["location"]["path"] for entry in entries} == {PEOPLE}


# --- the page about the forms


def page_about(name: str) -> str:
    """What docs/reports.md says of a form."""
    text = (REPOSITORY / "docs/reports.md").read_text()
    return text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", FORMATS)
def test_documented_example_is_what_the_form_writes(kg: Kg, broken: Path, forms: Path, name: str) -> None:
    written = kg("check", "--excerpt", root=broken).stdout if name == "text" else (forms / name).read_text()
    examples = [line.strip() for line in page_about(name).splitlines() if line.startswith("    ")]
    assert examples
    assert [line for line in examples if line not in written] == []


def test_every_member_of_the_json_form_is_documented(forms: Path) -> None:
    told = json.loads((forms / "json").read_text())
    members = {*told, *(member for finding in told["findings"] for member in finding)} - {"findings"}
    assert [member for member in sorted(members) if f"`{member}`" not in page_about("json")] == []


# --- where reports go


def test_several_reports_at_once(kg: Kg, broken: Path, tmp_path: Path) -> None:
    options = [option for name in FORMATS for option in ("--output", f"{name}={tmp_path / name}")]
    result = kg("check", *options, root=broken)
    assert (result.returncode, result.stdout) == (1, "")
    assert all((tmp_path / name).stat().st_size for name in FORMATS)
    assert {file.name for file in tmp_path.iterdir()} == {*FORMATS, "tiny"}  # nothing is left beside them


def test_file_of_a_report_is_replaced_whole_and_a_link_is_followed(kg: Kg, broken: Path, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("x" * 100_000)
    (tmp_path / "old.json").chmod(0o640)
    (tmp_path / "link.json").symlink_to(tmp_path / "old.json")
    report(kg, broken, f"json={tmp_path / 'link.json'}")
    assert json.loads((tmp_path / "old.json").read_text())["conforms"] is False
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "old.json").stat().st_mode & 0o777 == 0o640


def test_report_can_go_to_a_device(kg: Kg, broken: Path) -> None:
    report(kg, broken, f"json={os.devnull}")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--output", "pdf"], 2, "expected one of text, json, html"),
        (["--output", "json="], 2, "expected one of text, json, html"),
        (["--output", "json=/nowhere/report.json"], 8, "there is no folder /nowhere; make it or give another file"),
        (["--output", "json=/tmp"], 8, "it is a folder; give a file"),
        (["--output", "json", "--output", "sarif"], 2, "--output json and --output sarif both go to standard output"),
        (["--output", "json=/tmp/a", "--output", "sarif=/tmp/./a"], 2, "both go to /tmp/a"),
        (["--limit", "-1"], 2, "not in the range"),
        (["--fail-on", "error"], 2, "is not one of"),
    ],
)
def test_wrong_option_gets_one_clear_line(kg: Kg, tiny: Path, options: list[str], code: int, message: str) -> None:
    result = kg("check", *options, root=tiny)
    assert (result.returncode, result.stdout) == (code, "")
    assert message in result.stderr


def test_severity_decides_how_it_ends(kg: Kg, broken: Path) -> None:
    shapes = broken / "ontology/shapes/tiny.ttl"
    assert kg("check", "--fail-on", "never", root=broken).returncode == 0
    shapes.write_text(shapes.read_text().replace("sh:path", "sh:severity sh:Warning ; sh:path"))
    only = ("--only", "shapes")
    assert kg("check", *only, root=broken).returncode == 0
    assert kg("check", *only, "--fail-on", "warning", root=broken).returncode == 1
