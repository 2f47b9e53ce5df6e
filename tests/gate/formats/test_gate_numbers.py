"""Every number that a format prints is one of gate.json, and is printed as that one."""

import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from outcomes import AUDITED, COPIES, OUTCOMES, gated, rulings
from readback import TOKEN, reads_as

from labelaudit.gate.files import gate_files, workflow_commands
from labelaudit.gate.outcome import Outcome, Ruling
from labelaudit.report import Value

KINDS = ("summary", "comment")
LIMITS = {"\N{LESS-THAN OR EQUAL TO}": "at_most", "\N{GREATER-THAN OR EQUAL TO}": "at_least"}
SHARES = ("_rate", "_share")

Object = dict[str, Any]


def rows(markdown: str) -> list[dict[str, str]]:
    """Return the rows of the tables of rules, by the heads of their columns."""
    html = MarkdownIt("gfm-like", {"html": True}).render(markdown)
    page: Element = html5lib.parse(html, namespaceHTMLElements=False)
    tables = [
        [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]
        for table in page.iter("table")
    ]
    return [
        dict(zip(head, row, strict=True))
        for head, *body in tables
        if head[0] == "Rule"
        for row in body
    ]


def row_problems(row: dict[str, str], ruling: Object, n_items: int) -> list[str]:
    """Return the cells of a row that are not what the JSON says of its rule."""
    found, limit = ruling["found"], ruling["limit"]
    row = {"Interval": "", "Detectable": ""} | row
    checks = {
        "Number": _number(row["Number"], ruling, n_items),
        "Interval": _interval(row["Interval"], found),
        "Limit": _limit(row["Limit"], ruling),
        "Detectable": row["Detectable"] == ""
        if ruling["detectable"] is None
        else reads_as(row["Detectable"], ruling["detectable"], _unit(limit, found)),
        "Verdict": row["Verdict"].split(" ", 1)[1].lower() == ruling["decision"],
    }
    return [f"{ruling['name']}, {name}: {row[name]}" for name, right in checks.items() if not right]


def _unit(limit: Object | None, found: Object | None) -> str:
    is_share = limit is not None and (limit["of_items"] or limit["value"].endswith(SHARES))
    return "share" if is_share or (found is not None and found["unit"] == "share") else ""


def _number(printed: str, ruling: Object, n_items: int) -> bool:
    number, _, before = printed.partition(", before ")
    found = ruling["found"]
    if ruling["n_findings"] is not None:
        return reads_as(number, ruling["n_findings"])
    if found is None:
        return number == "not measured"
    if ruling["before"] is not None and not reads_as(before, ruling["before"]["value"]):
        return False
    match = re.fullmatch(r"(.*) \((.*)\)", number)
    if ruling["limit"]["of_items"]:
        return (
            match is not None
            and reads_as(match[1], found["value"], found["unit"])
            and reads_as(match[2], found["value"] / n_items, "share")
        )
    return reads_as(number, found["value"], found["unit"])


def _interval(printed: str, found: Object | None) -> bool:
    if found is None or found["low"] is None:
        return printed == ""
    unit = "share" if found["unit"] == "share" else ""
    low, _, high = printed.partition(" to ")
    return reads_as(low, found["low"], unit) and reads_as(high, found["high"], unit)


def _limit(printed: str, ruling: Object) -> bool:
    if ruling["most"] is not None:
        return reads_as(printed.removeprefix("\N{LESS-THAN OR EQUAL TO} "), ruling["most"])
    limit = ruling["limit"]
    unit = _unit(limit, ruling["found"])
    if printed.startswith("rise"):
        return reads_as(printed.rpartition(" ")[2], limit["rise_at_most"], unit)
    if printed in {"0", "0%"}:
        return bool(limit["at_most"] == 0)
    sign, _, number = printed.partition(" ")
    return reads_as(number, limit[LIMITS[sign]], unit)


