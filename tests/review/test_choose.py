"""Which items are asked about."""

from dataclasses import replace

import numpy as np
import pytest
from pet_photos import CLASSES, items, report, sha

from labelaudit.errors import InputError
from labelaudit.review.choose import draw_audit, examples_of, list_fixes
from labelaudit.review.items import Items
from labelaudit.verdicts import Verdicts, from_rows


def judged(*rows: int) -> Verdicts:
    return from_rows(
        {
            "content": sha(str(row)),
            "path": f"{row}.png",
            "given_label": "cat",
            "suggested_label": "dog",
            "verdict": "unsure",
            "reviewer": "",
            "audit": "",
            "stratum": "-1",
            "stratum_size": "0",
            "stratum_drawn": "0",
            "judged_before": "0",
        }
        for row in rows
    )


def test_a_sample_is_drawn_from_all_strata_and_repeated_by_its_seed() -> None:
    plan, rows = draw_audit(items(), report(), None, 60, 7)
    again, _ = draw_audit(items(), report(), None, 60, 7)
    other, _ = draw_audit(items(), report(), None, 60, 8)
    assert plan == again
    assert plan.id != other.id
    assert len(set(rows)) == len(rows) == 60
    assert [item.path for item in plan.items] == [f"{row}.png" for row in rows]
    assert sum(stratum.size for stratum in plan.strata) == 300
    drawn = np.bincount([item.stratum for item in plan.items], minlength=len(plan.strata))
    assert drawn.tolist() == [stratum.drawn for stratum in plan.strata]


def test_the_order_says_nothing_of_the_stratum() -> None:
    plan, _ = draw_audit(items(3000), report(3000), None, 400, 0)
    strata = np.array([item.stratum for item in plan.items])
    halves = strata[:200].mean(), strata[200:].mean()
    assert abs(halves[0] - halves[1]) < 4 * strata.std() / np.sqrt(100)


def test_items_that_cannot_be_judged_are_in_no_stratum() -> None:
    some = replace(items(), judgeable=np.arange(300) % 3 == 0)
    plan, rows = draw_audit(some, report(), None, 50, 0)
    assert sum(stratum.size for stratum in plan.strata) == 100
    assert all(row % 3 == 0 for row in rows)


def test_judged_items_are_left_out() -> None:
    plan, rows = draw_audit(items(), report(), judged(*range(40)), 260, 0)
    assert sorted(rows) == list(range(40, 300))
    assert sum(stratum.size for stratum in plan.strata) == 260


def test_without_probabilities_a_sample_is_drawn_all_the_same() -> None:
    plan, rows = draw_audit(items(known=False), report(), None, 50, 0)
    assert len(rows) == 50
    assert {item.suggested_label for item in plan.items} == {""}


def test_fixes_are_the_likeliest_errors_first() -> None:
    plan, rows = list_fixes(items(), report(), judged(1, 2), 5)
    assert rows == [0, 3, 4, 5, 6]
    assert plan.kind == "fix"
    assert plan.strata == ()
    assert {item.stratum for item in plan.items} == {-1}


def test_fixes_need_probabilities() -> None:
    with pytest.raises(InputError, match="no probability of an error"):
        list_fixes(items(known=False), report(), None, 5)


def test_nothing_left_is_an_error() -> None:
    everything = judged(*range(300))
    said = "300 have a label and can be opened, and 300 of these were judged"
    with pytest.raises(InputError, match=said):
        list_fixes(items(), report(), everything, 5)
    with pytest.raises(InputError, match=said):
        draw_audit(items(), report(), everything, 5, 0)


def test_examples_are_the_surest_of_each_class_and_none_is_asked_about() -> None:
    found = examples_of(items(30), [27, 29])
    sure = sorted(range(30), key=lambda row: -row)
    for number, name in enumerate(CLASSES):
        expected = [row for row in sure if row % 3 == number and row not in (27, 29)][:4]
        assert found.get(name, expected) == expected
    assert set(found) == {"cat", "dog", "emu"}


def test_no_example_is_a_copy_or_a_suspect() -> None:
    some = items(12)
    contents = some.table["content_sha256"].to_pylist()
    contents[9] = contents[6] = contents[0]
    table = some.table.set_column(1, "content_sha256", [contents])
    suspected = np.arange(12) == 3
    found = examples_of(replace(some, table=table, suspected=suspected), [0])
    assert found == {"cat": [], "dog": [10, 7, 4, 1]}


def test_a_class_that_nobody_is_asked_about_has_no_examples() -> None:
    some: Items = items(30, known=False)
    assert set(examples_of(some, [0, 3])) == {"cat"}
