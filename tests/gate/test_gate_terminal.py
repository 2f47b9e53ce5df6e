"""What a gate prints fits the terminal, says what matters, and obeys no name."""

import io
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from attacks import poisoned
from rich.console import Console

from labelaudit.cli.unheeded import print_unheeded
from labelaudit.gate.outcome import Outcome
from labelaudit.gate.terminal import SHOWN, to_terminal
from labelaudit.render.text import INVISIBLE

sys.path.append(str(Path(__file__).parent / "formats"))
from outcomes import OUTCOMES, found, gated, rulings

COMMAND = re.compile(r"^\s*::|##(vso)?\[")


def printed(outcome: Outcome, width: int = 80) -> str:
    screen = io.StringIO()
    console = Console(file=screen, width=width, force_terminal=False)
    print_unheeded(console, to_terminal(outcome, width=width))
    return screen.getvalue()


@pytest.mark.parametrize("width", [30, 60, 80, 140])
@pytest.mark.parametrize("name", OUTCOMES)
def test_no_line_is_longer_than_the_terminal_is_wide(name: str, width: int) -> None:
    lines = printed(OUTCOMES[name](), width).splitlines()
    assert max(map(len, lines)) <= width
    assert any(line.strip() for line in lines)


def test_each_rule_has_its_decision_number_interval_limit_and_next_step() -> None:
    said = " ".join(printed(replace(gated(), rulings=rulings()), 100).split())
    assert "! INCONCLUSIVE label_error_rate 3.12% (2.11% to 5.43%) limit: ≤ 5%" in said
    assert "find a rate of 8.12% or more in 80 % of samples" in said
    assert "Next: Judge 800 items in all: labelaudit review report.json." in said


def test_the_first_findings_are_named_and_the_others_counted() -> None:
    outcome = gated()
    [rule, *_] = outcome.report.policy.findings
    many = tuple(found(at, rule) for at in range(SHOWN + 5))
    failing = replace(
        next(each for each in rulings() if each.most is not None),
        name=f"findings.{rule}",
        fails=True,
    )
    lines = printed(replace(outcome, findings=many, rulings=(failing,), baseline="")).splitlines()
    at = lines.index(f"{SHOWN + 5} findings")
    assert lines[at + 1] == f"{rule}: {SHOWN + 5}"
    named = [line for line in lines[at + 2 :] if line.startswith("    train/heron/")]
    assert len(named) == SHOWN
    assert lines[at + 2 + SHOWN] == "5 more"


def test_findings_of_every_rule_are_named_where_one_has_many() -> None:
    outcome = gated()
    many = (*(found(at) for at in range(100)), found(100, "exact_duplicates"))
    failing = tuple(replace(each, fails=True) for each in rulings() if each.most is not None)
    lines = printed(replace(outcome, findings=many, rulings=failing)).splitlines()
    assert lines[lines.index("exact_duplicates: 1") + 1].startswith("    train/heron/image_000100")


def test_a_rule_that_is_inconclusive_and_fails_the_gate_has_the_sign_of_those_that_fail() -> None:
    unsure = next(each for each in rulings() if each.decision == "inconclusive")
    assert "! INCONCLUSIVE" in printed(replace(gated(), rulings=(unsure,)))
    failing = printed(replace(gated(), rulings=(replace(unsure, fails=True),)))
    assert "\N{MULTIPLICATION X} INCONCLUSIVE" in failing


def test_a_finding_is_named_whole_on_a_narrow_terminal() -> None:
    said = " ".join(printed(replace(gated(), rulings=rulings()), 50).split())
    [first, *_] = [each for each in gated().findings if each.rule == "suspects"]
    assert f"{first.path} (train): labelled heron, suggested egret" in said


def test_number_and_limit_of_a_rule_are_said_once() -> None:
    lines = printed(replace(gated(), rulings=rulings())).splitlines()
    [said] = [line for line in lines if "findings.suspects" in line]
    assert said.endswith("findings.suspects  3  limit: 0")
    assert lines[lines.index(said) + 1] == "    Next: Look at them."
    assert "    the interval holds the limit" in lines


def test_a_public_report_names_no_item_and_no_entry_of_the_baseline() -> None:
    outcome = gated()
    public = replace(
        outcome,
        report=replace(outcome.report, privacy="public"),
        stale=("suspects: secret.png: gone",),
        still_wrong=("suspects: secret.png: judged wrong",),
    )
    said = printed(public)
    assert ".png" not in said
    assert "secret" not in said


@pytest.mark.parametrize("keep_names", [True, False])
@pytest.mark.parametrize("start", [0, 9, 18, 27])
@pytest.mark.parametrize("name", OUTCOMES)
def test_nothing_in_a_name_reaches_the_terminal_or_the_runner(
    name: str,
    start: int,
    keep_names: bool,  # noqa: FBT001
) -> None:
    said = printed(poisoned(OUTCOMES[name](), start, keep_names=keep_names), 200)
    assert not INVISIBLE.search(said.replace("\n", ""))
    assert not [line for line in said.splitlines() if COMMAND.search(line)]
