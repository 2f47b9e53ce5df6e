"""The files of a comparison: every number is that of the JSON, and no text is alive."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import jsonschema
import pytest
from attacks import PAYLOADS, poisoned
from markdown_it import MarkdownIt
from rich.cells import cell_len
from rich.console import Console
from versions import (
    CASES,
    LIVE,
    UNPRINTED,
    assert_dead,
    corrected,
    full,
    is_command,
    nodes,
    with_results,
)

from labelaudit.cli.unheeded import print_unheeded
from labelaudit.errors import InputError
from labelaudit.privacy import published
from labelaudit.release.diff.compare import compared
from labelaudit.release.diff.files import FORMATS, diff_files
from labelaudit.release.diff.parts import SCHEMA_VERSION, Change, Diff
from labelaudit.release.diff.terminal import to_terminal
from labelaudit.release.diff.words import amount, around, between, signed
from labelaudit.report import Privacy, Report
from labelaudit.schema import document_schema

CHECKOUT = Path(__file__).parents[2]
STARTS = (0, 19)
TITLE = "Comparison of two reports"
WIDTHS = (20, 40, 80, 200)


@cache
def files_of(old: str, new: str, start: int) -> tuple[Diff, dict[str, bytes]]:
    """Return the files of two made-up reports, poisoned where a start is named."""
    reports = [corrected() if name == "corrected" else CASES[name]() for name in (old, new)]
    if start >= 0:
        reports = [poisoned(report, start + at) for at, report in enumerate(reports)]
    return diff_files(reports[0], reports[1], FORMATS)


def printed(diff: Diff, width: int) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, legacy_windows=False)
    print_unheeded(console, to_terminal(diff, width=width))
    return out.getvalue()


ANY_TWO = [
    pair if "full" in pair else pytest.param(*pair, marks=pytest.mark.slow)
    for pair in product(CASES, CASES)
]


@pytest.mark.parametrize(("old", "new"), ANY_TWO)
def test_any_two_reports_can_be_compared(old: str, new: str) -> None:
    diff, files = files_of(old, new, -1)
    assert set(files) == {"diff.html", "diff.md", "diff.json"}
    loaded = json.loads(files["diff.json"], parse_constant=pytest.fail)
    jsonschema.validate(loaded, document_schema(Diff, "diff", SCHEMA_VERSION, "x"))
    for width in WIDTHS:
        assert max(map(cell_len, printed(diff, width).splitlines())) <= width


@pytest.mark.parametrize(("old", "new"), [*ANY_TWO, ("full", "corrected")])
def test_exchanged_reports_are_the_mirror_of_each_other(old: str, new: str) -> None:
    there, back = files_of(old, new, -1)[0], files_of(new, old, -1)[0]
    turned = {"improved": "worse", "worse": "improved", "moved": "moved", "": ""}
    others = {(each.measure, each.value): each for each in back.changes}
    assert len(others) == len(there.changes)
    for each in there.changes:
        other = others[each.measure, each.value]
        assert (each.standing, each.direction) == (other.standing, turned[other.direction])
        assert (each.low is None) == (other.high is None)
        if each.low is not None:
            assert (each.low, each.high) == pytest.approx((-(other.high or 0), -(other.low or 0)))
    assert {(each.rule, each.fixed, each.appeared) for each in there.findings} == {
        (each.rule, each.appeared, each.fixed) for each in back.findings
    }
    assert (there.classes.added, there.classes.removed) == (
        back.classes.removed,
        back.classes.added,
    )
    assert {row.name for row in there.classes.rows} == {row.name for row in back.classes.rows}
    rulings = {(each.measure, each.value, each.class_name): each for each in back.rulings}
    for ruling in there.rulings:
        other_ruling = rulings[ruling.measure, ruling.value, ruling.class_name]
        assert (ruling.old, ruling.new) == (other_ruling.new, other_ruling.old)


PAIRS = [("full", "corrected"), ("audited", "full"), ("multilabel", "texts"), ("hostile", "full")]


@pytest.mark.parametrize(("pair", "start"), list(product(PAIRS, STARTS)))
def test_nothing_in_a_page_is_alive(pair: tuple[str, str], start: int) -> None:
    page = files_of(*pair, start)[1]["diff.html"].decode()
    found = nodes(page)
    assert_dead(found)
    assert not UNPRINTED & set(page)
    tags = [str(node.tag) for node in found]
    assert not {"script", "link", "iframe", "form", "base", "object", "embed"} & set(tags)
    head = next(node for node in found if node.tag == "head")
    first = next(iter(head))
    assert first.attrib["http-equiv"] == "Content-Security-Policy"
    assert first.attrib["content"].startswith("default-src 'none'; img-src data:; ")


@pytest.mark.parametrize(("pair", "start"), list(product(PAIRS, STARTS)))
def test_nothing_in_markdown_is_alive(pair: tuple[str, str], start: int) -> None:
    source = files_of(*pair, start)[1]["diff.md"].decode()
    assert not UNPRINTED & set(source)
    page = nodes(MarkdownIt("commonmark", {"html": True}).enable("table").render(source))
    assert_dead(page)
    assert not {str(node.tag) for node in page} & LIVE
    assert not [node for node in page if node.attrib.get("href") or node.attrib.get("src")]
    assert not [line for line in source.splitlines() if is_command(line)]


@pytest.mark.parametrize(("pair", "start"), list(product(PAIRS, STARTS)))
def test_a_terminal_is_moved_by_nothing(pair: tuple[str, str], start: int) -> None:
    diff = files_of(*pair, start)[0]
    for width in WIDTHS:
        lines = printed(diff, width)
        assert not UNPRINTED & set(lines)
        assert not [line for line in lines.splitlines() if is_command(line)]


def test_json_is_plain_ascii() -> None:
    source = files_of("full", "hostile", 3)[1]["diff.json"]
    assert source.isascii()
    assert PAYLOADS[0] in json.dumps(json.loads(source))


def marked(root: Element, kind: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, side and print of each number of a kind."""
    for node in root.iter():
        name = node.get(kind)
        if name is not None:
            yield name, node.get("data-side", ""), " ".join("".join(node.itertext()).split())


