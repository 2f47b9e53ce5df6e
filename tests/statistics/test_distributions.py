import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.statistics.distributions import compared_pairs, distance

COUNTS = np.array([50, 30, 20]), np.array([30, 30, 40])


def test_numbers_of_the_reference() -> None:
    found = distance(*COUNTS)
    assert found.jensen_shannon == pytest.approx(0.042738, abs=1e-6)
    assert found.jensen_shannon * math.log(2) == pytest.approx(0.029623, abs=1e-6)
    assert math.sqrt(found.jensen_shannon) == pytest.approx(0.206731, abs=1e-6)
    assert found.total_variation == pytest.approx(0.2)
    assert found.chi_squared == pytest.approx(11.666667, abs=1e-6)
    assert found.p_value == pytest.approx(0.0029283, abs=1e-7)
    assert found.cramers_v == pytest.approx(0.241523, abs=1e-6)
    assert found.psi == pytest.approx(0.240795, abs=1e-6)
    assert found.hellinger == pytest.approx(0.172797, abs=1e-6)
    assert not found.permuted


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=8).filter(
        lambda pairs: any(one for one, _ in pairs) and any(other for _, other in pairs)
    )
)
def test_distances_match_their_definitions(pairs: list[tuple[int, int]]) -> None:
    one, other = (np.array(side) for side in zip(*pairs, strict=True))
    found = distance(one, other)
    n, m = one.sum(), other.sum()
    divergence = chi_squared = psi = hellinger = 0.0
    for a, b in pairs:
        p, q = a / n, b / m
        middle = (p + q) / 2
        divergence += sum(x * math.log2(x / middle) / 2 for x in (p, q) if x)
        hellinger += (math.sqrt(p) - math.sqrt(q)) ** 2 / 2
        for seen, size in ((a, n), (b, m)):
            expected = (a + b) * size / (n + m)
            chi_squared += (seen - expected) ** 2 / expected if expected else 0
        psi += (p - q) * math.log(p / q) if a and b else (math.nan if a or b else 0)
    assert found.jensen_shannon == pytest.approx(divergence, abs=1e-9)
    assert found.hellinger == pytest.approx(math.sqrt(hellinger), abs=1e-9)
    assert found.chi_squared == pytest.approx(chi_squared, abs=1e-9)
    assert found.psi == pytest.approx(psi, abs=1e-9, nan_ok=True)
    assert found.degrees == sum(a + b > 0 for a, b in pairs) - 1
    assert math.isnan(found.p_value) == (found.degrees == 0)


def test_the_divergence_by_chance_is_its_mean_under_equality() -> None:
    rng = np.random.default_rng(0)
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    drawn = [
        distance(rng.multinomial(400, shares), rng.multinomial(900, shares)) for _ in range(2000)
    ]
    mean = np.mean([found.jensen_shannon for found in drawn])
    assert drawn[0].by_chance == pytest.approx(mean, rel=0.05)


def test_small_counts_are_permuted_and_the_p_value_is_that_of_all_permutations() -> None:
    one, other = np.array([4, 1, 1]), np.array([1, 1, 3])
    found = distance(one, other)
    labels = [0] * 5 + [1] * 2 + [2] * 4
    statistics = []
    for chosen in set(permutations(labels, 6)):
        counts = np.bincount(chosen, minlength=3)
        ways = math.prod(
            math.comb(total, count) for total, count in zip((5, 2, 4), counts, strict=True)
        )
        statistics.append((tuple(counts), ways))
    tables = dict(statistics)
    as_far = sum(
        ways
        for counts, ways in tables.items()
        if distance(np.array(counts), np.array([5, 2, 4]) - counts).chi_squared
        >= found.chi_squared - 1e-9
    )
    assert found.permuted
    assert found.p_value == pytest.approx(as_far / math.comb(11, 6), abs=0.02)


def test_the_order_of_classes_changes_no_permutation() -> None:
    one, other = np.array([4, 1, 1, 7]), np.array([1, 1, 3, 2])
    expected = distance(one, other)
    for order in permutations(range(4)):
        found = distance(one[list(order)], other[list(order)])
        assert found.p_value == expected.p_value


def test_pairs_are_all_of_five_and_with_the_largest_of_more() -> None:
    assert len(compared_pairs([3, 4, 5, 6, 7])) == 10
    assert compared_pairs([3, 9, 5, 0, 6, 7, 1]) == [(1, 0), (1, 2), (1, 4), (1, 5), (1, 6)]
    assert compared_pairs([5, 0]) == compared_pairs([]) == []
