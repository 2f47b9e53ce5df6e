import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import html5lib
import pytest
from attacks import PAYLOADS
from markdown_it import MarkdownIt
from outcomes import OUTCOMES, found, gated, rulings

from labelaudit.gate.files import gate_files
from labelaudit.gate.formats.summary import COMMENT_ROWS, SUMMARY_ROWS, marker
from labelaudit.gate.outcome import Outcome, Ruling

NAMES = {"summary": "gate-summary.md", "comment": "gate-comment.md"}
LIMITS = {"summary": 2**20, "comment": 65_536}


def source(outcome: Outcome, kind: str) -> str:
    return gate_files(outcome, [kind])[NAMES[kind]].decode()


def tables(markdown: str) -> list[list[list[str]]]:
    """Return the cells of the tables of a page, by table and row."""
    page: Element = html5lib.parse(
        MarkdownIt("gfm-like", {"html": True}).render(markdown), namespaceHTMLElements=False
    )
    return [
        [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]
        for table in page.iter("table")
    ]


def rules_of(markdown: str) -> list[list[str]]:
    """Return the rows of the tables of rules, those of the folded one last."""
    return [row for head, *rows in tables(markdown) if head[0] == "Rule" for row in rows]


def findings_of(markdown: str) -> list[list[str]]:
    """Return the rows of the tables of findings, those of the folded one last."""
    return [row for head, *rows in tables(markdown) if head[0] == "Item" for row in rows]


def folded(markdown: str) -> tuple[str, str]:
    """Return what a reader sees after a click alone, and what at once."""
    parts = re.split(r"(<details>.*?</details>)", markdown, flags=re.DOTALL)
    return "".join(parts[1::2]), "".join(parts[::2])


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("name", OUTCOMES)
def test_each_rule_has_its_row_and_those_that_fail_come_first(name: str, kind: str) -> None:
    outcome = OUTCOMES[name]()
    written = source(outcome, kind)
    if not outcome.rulings:
        assert "No rules are set." in written
        return
    names = [row[0] for row in rules_of(written)]
    assert sorted(names) == sorted(ruling.name for ruling in outcome.rulings)
    failing = {ruling.name for ruling in outcome.rulings if ruling.fails}
    assert set(names[: len(failing)]) == failing


@pytest.mark.parametrize("kind", NAMES)
def test_the_verdict_is_a_sign_and_a_word(kind: str) -> None:
    assert {row[1] for row in rules_of(source(gated(), kind))} == {
        "\N{MULTIPLICATION X} FAIL",
        "\N{MULTIPLICATION X} NOT MEASURED",
        "! INCONCLUSIVE",
        "\N{CHECK MARK} PASS",
    }


@pytest.mark.parametrize("kind", NAMES)
def test_it_says_what_to_do_about_every_rule_that_is_not_kept(kind: str) -> None:
    outcome = gated()
    written = source(outcome, kind)
    items = [line for line in written.splitlines() if line.startswith("- ")]
    open_rules = [ruling for ruling in outcome.rulings if ruling.decision != "pass"]
    assert len(items) == len(open_rules)
    assert "Judge 800 items in all: `labelaudit review report.json`." in written


@pytest.mark.parametrize("kind", NAMES)
def test_new_findings_are_named_with_labels_and_evidence_and_old_ones_counted(kind: str) -> None:
    outcome = gated()
    written = source(outcome, kind)
    rows = findings_of(written)
    new = {each.path for each in outcome.findings if each.is_new}
    assert {row[0] for row in rows} == new
    assert [row[2:4] for row in rows if row[3]] == [["heron", "egret"]] * 3
    assert all("49 of 50 neighbors" in row[4] for row in rows)
    assert f"New findings: {len(new)}" in written
    assert "2 findings of the baseline" in written
    assert "4 findings on unchanged items" in written
    assert "1 entry of the baseline without a finding" in written


@pytest.mark.parametrize(("kind", "rows"), [("summary", SUMMARY_ROWS), ("comment", COMMENT_ROWS)])
def test_rows_are_cut_and_the_rest_is_counted(kind: str, rows: int) -> None:
    outcome = replace(gated(), findings=tuple(found(at) for at in range(rows + 7)))
    written = source(outcome, kind)
    assert len(findings_of(written)) == rows
    assert "7 more findings in `gate.json` and `issues.csv`." in written


def long_outcome(n: int) -> Outcome:
    """Return an outcome of which every text is as long, in bytes, as a text can be made."""
    long = [payload for payload in PAYLOADS if len(payload) > 50]
    findings = tuple(
        replace(
            found(at),
            path=long[at % len(long)],
            given_label="\N{BLACK STAR}" * 400,
            suggested_label="@`" * 400,
            evidence="|@a " * 400,
        )
        for at in range(n)
    )
    ruling = Ruling(
        name="@a|" * 200, decision="fail", fails=True, reason="@b|" * 500, next_step="`@c|" * 500
    )
    counting = replace(ruling, name="findings.suspects")
    return replace(gated(), findings=findings, rulings=(counting, *(ruling,) * (n - 1)))