def expected(change: Change, side: str) -> tuple[str, str]:
    """Return how a number and its interval are printed."""
    unit = change.unit
    if side == "old":
        return amount(change.old, unit), around(change.old_low, change.old_high, unit)
    if side == "new":
        return amount(change.new, unit), around(change.new_low, change.new_high, unit)
    return signed(change.difference, unit), between(change.low, change.high, unit)


@pytest.mark.parametrize("pair", [("full", "corrected"), ("audited", "full"), ("full", "full")])
def test_every_number_of_the_page_is_that_of_the_json(pair: tuple[str, str]) -> None:
    files = files_of(*pair, -1)[1]
    known = {
        f"{each['measure']}.{each['value']}": Change(**each)
        for each in json.loads(files["diff.json"])["changes"]
    }
    root = html5lib.parse(files["diff.html"].decode(), namespaceHTMLElements=False)
    values, intervals = list(marked(root, "data-value")), list(marked(root, "data-interval"))
    assert len(values) > 20
    for name, side, said in values:
        assert said == expected(known[name], side)[0], (name, side)
    for name, side, said in intervals:
        assert said == expected(known[name], side)[1], (name, side)
    differing = {name for name, each in known.items() if each.standing not in {"same", "undefined"}}
    assert differing <= {name for name, _, _ in values}


LEVELS: tuple[Privacy, ...] = ("public", "team", "full")


@pytest.mark.parametrize(("first", "second"), list(product(LEVELS, LEVELS)))
def test_a_comparison_shows_what_the_less_open_of_the_two_shows(
    first: Privacy, second: Privacy
) -> None:
    least = min(first, second, key=LEVELS.index)
    diff, files = diff_files(published(full(), first), published(corrected(), second), FORMATS)
    assert diff.privacy == least
    both = diff_files(published(full(), least), published(corrected(), least), FORMATS)[1]
    page = files["diff.html"].decode()
    assert page == both["diff.html"].decode()
    item = "train/badger/IMG_4711.jpg"
    assert (item in page) == (item in files["diff.md"].decode()) == (least != "public")
    assert (item.encode() in files["diff.json"]) == (least != "public")
    assert ("data:image/webp" in page) == (least == "full")


def test_classes_of_few_items_are_not_taken_for_each_other() -> None:
    """In public reports they have numbers in place of names, which are no names."""
    few = replace(full().dataset, class_names=(*full().dataset.class_names, "ibis", "jay"))
    other = replace(full().dataset, class_names=(*full().dataset.class_names, "kea", "lory"))
    old, new = (published(replace(full(), dataset=dataset), "public") for dataset in (few, other))
    assert any("not named" in name for name in old.dataset.class_names)
    diff = compared(old, new)
    assert (diff.classes.added, diff.classes.removed) == ((), ())


def test_the_row_of_classes_that_are_not_named_is_no_class() -> None:
    """It sums the small classes of each report, which need not be the same ones."""

    def with_row(count: int) -> Report:
        result = full().measure("class_imbalance")
        assert result is not None
        table = result.tables[0]
        rows = (*table.rows, ("2 classes not named", count, 0.001))
        return with_results(full(), replace(result, tables=(replace(table, rows=rows),)))

    diff = compared(with_row(7), with_row(9))
    assert diff.classes.rows == ()


def test_a_document_has_every_field_of_its_dataclasses_described() -> None:
    schema = document_schema(Diff, "diff", SCHEMA_VERSION, "x")
    parts = schema["$defs"]
    assert isinstance(parts, dict)
    for name, part in parts.items():
        for field, each in part["properties"].items():
            assert each["description"], (name, field)


def test_the_published_schema_is_up_to_date() -> None:
    file = CHECKOUT / "labelaudit" / "schema" / "diff-1.json"
    expected_text = json.dumps(document_schema(Diff, "diff", SCHEMA_VERSION, TITLE), indent=2)
    assert file.read_text(encoding="utf-8") == expected_text + "\n"


def test_what_a_public_report_left_out_cannot_be_compared_back_in() -> None:
    report: Report = published(full(), "public")
    with pytest.raises(InputError):
        published(report, "full")
    assert compared(report, full()).privacy == "public"