def checked(outcome: Outcome, kind: str, change: tuple[str, str] = ("", "")) -> list[str]:
    files = gate_files(outcome, ["json", kind])
    document = json.loads(files["gate.json"])
    by_name = {ruling["name"]: ruling for ruling in document["rulings"]}
    listed = rows(files[f"gate-{kind}.md"].decode().replace(*change))
    wrong = [] if len(listed) == len(by_name) else ["rows"]
    return wrong + [
        each
        for row in listed
        for each in row_problems(row, by_name[row["Rule"]], document["n_items"])
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", OUTCOMES)
def test_the_table_prints_the_numbers_of_the_json(name: str, kind: str) -> None:
    assert checked(OUTCOMES[name](), kind) == []


@pytest.mark.parametrize(
    "change",
    [
        ("| 3.12% |", "| 3.13% |"),
        ("| 2.11% to", "| 2.12% to"),
        ("to 5.43% |", "to 5.44% |"),
        (" 8.12% |", " 8.11% |"),
        ("12 (0.2%)", "12 (0.3%)"),
        ("77.4, before 60", "77.4, before 61"),
        ("rise \N{LESS-THAN OR EQUAL TO} 2", "rise \N{LESS-THAN OR EQUAL TO} 3"),
        ("| 3 |", "| 4 |"),
        ("| \N{LESS-THAN OR EQUAL TO} 5 |", "| \N{LESS-THAN OR EQUAL TO} 6 |"),
    ],
)
def test_an_altered_number_is_found(change: tuple[str, str]) -> None:
    assert len(checked(gated(), "summary", change)) == 1


NUMBERS = st.floats(0, 1) | st.floats(0, 1e9) | st.integers(0, 10**9)
RATES = st.floats(0, 1)


@st.composite
def made(draw: st.DrawFn) -> Ruling:
    """Return a ruling with any numbers."""
    share = draw(st.booleans())
    low, value, high = sorted(draw(st.tuples(*[RATES if share else NUMBERS] * 3)))
    limit = AUDITED if share else replace(COPIES, at_most=draw(RATES))
    found = Value(
        name=limit.value,
        title="A number",
        value=value,
        unit="share" if share else "count",
        low=low,
        high=high,
    )
    return replace(
        rulings()[0], name="a rule", limit=limit, found=found, detectable=draw(st.none() | RATES)
    )


@settings(deadline=None, max_examples=60)
@given(made())
def test_any_number_is_printed_as_that_of_the_json(ruling: Ruling) -> None:
    assert checked(replace(gated(), rulings=(ruling,)), "comment") == []


def strings(thing: object) -> list[str]:
    if isinstance(thing, dict):
        return [each for value in thing.values() for each in strings(value)]
    if isinstance(thing, list):
        return [each for part in thing for each in strings(part)]
    return [thing] if isinstance(thing, str) else []


def known_tokens(outcome: Outcome) -> set[str]:
    """Return the numbers in the texts of the JSON, and those that count what is listed."""
    document = json.loads(gate_files(outcome)["gate.json"])
    fails = [ruling["fails"] for ruling in document["rulings"]]
    decisions = [ruling["decision"] for ruling in document["rulings"] if not ruling["fails"]]
    counts = {len(fails), sum(fails), *(decisions.count(each) for each in decisions)}
    counts |= {len(document["stale"]), document["unsettled"]}
    counts |= {len(each["others"]) - 5 for each in document["findings"]}
    found = {token for each in strings(document) for token in TOKEN.findall(each)}
    return found | {f"{count:,}" for count in counts}


def messages(outcome: Outcome) -> list[str]:
    """Return what the formats without tables say."""
    files = gate_files(outcome, ["sarif", "gitlab", "junit"])
    [run] = json.loads(files["gate.sarif"])["runs"]
    said = [each["message"]["text"] for each in run["results"]]
    said += [
        each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]
    ]
    listed = json.loads(files["gl-code-quality-report.json"])
    said += [each["description"] for each in listed]
    root = ET.fromstring(files["gate-junit.xml"])  # noqa: S314 - our own
    said += [each.text or "" for each in root.iter()]
    said += [each.get("message", "") for each in root.iter()]
    commands = workflow_commands(outcome).splitlines()
    return said + [each.rpartition("::")[2].replace("%25", "%") for each in commands]


@pytest.mark.parametrize("name", OUTCOMES)
def test_no_message_has_a_number_that_the_json_has_not(name: str) -> None:
    outcome = OUTCOMES[name]()
    known = known_tokens(outcome)
    strange = {token for said in messages(outcome) for token in TOKEN.findall(said)} - known
    assert strange == set()


def test_messages_have_numbers_to_check() -> None:
    tokens = {token for said in messages(gated()) for token in TOKEN.findall(said)}
    assert {"3.12%", "2.11%", "800", "77.4"} <= tokens
