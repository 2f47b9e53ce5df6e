import re
from collections import Counter
from dataclasses import dataclass, replace

import pytest
from attacks import PAYLOADS, replaced
from outcomes import OUTCOMES, gated

from labelaudit.gate.files import workflow_commands
from labelaudit.gate.formats.github import MOST_OF_A_KIND
from labelaudit.gate.outcome import Outcome


@dataclass
class Command:
    """A workflow command, as a runner reads it."""

    name: str
    properties: dict[str, str]
    message: str


def unescaped(words: str, *, of_property: bool = False) -> str:
    marks = {"%0D": "\r", "%0A": "\n"} | ({"%3A": ":", "%2C": ","} if of_property else {})
    for escape, mark in marks.items():
        words = words.replace(escape, mark)
    return words.replace("%25", "%")


def commands(printed: str) -> list[Command]:
    found = []
    for line in printed.split("\n")[:-1]:
        match = re.fullmatch(r"::([a-z-]+) ([^\r\n]*?)::([^\r\n]*)", line)
        assert match is not None, line
        name, said, message = match.groups()
        pairs = dict(pair.split("=", 1) for pair in said.split(","))
        properties = {key: unescaped(value, of_property=True) for key, value in pairs.items()}
        found.append(Command(name, properties, unescaped(message)))
    return found


def printed(outcome: Outcome) -> list[Command]:
    return commands(workflow_commands(outcome))


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_decision_is_told_and_nothing_but_annotations_is_made(name: str) -> None:
    outcome = OUTCOMES[name]()
    found = printed(outcome)
    assert {each.name for each in found} <= {"error", "warning", "notice"}
    words = ("FAIL:", "PASS:", "INCONCLUSIVE:")
    [decision] = [each for each in found if each.message.startswith(words)]
    assert (decision.name, decision.properties) == ("notice", {"title": "labelaudit"})


def test_annotations_stand_at_file_and_line_and_say_what_was_found() -> None:
    outcome = gated()
    found = printed(outcome)
    first = next(each for each in outcome.findings if each.rule == "suspects")
    [said] = [each for each in found if first.path in each.message]
    assert said.name == "error"
    assert said.properties["file"] == "data/labels.csv"
    assert said.properties["line"] == str(first.line)
    assert "labelled heron, suggested egret" in said.message
    rate = next(each for each in found if each.message.startswith("label_error_rate"))
    assert "3.12% (2.11% to 5.43%)" in rate.message


def test_no_kind_has_more_than_a_step_may_have_and_the_rest_is_counted() -> None:
    outcome = gated(1000)
    found = printed(outcome)
    counts = {"error": MOST_OF_A_KIND, "warning": MOST_OF_A_KIND, "notice": 2}
    assert Counter(each.name for each in found) == counts
    old = sum(not each.is_new for each in outcome.findings)
    assert found[-1].message == f"{old} findings against no rule, in issues.csv"
    rules = {"error": ("suspects", True), "warning": ("exact_duplicates", True)}
    for kind, (rule, new) in rules.items():
        of_kind = [each for each in found if each.name == kind]
        shown = sum("image_" in each.message for each in of_kind)
        total = sum(each.rule == rule and each.is_new == new for each in outcome.findings)
        assert of_kind[-1].message.startswith(f"{total - shown:,} more")


def test_what_is_not_measured_and_fails_nothing_is_a_notice() -> None:
    outcome = gated()
    spared = tuple(
        replace(each, fails=False, name=f"{each.name} {at}")
        for at in range(30)
        for each in outcome.rulings
        if each.decision == "not measured"
    )
    found = printed(replace(outcome, rulings=spared))
    assert {each.name for each in found} == {"notice"}
    assert len(found) == MOST_OF_A_KIND


@pytest.mark.parametrize("extra", [0, 1])
def test_all_are_shown_where_they_fit(extra: int) -> None:
    outcome = gated(1000)
    suspects = [each for each in outcome.findings if each.rule == "suspects" and each.is_new]
    failing = outcome.rulings[4]
    room = MOST_OF_A_KIND + extra
    shown = replace(outcome, rulings=(failing,), findings=tuple(suspects[:room]))
    errors = [each for each in printed(shown) if each.name == "error"]
    assert len(errors) == MOST_OF_A_KIND
    assert any("more" in each.message for each in errors) == bool(extra)


@pytest.mark.parametrize("payload", [*PAYLOADS, "a%0A::error::b", "##[error]x", "%25%0D", "::"])
def test_no_text_ends_a_command_or_begins_another(payload: str) -> None:
    outcome = gated()
    printed_lines = workflow_commands(replaced(outcome, payload))
    plain = workflow_commands(replaced(outcome, "plain"))
    kinds = [each.name for each in commands(printed_lines)]
    assert kinds == [each.name for each in commands(plain)]
    for line in printed_lines.splitlines():
        assert "##[" not in line
        assert "##vso" not in line
        assert len(re.findall(r"^::|\s::(?=[a-z])", line)) >= 1
    assert all(
        "\n" not in each.message and "\r" not in each.message for each in commands(printed_lines)
    )
