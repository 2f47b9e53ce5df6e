import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import CASES, HOSTILE, audited, full, hostile, multilabel, nothing_measured, texts
from rich.console import Console

from labelaudit.limits import judged
from labelaudit.render.facts import facts
from labelaudit.render.judgements import SIGNS, WORDS
from labelaudit.render.terminal import to_terminal
from labelaudit.report import Gallery, Report, Sample


def printed(report: Report, *, width: int = 80, height: int = 24, color: bool = False) -> str:
    screen = io.StringIO()
    console = Console(
        file=screen, width=width, force_terminal=True, color_system="standard" if color else None
    )
    console.print(to_terminal(report, width=width, height=height))
    return screen.getvalue()


def lines(report: Report, *, width: int = 80, height: int = 24) -> list[str]:
    return printed(report, width=width, height=height).splitlines()


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("case", CASES)
def test_fits_a_screen_with_the_line_that_says_where_the_page_is(case: str, width: int) -> None:
    found = lines(CASES[case](), width=width)
    assert len(found) <= 22
    assert max(map(len, found)) <= width


def test_the_verdict_comes_first_and_the_headline_has_its_interval_and_limit() -> None:
    found = lines(full())
    assert found[0].startswith("✕ FAIL  animals-v2  9 limits: 2 not kept")
    assert " ".join(found[3].split()) == "Label errors 4.12% 2.87% to 5.61% ≤ 5% ! CHECK"
    assert found[4] == "Model-estimated, not audited; range 2.87% to 5.61%."
    assert "Audited: 200 items judged by people" in printed(audited())


def test_commands_name_the_report_where_it_is() -> None:
    screen = io.StringIO()
    console = Console(file=screen, width=80)
    console.print(to_terminal(full(), height=60, file="'pets-of 2026/report.json'"))
    assert "labelaudit review 'pets-of 2026/report.json'" in " ".join(screen.getvalue().split())
    assert "review report.json" not in screen.getvalue()


def test_each_row_of_the_label_has_its_limit_and_verdict_or_is_named_as_unknown() -> None:
    report = full()
    found = lines(report)
    [unknown] = [line for line in found if line.startswith("Not measured: ")]
    for fact in facts(report):
        if not fact.known:
            assert fact.name in unknown
        elif fact.field:
            [row] = [line for line in found if line.startswith(f"{fact.name} ")]
            verdict = f"{SIGNS[fact.verdict]} {WORDS[fact.verdict]}" if fact.verdict else ""
            assert [part.strip() for part in row.split("  ") if part] == [
                part
                for part in (fact.name, fact.amount, fact.reference, fact.limit, verdict)
                if part
            ]


def test_what_is_wrong_and_what_to_do_follow_the_rows() -> None:
    text = printed(full())
    assert "✕ FAIL  3 equal files have different labels" in text
    assert "    Decide which label is right" in text
    assert "Suspect  train/badger/IMG_4711.jpg    badger, rather ferret" in text
    assert "more alerts and 3 notes on the page" in text


def test_a_high_terminal_shows_more() -> None:
    high = printed(full(), height=60)
    assert high.count("\nSuspect  ") == 5
    assert high.count("\n    ") > printed(full()).count("\n    ")


def test_the_label_is_whole_on_a_low_terminal() -> None:
    assert lines(full(), height=24)[:16] == lines(full(), height=10)


def test_nothing_measured_is_no_success() -> None:
    text = printed(nothing_measured())
    assert "! CHECK" in text
    assert "PASS" not in text
    assert "Label errors: not measured" in text
    assert "No item could be read." in text


def test_excerpts_stand_for_texts() -> None:
    report = texts()
    [noise] = [result for result in report.measures if result.name == "label_noise"]
    [gallery] = noise.galleries
    plain = replace(gallery, samples=gallery.samples[len(HOSTILE) :])
    report = replace(report, measures=(replace(noise, galleries=(plain,)),))
    assert "Suspect  Reviewer 0 liked the ending." in printed(report)


def test_an_item_with_several_labels_lacks_one() -> None:
    report = multilabel()
    missing = Sample(path="a.jpg", given_label="badger, ferret", suggested_label="heron")
    gallery = Gallery(name="missing_labels", title="Missing", samples=(missing,))
    noise = replace(report.measures[0], name="multi_label_noise", galleries=(gallery,))
    report = replace(report, measures=(noise, *report.measures[1:]))
    assert "Suspect  a.jpg  badger, ferret, lacks heron" in printed(report, height=60)


def test_colors_say_nothing_that_words_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in printed(full(), color=True)
    monkeypatch.delenv("NO_COLOR")
    colored = printed(full(), color=True)
    assert "\x1b[1;31m✕ FAIL" in colored
    verdicts = {WORDS[judgement.verdict] for judgement in judged(full())}
    assert all(word in printed(full()) for word in verdicts - {"not measured"})


def test_names_control_nothing() -> None:
    text = printed(hostile(), width=400, height=99, color=True)
    assert "\x1b[31mred" not in text
    assert "[U+001B][31mred" in text
    assert "\u202e" not in text
    assert "<script>alert(1)</script>" in text


@settings(max_examples=60, deadline=None)
@given(st.text(), st.integers(40, 200))
def test_any_name_stays_on_its_line(name: str, width: int) -> None:
    report = full()
    noise, *others = report.measures
    [gallery] = noise.galleries
    sample = Sample(path=name, given_label=name, suggested_label=name)
    noise = replace(noise, galleries=(replace(gallery, samples=(sample,)),))
    plain = len(lines(report, width=width, height=60)) - 4
    report = replace(report, dataset=replace(report.dataset, name=name), measures=(noise, *others))
    found = printed(report, width=width, height=60)
    assert len(found.split("\n")) - 1 == plain
    assert not [c for c in found if c != "\n" and (ord(c) < 32 or 0x7F <= ord(c) < 0xA0)]
