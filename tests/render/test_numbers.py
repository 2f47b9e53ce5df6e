"""Every number that is printed is one of report.json, and none of report.json is missing."""

import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from readback import (
    TOKEN,
    Page,
    cells_of,
    field_of,
    interval_reads_as,
    missing_from,
    parsed,
    reads_as,
    tag_of,
    words,
)
from reports import CASES, full
from rich.console import Console
from unmarked import sentences, strange_numbers

from labelaudit.render import text
from labelaudit.render.facts import facts, hero
from labelaudit.render.html import to_html
from labelaudit.render.json import as_published, from_json
from labelaudit.render.markdown.card import to_card
from labelaudit.render.markdown.summary import to_summary
from labelaudit.render.svg import to_svg
from labelaudit.render.terminal import to_terminal
from labelaudit.report import Report, Scalar

SCANNED = "sample_data"


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Return what the installed program reports of the bundled sample."""
    where = tmp_path_factory.mktemp("scanned")
    data = Path(__file__).parents[2] / SCANNED
    command = [sys.executable, "-m", "labelaudit", "scan", str(data), "--no-cache", "-q"]
    run = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return from_json((where / "labelaudit-report" / "report.json").read_text(encoding="ascii"))


@pytest.fixture(params=[*CASES, SCANNED])
def report(request: pytest.FixtureRequest) -> Report:
    if request.param == SCANNED:
        found: Report = request.getfixturevalue("scanned")
        return found
    return as_published(CASES[request.param]())


def checked(page: str, report: Report) -> list[str]:
    """Return all that is wrong with the numbers of a page."""
    root = parsed(page)
    found = Page(root=root, report=report)
    problems = found.check()
    return problems + missing_from(found) + strange_numbers(sentences(root), report, root)


def test_the_page_prints_every_number_of_the_report_and_no_other(report: Report) -> None:
    assert checked(to_html(report), report) == []


def test_a_range_without_an_estimate_is_printed_as_an_interval() -> None:
    noise, *others = as_published(full()).measures
    values = tuple(
        replace(value, value=None) if value.name == "model_estimated_error_rate" else value
        for value in noise.values
    )
    report = replace(as_published(full()), measures=(replace(noise, values=values), *others))
    assert checked(to_html(report), report) == []


@pytest.mark.parametrize("dark", [False, True])
def test_the_label_prints_numbers_of_the_report_only(report: Report, *, dark: bool) -> None:
    root = ET.fromstring(to_svg(report, dark=dark))  # noqa: S314 - our own
    page = Page(root=root, report=report)
    assert page.check() == []
    marked = {node.get("data-value") for node in root.iter()}
    assert marked >= {fact.field for fact in facts(report) if fact.known and fact.field}
    unmarked = (pair for part in root for pair in sentences(part))
    assert strange_numbers(unmarked, report, root) == []


def heads_and_rows(source: str) -> Iterator[list[list[str]]]:
    page = MarkdownIt("gfm-like", {"html": True, "linkify": True}).render(source)
    for table in parsed(page).iter("table"):
        yield [cells_of(row) for row in table.iter("tr")]


def of_row(report: Report, name: str, amount: str) -> bool:
    """Tell whether the amount in a row of the label is the one of the report."""
    [fact] = [fact for fact in facts(report) if fact.name == name]
    found, _ = field_of(report, fact.field, None)
    if found is None:
        return not re.search(r"\d", amount) or amount == "1"  # the one label that a format allows
    return reads_as(amount, found.value, found.unit) or reads_as(amount, found.value)


def of_headline(report: Report, amount: str, interval: str) -> bool:
    found, _ = field_of(report, hero(report).field, None)
    if found is None:
        return not re.search(r"\d", amount + interval)
    said = interval.removeprefix("95 % interval ").removeprefix("range ")
    right = interval_reads_as(said, found) if said else found.low is None
    return right and reads_as(amount, found.value, found.unit)


@pytest.mark.parametrize("write", [to_summary, to_card])
def test_markdown_prints_the_rows_of_the_label(
    report: Report, write: Callable[[Report], str]
) -> None:
    first, *_ = heads_and_rows(write(report))
    _, headline, *rows = first
    assert of_headline(report, headline[1], headline[2])
    assert [row[0] for row in rows] == [fact.name for fact in facts(report)]
    assert [row for row in rows if not of_row(report, row[0], row[1])] == []


@pytest.mark.parametrize("write", [to_summary, to_card])
def test_markdown_prints_no_number_that_is_not_of_the_report(
    report: Report, write: Callable[[Report], str]
) -> None:
    source = write(report)
    root = parsed(MarkdownIt("gfm-like", {"html": True, "linkify": True}).render(source))
    blocks = [node for node in root.iter() if tag_of(node) in {"p", "li", "td", "summary"}]
    said = [("", re.sub(r"\S*…", "", words(node))) for node in blocks]
    assert strange_numbers(said, report, root) == []


def on_screen(report: Report) -> list[str]:
    screen = io.StringIO()
    Console(file=screen, width=400, color_system=None).print(
        to_terminal(report, width=400, height=99)
    )
    return screen.getvalue().splitlines()


def test_the_terminal_prints_the_rows_of_the_label(report: Report) -> None:
    lines = [re.split(r"\s{2,}", line) for line in on_screen(report)]
    headline = next(line for line in lines if line[0].startswith("Label errors"))
    if ":" not in headline[0]:
        assert of_headline(report, headline[1], headline[2] if " to " in headline[2] else "")
    rows = {line[0]: line[1] for line in lines if len(line) > 1}
    known = [fact.name for fact in facts(report) if fact.known and fact.field]
    assert set(known) <= set(rows)
    assert [name for name in known if not of_row(report, name, rows[name])] == []


def test_the_terminal_prints_no_number_that_is_not_of_the_report(report: Report) -> None:
    root = parsed("")
    said = [("", re.sub(r"\S*…", "", line)) for line in on_screen(report)]
    assert strange_numbers(said, report, root) == []


NUMBERS = st.floats(-1e9, 1e9) | st.floats(-1, 1) | st.integers(-(10**9), 10**9)
UNITS = st.sampled_from(["", "count", "ratio", "share", "nats"])


@given(st.none() | st.booleans() | st.text() | NUMBERS, UNITS)
def test_what_is_printed_reads_as_what_it_was_printed_of(value: Scalar, unit: str) -> None:
    if not (isinstance(value, float) and unit == "share" and not 0 <= value <= 1):
        assert reads_as(text.number(value, unit), value, unit)


@given(st.floats(1e-4, 1e9), st.sampled_from([0.97, 0.99, 1.011, 1.1, 10, -1]))
def test_what_is_printed_reads_as_no_other_number(value: float, factor: float) -> None:
    assert not reads_as(text.number(value), value * factor)
    assert not reads_as(text.number(value), value, "share")


def test_a_share_beside_none_or_all_is_read_as_such_by_one_print_only() -> None:
    for share, printed in ((3e-7, "<0.001%"), (0.99999, ">99.9%")):
        assert text.number(share, "share") == printed
        assert reads_as(printed, share, "share")
        assert not reads_as(printed.replace("1%", "8%").replace("9%", "1%"), share, "share")


@given(st.integers(0, 10**9), st.integers(1, 9))
def test_a_count_reads_as_no_other(value: int, more: int) -> None:
    assert not reads_as(text.number(value), value + more)
    assert not reads_as(text.number(value).replace(",", "."), value) or value < 1000


@pytest.fixture(scope="module")
def page() -> str:
    return to_html(as_published(full()))


@pytest.fixture(scope="module")
def digits(page: str) -> list[int]:
    """Return where the page has a digit of a number that it marks."""
    marked = [
        *re.finditer(r'data-(?:value|interval|limit|share)="[^"]+"[^>]*>([^<]*\d[^<]*)<', page),
        *re.finditer(r"<td[^>]*>(?:<svg.*?</svg>)?([^<]*\d[^<]*)</td>", page),
    ]
    return [at for found in marked for at in range(*found.span(1)) if page[at].isdigit()]


@settings(max_examples=8, deadline=None)
@given(st.data(), st.integers(1, 9))
def test_one_altered_digit_of_a_marked_number_is_found(
    page: str, digits: list[int], data: st.DataObject, more: int
) -> None:
    at = data.draw(st.sampled_from(digits))
    digit = str((int(page[at]) + more) % 10)
    assert checked(page[:at] + digit + page[at + 1 :], as_published(full())) != []


def test_a_number_that_is_in_no_field_is_found_in_any_sentence(page: str) -> None:
    report = as_published(full())
    root = parsed(page)
    said = [pair for pair in sentences(root) if TOKEN.search(pair[1])]
    assert len(said) > 20
    altered = [(measure, TOKEN.sub("7,919", line, count=1)) for measure, line in said]
    assert sum("7,919" in each for each in strange_numbers(altered, report, root)) == len(said)


def test_a_number_that_is_left_out_is_found(page: str) -> None:
    [row] = re.findall(r"<div[^>]*>\s*<dt>Evenness</dt>.*?</div>", page, flags=re.DOTALL)
    assert checked(page.replace(row, ""), as_published(full())) == [
        "class_imbalance value evenness"
    ]
