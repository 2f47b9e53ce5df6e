import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom

from labelaudit.statistics.intervals import clopper_pearson, jeffreys, wilson

# Label errors that workers confirmed of those reviewed, by dataset: cleanlab/label-errors.
CONFIRMED = {
    "mnist": (15, 100, 0.0865, 0.2353),
    "cifar10": (54, 275, 0.1511, 0.2483),
    "cifar100": (585, 2235, 0.2436, 0.2805),
    "caltech256": (458, 2360, 0.1783, 0.2106),
    "imagenet": (2916, 5440, 0.5227, 0.5494),
    "quickdraw": (1870, 2500, 0.7305, 0.7649),
    "20news": (82, 93, 0.7982, 0.9395),
    "imdb": (725, 1310, 0.5260, 0.5806),
    "amazon": (732, 1000, 0.7034, 0.7592),
}


def test_clopper_pearson_is_as_published() -> None:
    low, high = clopper_pearson([0, 1, 5, 10], [100, 100, 100, 10])
    assert low == pytest.approx([0, 0.000253, 0.016432, 0.691503], abs=1e-6)
    assert high == pytest.approx([0.036217, 0.054459, 0.112835, 1], abs=1e-6)


@pytest.mark.parametrize("name", CONFIRMED)
def test_the_confirmed_shares_of_published_reviews(name: str) -> None:
    wrong, reviewed, low, high = CONFIRMED[name]
    ends = clopper_pearson(wrong, reviewed)
    assert [float(end) for end in ends] == pytest.approx([low, high], abs=5.1e-5)


def test_wilson_is_as_published() -> None:
    low, high = wilson([0, 1, 5, 51, 3, 10], [100, 100, 100, 100, 300, 10])
    assert low == pytest.approx([0, 0.001767, 0.021544, 0.413480, 0.003407, 0.722467], abs=1e-6)
    assert high == pytest.approx([0.036993, 0.054486, 0.11175, 0.60578, 0.028983, 1], abs=1e-6)


def test_jeffreys_is_as_published() -> None:
    assert [float(end) for end in jeffreys(5, 100)] == pytest.approx([0.019332, 0.1061], abs=1e-6)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_are_their_definitions(counts: tuple[int, int]) -> None:
    wins, tries = counts
    low, high = clopper_pearson(wins, tries, 0.9)
    # At either end, a result as far out as this one has a probability of 5 %.
    assert wins == 0 or binom.sf(wins - 1, tries, low) == pytest.approx(0.05, abs=1e-6)
    assert wins == tries or binom.cdf(wins, tries, high) == pytest.approx(0.05, abs=1e-6)
    posterior = beta(wins + 0.5, tries - wins + 0.5)
    low, high = jeffreys(wins, tries)
    assert low == pytest.approx(posterior.ppf(0.025) if wins else 0, abs=1e-9)
    assert high == pytest.approx(posterior.ppf(0.975) if wins < tries else 1, abs=1e-9)


def test_without_a_trial_a_share_can_be_anything() -> None:
    for interval in (clopper_pearson, jeffreys):
        low, high = interval(np.array([0]), np.array([0]))
        assert (low.tolist(), high.tolist()) == ([0], [1])


def test_a_stratified_share_has_the_bounds_that_are_published() -> None:
    # Strata of 5 and 95 % of the items, 96 and 2 errors of 200 judged each.
    weights, wrong, judged = np.array([0.05, 0.95]), np.array([96, 2]), np.array([200, 200])
    shares = wrong / judged
    share = float(weights @ shares)
    assert share == pytest.approx(0.0335)
    low, high = wilson(wrong, judged)
    below, above = (np.sqrt(((weights * (shares - end)) ** 2).sum()) for end in (low, high))
    assert [share - below, share + above] == pytest.approx([0.025812, 0.058178], abs=1e-6)
    # Bonferroni: both intervals at once at 95 %, so each at 97.5 %.
    low, high = clopper_pearson(wrong, judged, 0.975)
    assert [weights @ low, weights @ high] == pytest.approx([0.020762, 0.066066], abs=1e-6)
