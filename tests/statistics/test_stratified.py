from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from labelaudit.statistics.stratified import LEAST, Sample, draw, shared_out


def population(n: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    """Return scores with ties, the error probabilities that they stand for, and keys."""
    scores = np.round(np.random.default_rng(seed).normal(4, 3, n), 1)
    return scores, 1 / (1 + np.exp(scores)), [f"{at}.png" for at in range(n)]


def drawn_of(n_items: int, n: int, seed: int = 0) -> tuple[Sample, NDArray[np.bool_]]:
    scores, expected, keys = population(n_items)
    return draw(scores, expected, scores < 0, keys, n, seed), scores < 0


@settings(max_examples=60, deadline=None)
@given(n_items=st.integers(0, 600), n=st.integers(0, 300))
def test_a_sample_is_what_was_asked_for(n_items: int, n: int) -> None:
    sample, _ = drawn_of(n_items, n)
    assert len(np.unique(sample.items)) == len(sample.items) == min(n, n_items)
    assert np.bincount(sample.strata, minlength=len(sample.drawn)).tolist() == sample.drawn.tolist()
    assert (sample.drawn >= np.minimum(sample.sizes, min(LEAST, n))).all()
    assert (sample.drawn <= sample.sizes).all()
    assert sample.sizes.sum() == (n_items if len(sample.items) else 0)


@settings(max_examples=30, deadline=None)
@given(n_items=st.integers(1, 400), n=st.integers(1, 200), seed=st.integers(0, 5))
def test_the_order_of_rows_does_not_matter(n_items: int, n: int, seed: int) -> None:
    scores, expected, keys = population(n_items)
    order = np.random.default_rng(seed).permutation(n_items)
    one = draw(scores, expected, scores < 0, keys, n, seed)
    other = draw(
        scores[order], expected[order], scores[order] < 0, [keys[at] for at in order], n, seed
    )
    assert order[other.items].tolist() == one.items.tolist()
    assert other.strata.tolist() == one.strata.tolist()


def test_strata_hold_the_most_doubtful_first() -> None:
    sample, _ = drawn_of(2000, 200)
    scores, _, _ = population(2000)
    assert sample.sizes.tolist() == [40, 60, 100, 200, 400, 1200]
    ends = [scores[sample.items[sample.strata == at]] for at in range(len(sample.sizes))]
    assert all(worse.max() <= better.min() for worse, better in pairwise(ends))


def test_every_item_of_a_stratum_is_as_likely_as_the_others() -> None:
    n_seeds = 400
    times = np.zeros(300)
    sample, _ = drawn_of(300, 60)
    for seed in range(n_seeds):
        times[drawn_of(300, 60, seed)[0].items] += 1
    scores, _, _ = population(300)
    ranked = times[np.argsort(scores, kind="stable")]
    assert len(sample.sizes) == 2
    for start, size, drawn in zip((0, sample.sizes[0]), sample.sizes, sample.drawn, strict=True):
        inside = ranked[start + 10 : start + size - 10]  # ties move items over the border
        share = drawn / size
        spread = (inside - n_seeds * share) / np.sqrt(n_seeds * share * (1 - share))
        assert abs(spread).max() < 4.5
        assert (spread**2).mean() == pytest.approx(1, abs=0.4)


def test_the_order_shown_says_nothing_of_the_stratum() -> None:
    sample, _ = drawn_of(2000, 200)
    ranks = np.corrcoef(sample.strata, np.arange(len(sample.strata)))[0, 1]
    assert abs(ranks) < 0.2


def test_judged_items_are_left_out_of_the_strata() -> None:
    scores, expected, keys = population(500)
    already = np.arange(500) % 3 == 0
    sample = draw(scores, expected, scores < 0, keys, 100, 0, already=already)
    assert not already[sample.items].any()
    assert sample.sizes.sum() == (~already).sum()
    assert not len(draw(scores, expected, scores < 0, keys, 100, 0, already=scores < 99).items)


def test_items_of_unknown_score_can_be_drawn() -> None:
    scores, expected, keys = population(300)
    scores[:150], expected[:150] = np.nan, np.nan
    sample = draw(scores, expected, scores < 0, keys, 100, 0)
    assert (sample.items < 150).any()


@pytest.mark.parametrize(("share", "most"), [(0.2, 0.25), (0.4, 0.4)])
def test_flags_take_no_more_than_a_quarter_or_their_share(share: float, most: float) -> None:
    # Every flag is as doubtful as can be, everything else looks certain.
    n_items = 10_000
    scores = np.arange(n_items) / n_items
    flagged = scores < share
    keys = [str(at) for at in range(n_items)]
    sample = draw(scores, np.where(flagged, 0.5, 0.0), flagged, keys, 400, 0)
    assert int(flagged[sample.items].sum()) == pytest.approx(400 * most, abs=2)


def test_shares_are_whole_and_fit() -> None:
    weights, room = np.array([5.0, 0.0, 3.0, 2.0]), np.array([2, 9, 9, 0])
    assert shared_out(weights, room, 6).tolist() == [2, 0, 4, 0]
    assert shared_out(weights, room, 14).tolist() == [2, 3, 9, 0]
    assert shared_out(weights, room, 99).tolist() == room.tolist()