@pytest.mark.parametrize("kind", [pytest.param("summary", marks=pytest.mark.slow), "comment"])
def test_it_is_never_longer_than_a_site_takes(kind: str) -> None:
    outcome = long_outcome(2_000)
    written = source(outcome, kind)
    assert len(written.encode()) < LIMITS[kind]
    shown = [len(rules_of(written)), len(findings_of(written))]
    assert 0 < shown[0] < 2_000
    said = [
        int(n.replace(",", "")) for n in re.findall(r"([\d,]+) more (?:rule|finding)s?", written)
    ]
    assert 2_000 - shown[0] in said
    assert 2_000 - shown[1] in said


@pytest.mark.slow
@pytest.mark.parametrize("kind", NAMES)
def test_a_hundred_thousand_findings_are_short(kind: str) -> None:
    assert len(source(gated(100_000), kind).encode()) < LIMITS[kind]


def test_the_comment_begins_with_a_marker_that_is_not_seen() -> None:
    written = source(gated(), "comment")
    first = written.splitlines()[0]
    assert first == marker(gated())
    assert re.fullmatch(r"<!-- labelaudit-gate:[a-z0-9-]+ -->", first)
    assert "labelaudit-gate" not in "".join(html5lib.parse(MarkdownIt().render(written)).itertext())


@pytest.mark.parametrize("payload", [*PAYLOADS, "-->", "--", ">"])
def test_no_name_ends_the_marker(payload: str) -> None:
    outcome = gated()
    report = replace(
        outcome.report,
        dataset=replace(outcome.report.dataset, name=payload),
        run=replace(outcome.report.run, data=payload),
    )
    assert re.fullmatch(
        r"<!-- labelaudit-gate:[a-z0-9-]{0,60} -->", marker(replace(outcome, report=report))
    )


def test_datasets_of_one_repository_have_comments_of_their_own() -> None:
    outcome = gated()
    other = replace(outcome.report, run=replace(outcome.report.run, data="other/labels.csv"))
    assert marker(outcome) != marker(replace(outcome, report=other))


@pytest.mark.parametrize("kind", NAMES)
def test_with_a_baseline_it_says_that_nothing_is_new(kind: str) -> None:
    old = tuple(found(at, is_new=False) for at in range(3))
    outcome = replace(gated(), findings=old)
    assert "No new findings." in source(outcome, kind)
    assert "No new findings." not in source(replace(outcome, baseline="", findings=()), kind)


@pytest.mark.parametrize("kind", NAMES)
def test_findings_that_no_rule_is_about_are_counted_and_not_named(kind: str) -> None:
    outcome = gated()
    others = tuple(found(at, "outliers") for at in range(100, 103))
    written = source(replace(outcome, findings=(*outcome.findings, *others)), kind)
    assert "3 more new findings that no rule is about, in `issues.csv`." in written
    assert not [each for each in others if each.path in written]
    alone = source(replace(outcome, findings=others), kind)
    assert "3 more new findings that no rule is about" in alone
    assert "No new findings" not in alone


def test_a_comment_shows_what_fails_and_folds_the_rest() -> None:
    outcome = replace(gated(), rulings=tuple(each for each in rulings() if each.decision != "fail"))
    failing = next(each for each in rulings() if each.name == "findings.suspects")
    written = source(replace(outcome, rulings=(*outcome.rulings, failing)), "comment")
    closed, seen = folded(written)
    kept = {each.name for each in outcome.rulings if each.decision == "pass"}
    assert {row[0] for row in rules_of(closed)} == kept
    assert {row[1] for row in findings_of(closed)} == {"Exact duplicates"}
    assert "findings.suspects" in {row[0] for row in rules_of(seen)}
    assert {row[1] for row in findings_of(seen)} == {"Most suspected labels"}
    assert "<summary>2 rules kept</summary>" in closed
    assert "<summary>3 new findings by which the gate does not fail</summary>" in closed
    assert not folded(source(outcome, "summary"))[0]


def test_columns_without_content_are_left_out() -> None:
    outcome = gated()
    plain = tuple(ruling for ruling in outcome.rulings if ruling.detectable is None)
    [head, *_] = tables(source(outcome, "comment"))[0]
    assert head == ["Rule", "Verdict", "Number", "Interval", "Limit", "Detectable"]
    [head, *_] = tables(source(replace(outcome, rulings=plain), "comment"))[0]
    assert head == ["Rule", "Verdict", "Number", "Limit"]
