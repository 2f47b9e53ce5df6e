import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labelaudit.statistics.paired_accuracy import Gap, gap_of, paired_gap
from labelaudit.statistics.ranking_swap import find_swap, swap_prevalence

LEADS = st.floats(-1, 1, allow_subnormal=False)


def test_the_published_flip() -> None:
    assert swap_prevalence(0.95 - 0.94, 0.30 - 0.45) == pytest.approx(0.0625)


@given(LEADS, LEADS)
def test_models_swap_where_their_mixtures_are_equal(on_clean: float, on_wrong: float) -> None:
    assume(min(abs(on_clean), abs(on_wrong)) > 1e-6)
    at = swap_prevalence(on_clean, on_wrong)
    if at is None:
        # The same model is ahead at every share of wrong labels.
        leads = [(1 - nu) * on_clean + nu * on_wrong for nu in np.linspace(0, 1, 101)]
        assert len(set(np.sign(leads))) == 1
    else:
        assert 0 <= at <= 1
        assert (1 - at) * on_clean + at * on_wrong == pytest.approx(0, abs=1e-9)


def test_at_the_ends_of_the_range() -> None:
    assert swap_prevalence(0.0, 0.2) == 0
    assert swap_prevalence(0.2, 0.0) == 1
    assert swap_prevalence(0.0, 0.0) is None


@given(
    st.tuples(*[st.integers(0, 60)] * 2),
    st.tuples(*[st.integers(0, 20)] * 2),
    st.floats(0.01, 0.5),
    st.floats(0, 1e-3),
)
def test_the_set_is_where_the_lead_is_within_two_standard_errors_of_none(
    all_only: tuple[int, int], wrong_only: tuple[int, int], share: float, variance: float
) -> None:
    gap, on_wrong = paired_gap(*all_only, 1000), paired_gap(*wrong_only, 50)
    swap = find_swap(gap, on_wrong, share, variance)
    inside = [nu for nu in np.linspace(0, 1, 401) if _allowed(gap, on_wrong, share, variance, nu)]
    if swap.prevalence is not None:
        inside.append(swap.prevalence)
    if swap.low is None or swap.high is None:
        assert not inside
        return
    assert 0 <= swap.low <= swap.high <= 1
    for nu in inside:
        assert swap.low - 1e-9 <= nu <= swap.high + 1e-9
    if inside:
        assert min(inside) - swap.low <= 1 / 400 + 1e-9
        assert swap.high - max(inside) <= 1 / 400 + 1e-9


def _allowed(gap: Gap, on_wrong: Gap, share: float, variance: float, nu: float) -> bool:
    lead = gap.center * (1 - nu) + on_wrong.center * (nu - share)
    shared = on_wrong.variance * on_wrong.n / gap.n
    spread = (1 - nu) ** 2 * gap.variance + (nu - share) ** 2 * on_wrong.variance
    spread += 2 * (1 - nu) * (nu - share) * shared + on_wrong.center**2 * variance
    return bool(lead**2 <= 1.959963984540054**2 * spread)


def test_where_all_labels_are_known_the_leads_are_those_of_the_two_subsets() -> None:
    rng = np.random.default_rng(1)
    wrong = np.arange(1000) < 100
    first = rng.random(1000) < np.where(wrong, 0.30, 0.95)
    second = rng.random(1000) < np.where(wrong, 0.45, 0.94)
    swap = find_swap(gap_of(first, second), gap_of(first[wrong], second[wrong]), 0.1, 0.0)
    lead = first.astype(int) - second
    assert swap.on_clean == pytest.approx(lead[~wrong].mean())
    assert swap.on_wrong == pytest.approx(lead[wrong].mean())


@pytest.mark.slow
@pytest.mark.parametrize("n_wrong", [30, 100, 500])
def test_the_set_holds_the_true_share_about_95_times_in_100(n_wrong: int) -> None:
    # Of 5,000 items, 500 wrong labels are all known, or some are drawn: the published flip.
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        wrong = np.arange(5000) < 500
        first = rng.random(5000) < np.where(wrong, 0.30, 0.95)
        second = rng.random(5000) < np.where(wrong, 0.45, 0.94)
        drawn = rng.choice(500, n_wrong, replace=False)
        share = 0.1 if n_wrong == 500 else rng.binomial(n_wrong * 10, 0.1) / (n_wrong * 10)
        variance = 0.0 if n_wrong == 500 else share * (1 - share) / (n_wrong * 10)
        swap = find_swap(
            gap_of(first, second), gap_of(first[drawn], second[drawn]), share, variance
        )
        covered += (
            swap.low is not None and swap.high is not None and swap.low <= 0.0625 <= swap.high
        )
    assert 0.93 <= covered / 400 <= 1
