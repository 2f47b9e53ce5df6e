"""What is new since a baseline: properties over made-up datasets, and the words for the rest."""

from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import LABELS, Item, datasets, found, item_table, report
from numpy.typing import NDArray

from labelaudit.gate.baseline import Baseline, Word
from labelaudit.gate.comparison import Comparison, compared, updated_baseline
from labelaudit.gate.findings import Found
from labelaudit.gate.items import items_of, known


def baseline_of(items: list[Item]) -> Baseline:
    return updated_baseline(report(), found(items))


def new(comparison: Comparison) -> Counter[tuple[str, str]]:
    return Counter((each.rule, each.path) for each in comparison.findings if each.is_new)


def of(found_: Found, path: str) -> Counter[tuple[str, str]]:
    return Counter((each.rule, each.path) for each in found_.findings if each.path == path)


@settings(deadline=None)
@given(datasets(), st.randoms(use_true_random=False), st.integers(0, 3))
def test_other_names_another_order_and_more_clean_items_are_nothing_new(
    items: list[Item], random: Random, more: int
) -> None:
    baseline = baseline_of(items)
    changed = [item._replace(path=f"moved/{at}.webp") for at, item in enumerate(items)]
    changed += [
        Item(path=f"more/{at}.png", content=100 + at, label=LABELS[(100 + at) % 3], split="train")
        for at in range(more)
    ]
    random.shuffle(changed)
    told = compared(found(changed), baseline)
    assert not new(told)
    assert (told.stale, told.unsettled) == ((), 0)
    assert len(told.findings) == len(found(items).findings)


@settings(deadline=None)
@given(datasets(), st.data())
def test_relabelling_one_item_is_exactly_the_findings_of_that_item(
    items: list[Item], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(items) - 1))
    label = data.draw(st.sampled_from([one for one in (*LABELS, None) if one != items[at].label]))
    changed = [*items[:at], items[at]._replace(label=label), *items[at + 1 :]]
    told = compared(found(changed), baseline_of(items))
    assert new(told) == of(found(changed), items[at].path)


@settings(deadline=None)
@given(datasets(), st.data())
def test_one_more_copy_is_exactly_the_findings_of_that_copy(
    items: list[Item], data: st.DataObject
) -> None:
    """Wherever it stands, and even where the first of its kind has been accepted."""
    copy = data.draw(st.sampled_from(items))._replace(path="a copy.png")
    at = data.draw(st.integers(0, len(items)))
    changed = [*items[:at], copy, *items[at:]]
    told = compared(found(changed), baseline_of(items))
    assert new(told) == of(found(changed), copy.path)
    assert told.unsettled == 0


@settings(deadline=None)
@given(datasets(), st.data())
def test_an_item_in_another_split_is_a_new_item(items: list[Item], data: st.DataObject) -> None:
    """Of which a finding is new that is new with the split alone; its old ones are known."""
    at = data.draw(st.integers(0, len(items) - 1))
    changed = [*items[:at], items[at]._replace(split="validation"), *items[at + 1 :]]
    told = compared(found(changed), baseline_of(items))
    assert not new(told)
    is_known = known(items_keys(changed), baseline_of(items).items)
    assert np.flatnonzero(~is_known).tolist() == [at]


@settings(deadline=None)
@given(datasets(), st.data())
def test_taking_items_away_is_nothing_new_and_says_what_is_stale(
    items: list[Item], data: st.DataObject
) -> None:
    kept = data.draw(st.lists(st.sampled_from(items), unique=True))
    before, after = found(items), found(kept)
    told = compared(after, updated_baseline(report(), before))
    assert not new(told)
    fewer = Counter(one.fingerprint for one in before.findings)
    fewer.subtract(one.fingerprint for one in after.findings)
    assert len(told.stale) == sum(fewer.values())
    gone = {item.content for item in items} - {item.content for item in kept}
    for line in told.stale:
        rule, path = line.split(", ")[0].split(": ")
        item = next(item for item in items if item.path == path)
        assert ("gone" in line) == (item.content in gone), (rule, line)


@settings(deadline=None)
@given(datasets(), datasets(), datasets())
def test_as_many_items_are_known_as_there_were_of_each(
    items: list[Item], others: list[Item], more: list[Item]
) -> None:
    """By counting, item by item, which of each content, label and split has its like."""
    here = [*items, *(item._replace(path=f"b/{item.path}") for item in more)]
    there = [*others, *items]
    left = Counter(item[1:] for item in there)
    wanted = 0
    for item in here:
        wanted += left[item[1:]] > 0
        left[item[1:]] -= 1
    got = known(items_keys(here), np.sort(items_keys(there)))
    assert got.sum() == wanted
    assert got[: len(items)].all(), "those whose path is known come first"


