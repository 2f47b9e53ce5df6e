"""Effects of groups, against their definition in loops, and the level of tests by simulation."""

import numpy as np
import pytest

from labelaudit.inputs.columns import Splits
from labelaudit.measures.integrity.label_shift import label_shift
from labelaudit.statistics.distributions import distance
from labelaudit.statistics.grouped_labels import group_effect


def test_effect_is_its_definition() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 60).astype(np.int32)
    groups = np.where(rng.random(60) < 0.2, -1, rng.integers(0, 12, 60)).astype(np.int32)
    is_other = rng.random(60) < 0.4
    found = group_effect(labels, groups, is_other, 4)
    covariance, by_items, n_units = np.zeros((3, 3)), 0.0, 0
    for side in (False, True):
        items = np.flatnonzero(is_other == side)
        shares = np.array([np.mean(labels[items] == code) for code in range(3)])
        units = [[at] for at in items if groups[at] < 0]
        units += [[at for at in items if groups[at] == name] for name in {*groups[items]} - {-1}]
        part = np.zeros((3, 3))
        for unit in units:
            off = np.array([sum(labels[at] == code for at in unit) for code in range(3)])
            off = off - shares * len(unit)
            part += np.outer(off, off)
        covariance += part * len(units) / (len(units) - 1) / len(items) ** 2
        by_items, n_units = by_items + 1 / len(items), n_units + len(units)
    p = np.bincount(labels) / 60
    design = covariance / np.sqrt(np.outer(p, p)) / by_items
    values = np.linalg.eigvalsh(design)[1:]  # one is 0, as shares add up to 1
    single = p * (1 - p) * by_items
    assert found.by_class[:3] == pytest.approx(np.maximum(np.diag(covariance) / single, 1))
    assert found.by_class[3] == 1
    assert found.mean == pytest.approx(values.mean())
    assert found.degrees == pytest.approx(values.sum() ** 2 / (values**2).sum())
    assert found.freedom == n_units - 2


def test_groups_that_share_a_class_are_not_taken_for_a_shift() -> None:
    rng = np.random.default_rng(1)
    by_items, by_groups, moved = [], [], []
    excess: list[float] = []
    for _ in range(200):
        labels = np.repeat(rng.choice(3, 60, p=[0.5, 0.3, 0.2]), 8).astype(np.int32)
        groups = np.repeat(np.arange(60, dtype=np.int32), 8)
        halves = Splits(("a", "b"), np.repeat(rng.permutation(60) % 2, 8).astype(np.int32))
        counts = [np.bincount(labels[halves.codes == at], minlength=3) for at in (0, 1)]
        by_items.append(distance(counts[0], counts[1]).p_value)
        found = label_shift(labels, ("x", "y", "z"), halves, 0, item_groups=groups)
        values = {value.name: value.value for value in found.values}
        by_groups.append(values["label_shift_p_value"])
        excess.append(values["jensen_shannon_excess"] or 0)
        moved.append((values["moved_class_count"] or 0) > 0)
    assert np.mean(np.array(by_items) < 0.05) > 0.5
    assert 0.01 < np.mean(np.array(by_groups) < 0.05) < 0.09
    assert np.mean(excess) == pytest.approx(0, abs=0.003)
    assert np.mean(moved) < 0.1


def test_one_group_a_split_has_no_p_value() -> None:
    labels = np.tile(np.array([0, 1], dtype=np.int32), 20)
    halves = Splits(("a", "b"), np.repeat(np.array([0, 1], dtype=np.int32), 20))
    found = label_shift(labels, ("x", "y"), halves, 0, item_groups=halves.codes)
    value = {each.name: each for each in found.values}["label_shift_p_value"]
    assert value.value is None
    assert "single group" in value.note


def test_groups_of_one_item_change_nothing() -> None:
    labels = np.repeat(np.array([0, 1, 0, 1], dtype=np.int32), [40, 3, 20, 6])
    halves = Splits(("a", "b"), np.repeat(np.array([0, 1], dtype=np.int32), [43, 26]))
    without = label_shift(labels, ("x", "y"), halves, 0)
    alone = label_shift(labels, ("x", "y"), halves, 0, item_groups=np.arange(69, dtype=np.int32))
    assert alone.values == without.values
    assert alone.tables == without.tables
