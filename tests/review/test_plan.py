"""A plan comes back as it was written, and one that was changed is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pet_photos import asked, plan

from labelaudit.errors import InputError
from labelaudit.review.plan import FILE, plans_text, read_plans


def test_plans_come_back(tmp_path: Path) -> None:
    drawn, fixes = plan(), plan(asked("é\u202e\n.png"), kind="fix", strata=())
    (tmp_path / FILE).write_text(plans_text([drawn, fixes]), encoding="utf-8")
    assert read_plans(tmp_path) == {drawn.id: drawn, fixes.id: fixes}


def test_nothing_was_drawn_yet(tmp_path: Path) -> None:
    assert read_plans(tmp_path) == {}


def test_equal_plans_have_one_identifier_and_others_another() -> None:
    others = [plan(seed=1), plan(digest="e" * 64), plan(asked("3.png")), plan(kind="fix")]
    assert plan().id == plan().id
    assert len({each.id for each in [plan(), *others]}) == 5
    assert len(plan().id) == 16


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told["reviews"][0]["items"][0].update(stratum=1), "was changed after"),
        (lambda told: told["reviews"][0]["strata"][0].update(size=11), "was changed after"),
        (lambda told: told.update(version=2), "version 2, not 1"),
        (lambda told: told["reviews"][0].pop("strata"), "'strata'"),
        (lambda told: told["reviews"][0]["items"][0].pop("path"), "path"),
        (lambda told: told.update(reviews=None), "NoneType"),
    ],
)
def test_a_changed_plan_is_refused(
    tmp_path: Path, change: Callable[[Any], object], said: str
) -> None:
    told = json.loads(plans_text([plan()]))
    change(told)
    (tmp_path / FILE).write_text(json.dumps(told))
    with pytest.raises(InputError, match="no plan of a review") as caught:
        read_plans(tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"null"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(InputError, match="no plan of a review"):
        read_plans(tmp_path)
