"""A policy: which limits it stands for, and which policies are none."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes_of import RATE_BY_MODEL, RATE_BY_PEOPLE, measured, with_value

from labelaudit.errors import InputError
from labelaudit.gate.effective import effective
from labelaudit.gate.policy import Asked, asked
from labelaudit.gate.rules import RULES, rules_of
from labelaudit.report import Limit, Value


def of(toml: str) -> Asked:
    return asked(tomllib.loads(toml)["gate"], "labelaudit.toml")


def problems(toml: str) -> str:
    with pytest.raises(InputError) as raised:
        of(toml)
    return str(raised.value)


def entry(*lines: str) -> str:
    return "\n".join(["[[gate.limits]]", *lines])


def limit(*lines: str) -> str:
    return entry('measure = "integrity"', 'value = "exact_duplicates_count"', *lines)


FULL = """
[gate]
mode = "assure"
label-error-rate = 0.05
accept_model = true
[gate.findings]
suspects = 0
exact_duplicates = 12
[[gate.limits]]
measure = "integrity"
value = "exact_duplicates_count"
at_most = 0.01
of_items = true
mode = "block"
[[gate.limits]]
label_error_rate = 0.1
class = "*"
[[gate.limits]]
measure = "class_imbalance"
value = "imbalance_ratio"
split = "test"
at_most = 10
rise_at_most = 2.0
"""


def test_a_policy_stands_for_these_limits() -> None:
    found = of(FULL)
    copies = Limit(measure="integrity", value="exact_duplicates_count", at_most=0.01)
    ratio = Limit(measure="class_imbalance", value="imbalance_ratio", split="test", mode="assure")
    by_people = replace(RATE_BY_PEOPLE, mode="assure")
    by_model = replace(RATE_BY_MODEL, mode="assure")
    assert found.limits == (
        replace(by_people, at_most=0.05),
        replace(by_model, at_most=0.05, accept_model=True),
        replace(copies, of_items=True),
        replace(by_people, at_most=0.1, class_name="*"),
        replace(by_model, at_most=0.1, class_name="*"),
        replace(ratio, rise_at_most=2.0),
        replace(ratio, at_most=10.0),
    )
    assert found.policy.findings == {"suspects": 0, "exact_duplicates": 12}
    assert (found.policy.mode, found.policy.source) == ("assure", "labelaudit.toml")


def test_the_mode_of_the_command_line_is_that_of_every_limit() -> None:
    table = tomllib.loads(FULL)["gate"]
    found = asked(table, "p.toml", "block")
    assert {each.mode for each in found.limits} == {found.policy.mode} == {"block"}


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            "[gate]\nlabel_eror_rate = 0.1",
            "'label_eror_rate': no such key; is it label_error_rate?",
        ),
        (limit("at_mots = 1"), "number 1: 'at_mots': no such key; is it at_most"),
        ("[gate]", "asks for nothing"),
        (
            "[gate]\nlabel-error-rate = 0.01\nlabel_error_rate = 0.9",
            "gate: 'label_error_rate': is there twice",
        ),
        ('[gate]\nmode = "assured"', "mode: has to be block or assure; found 'assured'"),
        ('[gate]\nlabel_error_rate = "5%"', "has to be a number; found '5%'"),
        ("[gate]\nlabel_error_rate = true", "has to be a number; found True"),
        ("[gate]\nlabel_error_rate = nan", "has to be a number; found nan"),
        ("[gate]\nlabel_error_rate = 5", "5 can never fire: a share is at most 1"),
        ("[gate]\nlabel_error_rate = 1.0", "1 can never fire"),
        ("[gate]\nlabel_error_rate = -0.1", "-0.1 always fails"),
        ("[gate]\naccept_model = true\n" + limit("at_most = 1"), "says nothing without"),
        ("[gate.findings]\nsuspects = -1", "has to be a whole number, 0 or more; found -1"),
        ("[gate.findings]\nsuspects = true", "has to be a whole number, 0 or more; found True"),
        ("[gate.findings]\nsuspects = 0.5", "has to be a whole number, 0 or more; found 0.5"),
        ("[gate]\nlimits = 3", "limits: has to be an array of tables"),
        ("[gate]\nlimits = [3]", "number 1: has to be a table; found 3"),
        (limit(), "no bound; it needs at_most, at_least or rise_at_most"),
        (entry("at_most = 1"), "measure: missing"),
        (limit("at_most = -1"), "at_most: -1 always fails"),
        (limit("at_least = 0"), "at_least: 0 can never fire"),
        (limit("at_most = 2", "at_least = 3"), "no number is both, so it always fails"),
        (limit("at_most = 1.0", "of_items = true"), "can never fire: a share is at most 1"),
        (limit("rise_at_most = 1", "of_items = true"), "of_items: says nothing of a rise"),
        (limit("at_most = 1", "accept_model = true"), "accept_model: is for"),
        (limit("at_most = 1", 'class = "a"', 'split = "b"'), "class and split"),
        (limit("at_most = 1", 'class = "cat"'), "has no number by class; there are audited_labels"),
        (
            entry(
                'measure = "class_imbalance"', 'value = "gini"', "at_most = 0.5", "of_items = true"
            ),
            "of_items: is for counts, and gini is none",
        ),
        (
            entry(
                'measure = "class_imbalance"', 'value = "gini"', 'split = "*"', "rise_at_most = 1"
            ),
            "rise_at_most: is of one class or split, or of the whole",
        ),
        (entry("label_error_rate = 0.1", "at_most = 0.2"), "is a limit by itself, without at_most"),
        (limit("at_most = 1") + "\n" + limit("at_most = 2"), "at_most: there are two such limits"),
        (
            "[gate]\nlabel_error_rate = 0.1\n" + entry("label_error_rate = 0.2"),
            "audited_labels.audited_error_rate: at_most: there are two such limits",
        ),
        (limit("at_most = 1", '"\\u001b[31m" = 1'), "no such key"),
    ],
)
def test_a_policy_that_says_nothing_or_too_much_is_refused(toml: str, said: str) -> None:
    assert said in problems(toml)


def test_all_that_is_wrong_is_said_at_once() -> None:
    said = problems("[gate]\nmod = 1\nlabel_error_rate = 2\n[gate.findings]\nsuspects = -1")
    assert "3 wrong" in said


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            entry('measure = "integrty"', 'value = "missing_count"', "at_most = 1"),
            "there is no measure integrty; is it integrity?",
        ),
        (
            entry('measure = "integrity"', 'value = "exact_duplicate_count"', "at_most = 1"),
            "integrity has no value exact_duplicate_count; is it exact_duplicates_count",
        ),
        (entry("label_error_rate = 0.1", 'class = "badgr"'), "no class badgr; is it badger?"),
        (entry("label_error_rate = 0.1", 'split = "tests"'), "no split tests; is it test?"),
        ("[gate.findings]\nsuspect = 0", "gate.findings: suspect: no measure lists such findings"),
    ],
)
def test_names_that_the_report_has_not_are_told_with_those_it_has(toml: str, said: str) -> None:
    with pytest.raises(InputError, match="does not fit the report") as raised:
        effective(measured(), of(toml))
    assert said in str(raised.value)


def test_what_is_named_as_the_report_does_is_the_reports_own_policy_then() -> None:
    found = of(entry("label_error_rate = 0.1", 'class = "badger"') + "\n[gate.findings]\ndark = 0")
    report = effective(measured(), found)
    assert (report.limits, report.policy) == (found.limits, found.policy)


@pytest.mark.parametrize("unit", ["share", ""])
def test_a_share_that_only_the_report_knows_to_be_one_has_its_bound_checked(unit: str) -> None:
    value = Value(name="gini", title="Gini", value=0.5, unit=unit)
    report = with_value(measured(), "class_imbalance", value)
    found = of(entry('measure = "class_imbalance"', 'value = "gini"', "at_most = 5"))
    if not unit:
        assert effective(report, found).limits == found.limits
        return
    with pytest.raises(InputError, match=r"gini: at_most: 5 can never fire: a share is at most 1"):
        effective(report, found)


def test_a_value_of_a_measure_that_was_not_measured_is_no_error() -> None:
    toml = entry('measure = "annotator_agreement"', 'value = "gwet_ac1"', "at_least = 0.6")
    assert effective(measured(), of(toml)).limits


def test_rules_of_other_measures_are_known_where_they_found_something() -> None:
    report = measured()
    names = {gallery.name for result in report.measures for gallery in result.galleries}
    assert set(rules_of(report)) == names | set(RULES)


KEYS = st.sampled_from(
    ["mode", "label_error_rate", "accept_model", "findings", "limits", "measure", "class", "x"]
)
LEAVES = st.one_of(st.booleans(), st.integers(-2, 2), st.floats(), st.text(max_size=5))
TABLES = st.recursive(
    LEAVES, lambda inside: st.lists(inside, max_size=3) | st.dictionaries(KEYS, inside, max_size=4)
)


@given(st.dictionaries(KEYS, TABLES, max_size=5))
def test_whatever_a_table_holds_it_is_a_policy_or_refused(table: dict[str, object]) -> None:
    try:
        found = asked(table, "any.toml")
    except InputError:
        return
    assert found.limits or found.policy.findings
    for each in found.limits:
        assert (each.at_most, each.at_least, each.rise_at_most) != (None, None, None)
