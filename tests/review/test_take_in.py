"""Judgements of several files and of before, put together."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from labelaudit.dataset import Dataset, Source
from labelaudit.errors import InputError
from labelaudit.reading.media import Files
from labelaudit.review.answers import Answers
from labelaudit.review.take_in import take_in
from labelaudit.verdicts import from_rows


def dataset(root: Path, *names: str) -> Dataset:
    for name in names:
        (root / name).write_bytes(name.encode())
    paths = pa.array(names, pa.large_string())
    return Dataset(
        name="pets",
        task="multiclass",
        class_names=("cat",),
        paths=paths,
        labels=np.zeros(len(names), dtype=np.int32),
        splits=np.full(len(names), -1, dtype=np.int32),
        media=Files(root, paths),
        source=Source(format="table", why=(), found=len(names)),
    )


def row(path: str, verdict: str, reviewer: str = "Ada", audit: str = "a") -> dict[str, str]:
    return {
        "content": hashlib.sha256(path.encode()).hexdigest(),
        "path": path,
        "given_label": "cat",
        "suggested_label": "dog",
        "verdict": verdict,
        "reviewer": reviewer,
        "audit": audit,
        "stratum": "0" if audit else "-1",
        "stratum_size": "9" if audit else "0",
        "stratum_drawn": "3" if audit else "0",
        "judged_before": "0",
    }


def answers(*rows: dict[str, str], blank: int = 0, others: tuple[str, ...] = ()) -> Answers:
    return Answers(verdicts=from_rows(rows), n_blank=blank, n_edited=0, passed_over=others)


def test_reviewers_add_and_a_reviewer_replaces(tmp_path: Path) -> None:
    before = from_rows([row("a", "given"), row("a", "given", "Bo"), row("b", "given")])
    new = [
        answers(row("a", "neither"), row("b", "given"), blank=2, others=("note",)),
        answers(row("c", "unsure", audit=""), blank=1, others=("note", "time")),
    ]
    taken = take_in(new, dataset(tmp_path, "a", "b", "c"), before)
    assert [
        (each["path"], each["reviewer"], each["verdict"]) for each in taken.verdicts.rows()
    ] == [
        ("a", "Ada", "neither"),
        ("a", "Bo", "given"),
        ("b", "Ada", "given"),
        ("c", "Ada", "unsure"),
    ]
    assert taken.words == {"neither": 1, "given": 1, "unsure": 1}
    assert taken.reviewers == {"Ada": 3}
    assert (taken.n_blank, taken.n_replaced, taken.n_absent, taken.n_of_audits) == (3, 1, 0, 2)
    assert taken.passed_over == ("note", "time")


def test_items_that_went_or_changed_are_counted(tmp_path: Path) -> None:
    data = dataset(tmp_path, "a", "b", "c")
    (tmp_path / "b").write_bytes(b"changed")
    rows = [row(name, "given") for name in "abcd"]
    taken = take_in([answers(*rows)], data, None)
    assert taken.n_absent == 2
    assert len(taken.verdicts) == 4


def test_a_dataset_that_lacks_most_of_the_items_is_another_one(tmp_path: Path) -> None:
    rows = [row(name, "given") for name in "abc"]
    with pytest.raises(InputError, match="2 of 3 judged items are not in this dataset"):
        take_in([answers(*rows)], dataset(tmp_path, "a"), None)


def test_nothing_judged_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no item is judged yet"):
        take_in([answers(blank=5)], dataset(tmp_path, "a"), None)


def test_a_sample_needs_the_judgements_that_it_left_out(tmp_path: Path) -> None:
    data = dataset(tmp_path, *"abc")
    second = [row(name, "given", audit="b") | {"judged_before": "1"} for name in "bc"]
    with pytest.raises(InputError, match="1 judgements are of a sample") as caught:
        take_in([answers(*second)], data, None)
    assert "import first what was judged first" in caught.value.hint
    taken = take_in([answers(row("a", "given")), answers(*second)], data, None)
    assert taken.verdicts.judged_before.tolist() == [0, 1, 1]
