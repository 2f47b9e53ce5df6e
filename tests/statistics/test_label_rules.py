from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.stats import binomtest, hypergeom

from labelaudit.statistics import cooccurrence
from labelaudit.statistics.cooccurrence import adjust, label_pairs
from labelaudit.statistics.group_shares import likeness, membership
from labelaudit.statistics.label_rules import Rules, label_rules

POSITIVE, OPEN = 1, 2


def found_in(cells: np.ndarray) -> Rules:
    return label_rules(csr_array(cells == POSITIVE), csr_array(cells == OPEN))


def defined(cells: np.ndarray) -> dict[tuple[int, int, bool], tuple[int, int, float]]:
    """Return all rules by a loop over pairs and rows."""
    tested, kept = 0, {}
    for first, second in permutations(range(cells.shape[1]), 2):
        own, other = cells[:, first], cells[:, second]
        counts = (own == POSITIVE).sum(), (other == POSITIVE).sum()
        holding = (own == POSITIVE) & (other != OPEN)
        n_known = int((other != OPEN).sum())
        for implied in (False, True):
            if not implied and (counts[0], first) > (counts[1], second):
                continue
            breaks = other == (0 if implied else POSITIVE)
            expected = holding.sum() * breaks.sum() / max(n_known, 1)
            if expected < 5:
                continue
            tested += 1
            exceptions = int((holding & breaks).sum())
            if exceptions <= min(0.05 * holding.sum(), 0.2 * expected):
                tail = hypergeom.cdf(exceptions, n_known, breaks.sum(), holding.sum())
                kept[first, second, implied] = (int(holding.sum()), exceptions, float(tail))
    adjusted = adjust(np.array([tail for *_, tail in kept.values()]), tested)
    return {
        key: (n, exceptions, p)
        for (key, (n, exceptions, _)), p in zip(kept.items(), adjusted, strict=True)
        if p < 0.01 or (not key[2] and exceptions == 0)
    }


@given(st.integers(0, 2**32), st.sampled_from([0, 0.02]), st.sampled_from([0, 0.1]))
def test_rules_match_their_definition(seed: int, broken: float, unclear: float) -> None:
    rng = np.random.default_rng(seed)
    cells = (rng.random((120, 5)) < [0.5, 0.3, 0.3, 0.2, 0.1]).astype(np.int64)
    cells[:, 1] &= cells[:, 0]
    cells[:, 2] &= 1 - cells[:, 0]
    flipped = rng.random(cells.shape) < broken
    cells[flipped] = 1 - cells[flipped]
    cells[rng.random(cells.shape) < unclear] = OPEN
    rules, expected = found_in(cells), defined(cells)
    keys = list(
        zip(rules.first.tolist(), rules.second.tolist(), rules.implied.tolist(), strict=True)
    )
    assert set(keys) == set(expected)
    for at, key in enumerate(keys):
        n, exceptions, p = expected[key]
        assert (rules.holders[at], rules.exceptions[at]) == (n, exceptions)
        assert rules.p_value[at] == pytest.approx(p)
        bound = binomtest(exceptions, n, alternative="less").proportion_ci(0.95).high
        assert rules.bound[at] == pytest.approx(bound)
        rows = rules.broken_by(
            at, csr_array(cells == POSITIVE).tocsc(), csr_array(cells == OPEN).tocsc()
        )
        breaking = 0 if key[2] else POSITIVE
        assert rows.tolist() == [
            row
            for row in range(len(cells))
            if cells[row, key[0]] == POSITIVE and cells[row, key[1]] == breaking
        ]


def test_blocks_of_labels_do_not_change_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    cells = (rng.random((200, 7)) < 0.4).astype(np.int64)
    cells[:, 3] &= cells[:, 5]
    cells[:, 1] &= 1 - cells[:, 6]
    whole = found_in(cells)
    monkeypatch.setattr(cooccurrence, "BLOCK", 2)
    cut = found_in(cells)
    assert whole.first.tolist() == cut.first.tolist()
    assert whole.p_value.tolist() == cut.p_value.tolist()
    assert {(1, 6), (3, 5)} <= set(zip(whole.first.tolist(), whole.second.tolist(), strict=True))


@pytest.mark.parametrize(("alike", "prevalence"), [(1, 0.4), (0.8, 0.3), (0.4, 0.2)])
def test_items_of_a_group_are_no_independent_witnesses(alike: float, prevalence: float) -> None:
    """Labels that have nothing to do with each other, of 80 patients with 15 items each."""
    found, without = np.zeros(2), 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        of_group = np.repeat(rng.random((80, 12)) < prevalence, 15, axis=0)
        own = rng.random(of_group.shape) < prevalence
        matrix = csr_array(np.where(rng.random(of_group.shape) < np.sqrt(alike), of_group, own))
        likely = likeness(matrix, membership(np.repeat(np.arange(80), 15)))
        assert likely / np.sqrt(14) == pytest.approx(alike, abs=0.25)
        rules = label_rules(matrix, csr_array(matrix.shape, dtype=bool), likely)
        found += (label_pairs(matrix, likely).p_value < 0.01).sum(), len(rules.first)
        without += (label_pairs(matrix).p_value < 0.01).sum()
    assert without > 30  # of 660 pairs
    assert found[0] <= 3
    assert found[1] <= 1


def test_groups_of_items_that_have_nothing_in_common_cost_nothing() -> None:
    rng = np.random.default_rng(0)
    cells = rng.random((2000, 4)) < 0.4
    cells[:, 1] |= cells[:, 0]
    members = membership(np.repeat(np.arange(100), 20))
    matrix, none = csr_array(cells), csr_array(cells.shape, dtype=bool)
    grouped = label_rules(matrix, none, likeness(matrix, members))
    assert grouped.first.tolist() == label_rules(matrix, none).first.tolist() == [0]
    alone = likeness(matrix, membership(np.full(2000, -1)))
    assert alone.tolist() == [0, 0, 0, 0]
    together = likeness(matrix, membership(np.zeros(2000, dtype=int)))
    assert not len(label_rules(matrix, none, together).first)
