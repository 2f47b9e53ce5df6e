import numpy as np
import pytest
from scipy.sparse import csr_array

from labelaudit.statistics import group_shares
from labelaudit.statistics.group_shares import membership, share_intervals


def test_rows_without_a_group_are_groups_of_their_own() -> None:
    members = membership(np.array([4, -1, 4, -1, 0]))
    sizes = sorted(members.sum(axis=1).tolist())
    assert sizes == [1, 1, 1, 2]
    assert members.sum() == 5


def test_groups_are_drawn_whole_and_with_replacement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_shares, "N_DRAWS", 20_000)
    # The bootstrap by its definition: draw groups one by one, take their rows.
    rng = np.random.default_rng(0)
    sizes = rng.integers(1, 6, 60)
    groups = np.repeat(np.arange(60), sizes)
    rates = rng.beta(0.5, 1, 60)
    positive = rng.random(len(groups)) < rates[groups]
    by_group = [positive[groups == at] for at in range(60)]
    shares = []
    for _ in range(20_000):
        drawn = rng.integers(0, 60, 60).tolist()
        shares.append(np.concatenate([by_group[at] for at in drawn]).mean())
    low, high = share_intervals(csr_array(positive[:, None]), membership(groups), 0)
    ends = np.quantile(shares, (0.025, 0.975))
    assert [low[0], high[0]] == pytest.approx(ends.tolist(), abs=0.004)


def test_intervals_hold_the_share_of_the_population_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        sizes = rng.integers(1, 5, 80)
        groups = np.repeat(np.arange(80), sizes)
        has = (rng.random(80) < 0.3)[groups]
        low, high = share_intervals(csr_array(has[:, None]), membership(groups), 0)
        held += low[0] <= 0.3 <= high[0]
    assert 0.91 <= held / 300 <= 0.98


def test_the_order_of_rows_and_labels_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    groups, dense = rng.integers(0, 40, 300), rng.random((300, 4)) < 0.3
    expected = share_intervals(csr_array(dense), membership(groups), 0)
    rows, labels = rng.permutation(300), rng.permutation(4)
    found = share_intervals(csr_array(dense[rows][:, labels]), membership(groups[rows]), 0)
    for one, other in zip(found, expected, strict=True):
        assert one.tolist() == other[labels].tolist()


def test_few_groups_have_no_interval() -> None:
    positive = csr_array((np.arange(50) < 9)[:, None])
    low, high = share_intervals(positive, membership(np.arange(50)), 0)
    assert np.isnan([low[0], high[0]]).all()
