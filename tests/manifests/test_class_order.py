"""Classes that are declared from the lowest to the highest."""

from pathlib import Path

import numpy as np
import pytest
from written import judged, labels, opened

from labelaudit.dataset import digest
from labelaudit.errors import InputError

ORDER = ("no", "maybe", "yes")
WIDE = "id,label,annotator_1,annotator_2\na,yes,maybe,yes\nb,no,,no\nc,,no,yes\n"


def test_classes_are_in_the_order_that_is_said(tmp_path: Path) -> None:
    plain = opened(tmp_path, WIDE)
    dataset = opened(tmp_path, WIDE, class_order=ORDER)
    assert not plain.ordered
    assert dataset.ordered
    assert dataset.class_names == ORDER
    assert dataset.labels.tolist() == [2, 0, -1]
    assert labels(dataset) == labels(plain)
    assert judged(dataset) == judged(plain)
    none = np.zeros((3, 32), dtype=np.uint8)
    assert digest(dataset, none) == digest(plain, none)
    assert dataset.source.why[-1] == "the classes are in order: no, maybe, yes"


def test_a_class_without_items_may_be_declared(tmp_path: Path) -> None:
    dataset = opened(tmp_path, "label\nyes\nno\n", class_order=(*ORDER, "very"))
    assert dataset.class_names == (*ORDER, "very")
    assert labels(dataset) == ["yes", "no"]


def test_classes_of_judgements_have_to_be_in_the_order(tmp_path: Path) -> None:
    file = tmp_path / "judgements.csv"
    file.write_text("id,annotator,label\na,ann,never\n")
    with pytest.raises(InputError, match="the class 'never' is not in it"):
        opened(tmp_path, "id,label\na,yes\n", annotations=file, class_order=ORDER)
    dataset = opened(tmp_path, "id,label\na,yes\n", annotations=file, class_order=("never", *ORDER))
    assert judged(dataset) == [("a", "ann", "never")]
    text = '{"id": 1, "votes": ["yes", "no"]}\n'
    dataset = opened(tmp_path, text, ".jsonl", judgement_column="votes", class_order=ORDER)
    assert [label for _, _, label in judged(dataset)] == ["yes", "no"]
    text = "id,who,label\na,ann,yes\na,bob,no\n"
    dataset = opened(tmp_path, text, annotator_columns=("who",), class_order=ORDER)
    assert [label for _, _, label in judged(dataset)] == ["yes", "no"]


def test_numbers_and_sets_have_no_class_order(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can have no effect"):
        opened(tmp_path, "age\n1\n", target_column="age", class_order=ORDER)
    with pytest.raises(InputError, match="several labels"):
        opened(tmp_path, '{"label": ["yes"]}\n', ".jsonl", class_order=ORDER)
