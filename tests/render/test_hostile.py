"""Every text of a report is an attack, and every rendering prints it as text."""

import csv
import io
import json
import struct
import xml.etree.ElementTree as ET
from functools import cache
from itertools import pairwise
from urllib.parse import urlsplit

import html5lib
import pyarrow as pa
import pytest
from attacks import PAYLOADS, poisoned, replaced
from markdown_it import MarkdownIt
from reports import CASES
from rich.console import Console

from labelaudit.cli.unheeded import print_unheeded, shown
from labelaudit.render import text
from labelaudit.render.files import rendered_files
from labelaudit.render.html import to_html
from labelaudit.render.issues import issue_files
from labelaudit.render.json import as_published, from_json, to_json
from labelaudit.render.terminal import to_terminal
from labelaudit.report import Report
from labelaudit.spreadsheet import csv_text

STARTS = (0, 11, 23)
PROBES = [(case, start, True) for case in ("full", "texts") for start in STARTS] + [
    ("audited", 5, True),
    ("multilabel", 17, True),
    ("nothing_measured", 8, True),
    ("full", 3, False),
]
# What hides or reorders what is beside it, moves the cursor, or is no character of XML.
UNPRINTED = {
    *map(chr, range(0x09)),
    *map(chr, range(0x0B, 0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u200b\u200e\u200f",
    *map(chr, range(0x2028, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
    *"\ufeff\u00ad",
}
ALIGNED = {"text-align:left", "text-align:right", "text-align:center"}  # cells of Markdown
LIVE = {"script", "iframe", "object", "embed", "base", "form", "link", "meta", "foreignObject"}
# Attributes that a page may have for a long text or one from right to left, and not for another.
DRAWN = {
    "",
    "dir",
    "class",
    "title",
    "textLength",
    "lengthAdjust",
    "x",
    "y",
    "dy",
    "dx",
    "transform",
}
PNG_CHUNKS = {"IHDR", "PLTE", "tRNS", "pHYs", "sRGB", "gAMA", "IDAT", "IEND"}

Element = ET.Element


@cache
def files_of(case: str, start: int, keep_names: bool) -> dict[str, bytes]:  # noqa: FBT001
    return rendered_files(poisoned(CASES[case](), start, keep_names=keep_names))


def shape(page: str) -> set[tuple[str, str]]:
    return {
        (str(node.tag), attribute)
        for node in nodes(page)
        for attribute in ("", *map(str, node.attrib))
    }


def nodes(page: str) -> list[Element]:
    return list(html5lib.parse(page, namespaceHTMLElements=False).iter())


def assert_dead(found: list[Element]) -> None:
    """Assert that nothing among some elements runs, asks for anything or leads anywhere."""
    for node in found:
        for name, content in node.attrib.items():
            assert not str(name).lower().startswith("on"), (node.tag, name)
            assert name != "style" or content in ALIGNED
            if str(name).rpartition("}")[2] in {"src", "href", "action", "data", "srcdoc"}:
                assert is_harmless(content), (node.tag, name, content)
        if node.tag == "script":
            assert "alert(" not in "".join(node.itertext())


def is_harmless(address: str) -> bool:
    """Tell whether an address is of this page, a picture in it, or one that a reader may follow."""
    if address in {"label.svg", "label-dark.svg", "label.png", "report.html"}:
        return True  # what lies beside it
    scheme = urlsplit(address.strip()).scheme
    return address.startswith(("#", "data:image/webp;base64,")) or scheme == "https"


@pytest.mark.parametrize("probe", PROBES)
def test_nothing_in_a_page_is_alive(probe: tuple[str, int, bool]) -> None:
    page = files_of(*probe)["report.html"].decode()
    found = nodes(page)
    assert_dead(found)
    assert not UNPRINTED & set(page)
    assert [node.tag for node in found].count("script") == 1
    head = next(node for node in found if node.tag == "head")
    policies = [node.attrib.get("http-equiv") == "Content-Security-Policy" for node in head]
    tags = [str(node.tag) for node in head]
    assert not {"style", "script", "link", "title"} & set(tags[: policies.index(True)])


@pytest.mark.parametrize("probe", [PROBES[1], PROBES[4], *PROBES[6:9]])
def test_a_page_has_the_elements_that_it_has_without_attacks(
    probe: tuple[str, int, bool],
) -> None:
    page = files_of(*probe)["report.html"].decode()
    added = shape(page) - shape(to_html(replaced(CASES[probe[0]](), "plain words")))
    assert not {tag for tag, _ in added} & LIVE
    assert not {name for _, name in added} - DRAWN


@pytest.mark.parametrize("payload", PAYLOADS[1:12:3])
def test_one_attack_in_every_text_at_once_stays_text(payload: str) -> None:
    page = to_html(replaced(CASES["nothing_measured"](), payload))
    assert_dead(nodes(page))


@pytest.mark.parametrize("probe", PROBES)
def test_nothing_in_a_picture_is_alive(probe: tuple[str, int, bool]) -> None:
    pictures = [name for name in files_of(*probe) if name.endswith(".svg")]
    assert "label.svg" in pictures
    for name in pictures:
        source = files_of(*probe)[name].decode()
        assert not UNPRINTED & set(source)
        assert "<!" not in source.removeprefix("<?xml")
        found = list(ET.fromstring(source).iter())  # noqa: S314 - our own
        assert_dead(found)
        tags = {str(node.tag).rpartition("}")[2] for node in found}
        assert not tags & {*LIVE, "use", "image", "a", "animate", "set"}


@pytest.mark.parametrize("probe", PROBES)
def test_the_png_has_pixels_and_nothing_else(probe: tuple[str, int, bool]) -> None:
    for name, content in files_of(*probe).items():
        if not name.endswith(".png"):
            continue
        at, chunks = 8, []
        while at < len(content):
            size, kind = struct.unpack(">I4s", content[at : at + 8])
            chunks.append(kind.decode())
            at += size + 12
        assert set(chunks) <= PNG_CHUNKS


@pytest.mark.parametrize("probe", PROBES)
def test_nothing_in_markdown_is_alive(probe: tuple[str, int, bool]) -> None:
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    written = [name for name in files_of(*probe) if name.endswith(".md")]
    assert written
    for name in written:
        source = files_of(*probe)[name].decode()
        assert not UNPRINTED & set(source), name
        page = nodes(reader.render(source))
        assert_dead(page)
        tags = {str(node.tag) for node in page}
        assert not tags & LIVE, (name, tags & LIVE)
        addresses = [
            node.attrib[key] for node in page for key in ("src", "href") if key in node.attrib
        ]
        assert not [address for address in addresses if "evil" in address], name
        assert not [line for line in source.splitlines() if is_command(line)]


@pytest.mark.parametrize("probe", PROBES)
def test_a_terminal_is_moved_by_nothing_and_a_runner_told_nothing(
    probe: tuple[str, int, bool],
) -> None:
    case, start, keep_names = probe
    report = poisoned(CASES[case](), start, keep_names=keep_names)
    for width in (40, 80, 200):
        out = io.StringIO()
        console = Console(file=out, width=width, color_system=None, legacy_windows=False)
        print_unheeded(console, to_terminal(report))
        printed = out.getvalue()
        assert not UNPRINTED & set(printed)
        assert not [line for line in printed.splitlines() if is_command(line)]


def is_command(line: str) -> bool:
    """Tell whether a runner of workflows takes a line of output for a command."""
    return line.strip().startswith("::") or "##[" in line or "##vso[" in line


@pytest.mark.parametrize("probe", PROBES)
def test_json_is_plain_ascii_and_comes_back(probe: tuple[str, int, bool]) -> None:
    source = files_of(*probe)["report.json"]
    assert source.isascii()
    assert not {character for character in source.decode() if ord(character) < 32} - {"\n"}
    case, start, keep_names = probe
    report = poisoned(CASES[case](), start, keep_names=keep_names)
    assert from_json(source.decode()) == as_published(report)
    json.loads(source, parse_constant=pytest.fail)


def test_a_poisoned_report_has_a_payload_in_every_text_but_its_own_names() -> None:
    written = to_json(replaced(CASES["audited"](), "\ud800 marker"))
    loaded = json.loads(written)
    named = {"name", "family", "unit", "measure", "value", "topic"}
    own = {"schema_version", "thumbnails", "thumbnail", "status", "better", "task", "modality"}
    own |= {"checksum", "mode"}
    loaded["thumbnails"] = loaded["checksums"] = {}

    def texts(thing: object, key: str = "") -> list[str]:
        if isinstance(thing, dict):
            return [each for name in thing for each in texts(thing[name], name)]
        if isinstance(thing, list):
            return [each for part in thing for each in texts(part, key)]
        return [f"{key}: {thing}"] if isinstance(thing, str) and key not in named | own else []

    spared = [each for each in texts(loaded) if "\ud800 marker" not in each]
    assert spared == ["privacy: full"]


def test_no_cell_of_the_issues_begins_as_a_formula() -> None:
    shown = [payload.encode("utf-8", "replace").decode() for payload in PAYLOADS]
    formulas = [*shown, "\n=1+1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(1)"]
    table = pa.table(
        {
            "rule": formulas,
            "path": formulas,
            "given_label": [[each, "b"] for each in formulas],
            "score": [-0.5] * len(formulas),
            "evidence": formulas,
        }
    )
    written = issue_files(table, table)["issues.csv"].decode()
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert len(rows) == len(formulas) + 1
    for row in rows[1:]:
        for cell in (*row[:3], row[4]):
            assert cell[:1] not in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"), cell
    assert {row[3] for row in rows[1:]} == {"-0.5"}


def test_no_cell_of_a_sheet_to_fill_in_begins_as_a_formula() -> None:
    written = csv_text(("a",), [(payload.replace("\ud800", ""),) for payload in PAYLOADS[16:22]])
    for cell in list(csv.reader(io.StringIO(written, newline="")))[1:]:
        assert cell[0].startswith("'")


def test_no_line_of_an_error_is_a_command() -> None:
    said = shown("error: bad\n  ::error::forged\n\x1b[31m::add-mask::x\n##[error]y ##vso[task]z")
    assert not [line for line in said.splitlines() if is_command(line)]
    assert not UNPRINTED & set(said)
    assert "::error::forged" in said.replace(": :", "::")


def test_every_control_is_shown_by_its_name() -> None:
    shown = text.visible("".join(sorted(UNPRINTED)))
    assert not UNPRINTED & set(shown)


def test_ways_to_poison_differ() -> None:
    reports: list[Report] = [poisoned(CASES["full"](), start) for start in STARTS]
    assert all(one != other for one, other in pairwise(reports))
