from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import found, gated

from labelaudit.gate.formats.listing import LEVELS, Level, entries_of, first, worst_first
from labelaudit.gate.outcome import Finding

RULES = ("suspects", "exact_duplicates", "outliers")


@st.composite
def findings(draw: st.DrawFn) -> tuple[Finding, ...]:
    kinds = draw(st.lists(st.tuples(st.sampled_from(RULES), st.booleans()), max_size=30))
    return tuple(found(at, rule, is_new=new) for at, (rule, new) in enumerate(kinds))


@given(findings(), st.integers(0, 35))
def test_the_worst_are_shown_and_some_of_every_rule(listed: tuple[Finding, ...], most: int) -> None:
    ranked = worst_first(replace(gated(), findings=listed))
    shown = first(ranked, most)
    assert len(shown) == min(most, len(ranked))
    places = [ranked.index(pair) for pair in shown]
    assert places == sorted(places)

    def badness(pair: tuple[Level, Finding]) -> tuple[int, bool]:
        return LEVELS.index(pair[0]), not pair[1].is_new

    left = [pair for pair in ranked if pair not in shown]
    if shown and left:
        assert max(map(badness, shown)) <= min(map(badness, left))
        edge = badness(shown[-1])
        amounts = Counter(pair[1].rule for pair in shown if badness(pair) == edge)
        for rule in {pair[1].rule for pair in left if badness(pair) == edge}:
            assert amounts[rule] >= max(amounts.values()) - 1


@given(findings(), st.integers(7, 40))
def test_every_finding_is_listed_or_counted(listed: tuple[Finding, ...], most: int) -> None:
    outcome = replace(gated(), findings=listed)
    entries = entries_of(outcome, most)
    assert len(entries) <= most
    assert len({entry.fingerprint for entry in entries}) == len(entries)
    named = sum("image_" in entry.words for entry in entries)
    more = [entry.words for entry in entries if entry.rule.name == "findings-not-shown"]
    assert len(more) == (named < len(listed))
    assert not more or more[0].startswith(f"{len(listed) - named} more finding")


@pytest.mark.parametrize("rule", RULES[:2])
def test_order_within_a_rule_is_that_of_the_report(rule: str) -> None:
    outcome = gated(40)
    shown = [finding for _, finding in worst_first(outcome) if finding.rule == rule]
    assert shown == [finding for finding in outcome.findings if finding.rule == rule]