@settings(deadline=None)
@given(datasets(), datasets())
def test_an_updated_baseline_knows_everything_and_keeps_all_words(
    items: list[Item], later: list[Item]
) -> None:
    before = baseline_of(items)
    words: tuple[Word, ...] = ("fine", "wrong", "unsure", "accepted")
    before = replace(
        before,
        entries=tuple(
            replace(entry, verdict=words[at % 4], note=f"note {at}")
            for at, entry in enumerate(before.entries)
        ),
    )
    after = updated_baseline(report(), found(later), before)
    told = compared(found(later), after)
    assert not new(told)
    assert (told.stale, told.unsettled) == ((), 0)
    said = Counter(
        {(entry.fingerprint, entry.verdict, entry.note): entry.copies for entry in before.entries}
    )
    for entry in after.entries:
        if entry.note:
            said[entry.fingerprint, entry.verdict, entry.note] -= entry.copies
        else:
            assert entry.verdict == "accepted"
    assert min(said.values(), default=0) >= 0
    same = updated_baseline(report(), found(items), before)
    assert same.entries == before.entries


def test_what_people_judged_wrong_since_is_new_though_its_item_is_known() -> None:
    items = [Item("a.png", 0, LABELS[1], None)]
    baseline = baseline_of([items[0]._replace(label=LABELS[0])])
    before = replace(baseline, items=found(items).items.keys)
    (suspect,) = found(items).findings
    judged = replace(suspect, rule="judged_wrong", fingerprint="f")
    told = compared(replace(found(items), findings=(judged,)), before)
    assert new(told) == Counter([("judged_wrong", "a.png")])
    assert told.unsettled == 0
    assert compared(found(items), before).unsettled == 1


def test_findings_that_a_model_has_of_items_that_are_known_are_unsettled() -> None:
    items = [Item("a.png", 0, "cat", None), Item("b.png", 1, "dog", None)]
    baseline = baseline_of(items)
    wrong = [Item("a.png", 0, "cat", None), Item("b.png", 1, "cat", None)]
    seen = found(wrong)
    moody = replace(
        seen,
        items=items_of(item_table(items)),
        findings=tuple(replace(one, fingerprint="f" * 64) for one in seen.findings),
    )
    told = compared(moody, baseline)
    assert (len(told.findings), told.unsettled) == (1, 1)
    assert not new(told)


def test_it_is_told_what_became_of_what_was_accepted() -> None:
    items = [
        Item("gone.png", 0, "dog", None),
        Item("again.png", 1, "cat", None),
        Item("same.png", 2, "cat", None),
    ]
    baseline = baseline_of(items)
    verdicts: dict[str, Word] = {"same.png": "wrong"}
    baseline = replace(
        baseline,
        entries=tuple(
            replace(entry, verdict=verdicts.get(entry.path, "accepted"), note="seen\x1b[31m")
            for entry in baseline.entries
        ),
    )
    later = [Item("again.png", 1, "dog", None), items[2]]
    told = compared(found(later), baseline)
    assert told.stale == (
        "suspects: again.png, cat: relabelled: the label is now dog",
        "suspects: gone.png, dog: the item is gone, or its content is another",
    )
    assert told.still_wrong == (
        "suspects: same.png, cat: judged wrong, and still there (seen[U+001B][31m)",
    )
    mended = replace(found(items), findings=(), rows=np.empty(0, np.int64))
    mended = replace(mended, groups=np.empty(0, np.int64), classes=())
    assert [line.rpartition(": ")[2] for line in compared(mended, baseline).stale] == [
        "no longer found"
    ] * 3


def test_the_new_ones_come_first_each_in_the_order_of_the_report() -> None:
    old = [Item(f"{at}.png", at, "none of these", None) for at in range(3)]
    items = [Item("x.png", 10, "wrong", None), *old, Item("y.png", 11, "wrong", None)]
    told = compared(found([old[0], items[0], *old[1:], items[-1]]), baseline_of(old))
    assert [each.path for each in told.findings] == ["x.png", "y.png", "0.png", "1.png", "2.png"]
    assert [each.is_new for each in told.findings] == [True, True, False, False, False]


def items_keys(items: list[Item]) -> NDArray[np.uint64]:
    return items_of(item_table(items)).keys
