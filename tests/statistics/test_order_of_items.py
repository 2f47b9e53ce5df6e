from itertools import pairwise, permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from labelaudit.statistics import item_order
from labelaudit.statistics.item_order import LEAST_WINDOW, nearby_neighbors, same_label_next


def test_pairs_of_one_label_in_every_order_of_a_small_case() -> None:
    labels = np.array([0, 0, 1, 1, 1, 2, 0], dtype=np.int32)
    none = np.zeros(7, dtype=np.int64)
    found = same_label_next(labels, none)
    counts = [sum(a == b for a, b in pairwise(o)) for o in permutations(labels)]
    assert found.alike == 3
    assert found.n_pairs == 6
    assert found.expected == pytest.approx(np.mean(counts))
    assert found.deviation == pytest.approx(np.std(counts))


def test_groups_are_sequences_of_their_own_and_unlabelled_items_are_passed_over() -> None:
    labels = np.array([0, 1, 0, -1, 1, 0, 1], dtype=np.int32)
    groups = np.array([0, 1, 0, 0, 1, 0, 1])
    found = same_label_next(labels, groups)
    # 0 0 0 in the first group, 1 1 1 in the second
    assert (found.alike, found.n_pairs) == (4, 4)
    assert found.expected == pytest.approx(4)
    assert found.z is None
    assert found.p_value is None
    assert found.alike_by_item.tolist() == [1, 1, 1, 0, 1, 0, 0]


def drawn(
    neighbors: NDArray[np.int32], groups: NDArray[np.int64], n_draws: int
) -> NDArray[np.float64]:
    """Return how many edges are nearby, in orders drawn at random within the groups."""
    rng = np.random.default_rng(0)
    counts = []
    for _ in range(n_draws):
        to = np.empty(len(groups), dtype=np.int64)
        for group in np.unique(groups):
            items = np.flatnonzero(groups == group)
            to[items] = rng.permutation(items)
        changed = np.full_like(neighbors, -1)
        changed[to] = np.where(neighbors >= 0, to[neighbors], -1)
        counts.append(nearby_neighbors(changed, groups).alike)
    return np.array(counts, dtype=np.float64)


def test_neighbors_nearby_have_mean_and_deviation_of_random_orders() -> None:
    rng = np.random.default_rng(1)
    n = 60
    groups = np.sort(rng.integers(0, 2, n))
    # A graph with hubs, and with pairs that name each other.
    weights = rng.random(n) ** 3
    neighbors = np.array(
        [rng.choice(np.delete(np.arange(n), at), 4, replace=False) for at in range(n)],
        dtype=np.int32,
    )
    neighbors[:, 0] = np.where(np.arange(n) == weights.argmax(), 0, weights.argmax())
    neighbors[5, 3] = -1
    found = nearby_neighbors(neighbors, groups)
    counts = drawn(neighbors, groups, 4000)
    assert found.expected == pytest.approx(counts.mean(), rel=0.02)
    assert found.deviation == pytest.approx(counts.std(), rel=0.05)


def test_neighbors_nearby_are_those_of_a_plain_count() -> None:
    rng = np.random.default_rng(2)
    groups = rng.integers(-1, 3, 80)
    groups[groups == 2] = np.where(np.arange((groups == 2).sum()) < 5, 2, 0)
    neighbors = rng.integers(-1, 80, (80, 3)).astype(np.int32)
    found = nearby_neighbors(neighbors, groups)
    pairs = alike = 0
    for item, around in enumerate(neighbors):
        members = np.flatnonzero(groups == groups[item]).tolist()
        if groups[item] < 0 or len(members) < 10:
            continue
        for other in around.tolist():
            if other in members:
                pairs += 1
                alike += abs(members.index(item) - members.index(other)) <= LEAST_WINDOW
    assert (found.n_pairs, found.alike) == (pairs, alike)
    assert found.alike_by_item.sum() == alike


def test_frames_of_a_video_are_found_and_a_shuffled_one_is_not() -> None:
    n = 1000
    ring = (np.arange(n)[:, None] + [-2, -1, 1, 2]) % n
    one = np.zeros(n, dtype=np.int64)
    found = nearby_neighbors(ring.astype(np.int32), one)
    assert found.alike > 3990
    assert (found.ratio or 0) > 45
    assert found.p_value == pytest.approx(0, abs=1e-12)
    order = np.random.default_rng(3).permutation(n)
    shuffled = np.empty_like(ring)
    shuffled[order] = order[ring]
    assert (nearby_neighbors(shuffled.astype(np.int32), one).p_value or 0) > 0.01


@pytest.mark.parametrize(("shares", "n"), [([0.99, 0.01], 500), ([0.9, 0.1], 100)])
def test_rare_classes_in_random_order_are_rarely_significant(
    shares: list[float], n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the normal distribution, 3 to 6 % were below 0.01."""
    monkeypatch.setattr(item_order, "MOST_DRAWS", 199)
    rng = np.random.default_rng(8)
    p_values = []
    for _ in range(300):
        labels = rng.choice(2, n, p=shares).astype(np.int32)
        found = same_label_next(labels, np.zeros(n, dtype=np.int64))
        p_values.append(1.0 if found.p_value is None else found.p_value)
    assert np.mean(np.array(p_values) < 0.01) <= 0.02
    assert np.mean(np.array(p_values) < 0.05) <= 0.075
