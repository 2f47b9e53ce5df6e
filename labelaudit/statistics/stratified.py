"""Draw a sample for people to judge, from strata of items that are about equally doubtful."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

CUTS: Final = (0.02, 0.05, 0.1, 0.2, 0.4)  # shares of the items, worst first
LEAST: Final = 8  # judgements of a stratum, unless it has fewer items
FLOOR_SHARE: Final = 1 / 3  # of the judgements that may go into these minima
FLAGGED_SHARE: Final = 0.25  # of the judgements, or the flagged share of the items if it is more
LEAST_EXPECTED: Final = 0.1  # no stratum is taken to be purer than this, nor one less this


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """A drawn sample.

    Attributes
    ----------
    items
        Rows that were drawn, in an order that says nothing of their stratum, shape ``(n,)``.
    strata
        Stratum of each of them, the most doubtful being 0, shape ``(n,)``.
    sizes, drawn
        Items of each stratum, and how many of them were drawn, shape ``(n_strata,)``.
    """

    items: NDArray[np.int64]
    strata: NDArray[np.int64]
    sizes: NDArray[np.int64]
    drawn: NDArray[np.int64]


def draw(
    scores: NDArray[np.floating],
    expected: NDArray[np.floating],
    flagged: NDArray[np.bool_],
    keys: Sequence[str],
    n: int,
    seed: int,
    *,
    already: NDArray[np.bool_] | None = None,
) -> Sample:
    """Draw a sample stratified by score, the same for any order of the rows.

    The strata are cut by rank of the score at 2, 5, 10, 20 and 40 % of the items, and
    neighboring ones merged until at most a third of the judgements goes into minima of 8 a
    stratum. The rest is in proportion to ``W sqrt(g (1 - g))`` of a stratum's share W of the
    items and expected share g of errors (Neyman's allocation). Where that would give flagged
    items more than a quarter of the judgements, and more than their share of the items, the
    strata that hold them get less, their minima excepted: a detector that misses most errors
    would otherwise make the sample worse than a simple random one.

    Parameters
    ----------
    scores
        How sure each label is, low for doubtful, shape ``(n_samples,)``; NaN, for unknown, is
        sorted behind the others.
    expected
        Expected probability that each label is wrong; an estimate steers the allocation, and is
        no part of the rate.
    flagged
        Whether each label is suspected.
    keys
        A text of each item that stays the same when the dataset is read in another order, such as
        the hash of its content with its path. Equal keys are told apart by their order.
    n
        Judgements wanted; with as many items or fewer, all are drawn.
    seed
        Seed of the draw.
    already
        Items to leave out, because they were judged before; they are not in the strata.

    Returns
    -------
    The sample; empty when nothing is left.

    Examples
    --------
    >>> scores = np.arange(1000.0)
    >>> keys = [f"{at}.png" for at in range(1000)]
    >>> sample = draw(scores, 1 / (1 + scores), scores < 10, keys, 200, seed=0)
    >>> sample.sizes.tolist(), sample.drawn.tolist()
    ([20, 30, 50, 100, 200, 600], [12, 12, 16, 23, 38, 99])
    """
    left = np.arange(len(scores)) if already is None else np.flatnonzero(~already)
    n = min(n, len(left))
    if n <= 0:
        none = np.empty(0, dtype=np.int64)
        return Sample(items=none, strata=none, sizes=none, drawn=none)
    chance, shuffle = np.zeros((2, len(scores)), dtype=np.uint64)
    chance[left], shuffle[left] = _hashes([keys[item] for item in left.tolist()], seed)
    ranked = left[np.lexsort((chance[left], scores[left]))]
    likely = np.nan_to_num(expected[ranked].astype(np.float64), nan=0.5)
    bounds = _bounds(likely, n)
    drawn = _allocation(bounds, likely, flagged[ranked], n)
    strata = [ranked[start:stop] for start, stop in pairwise(bounds)]
    chosen = [
        items[np.argsort(chance[items], kind="stable")][:count]
        for items, count in zip(strata, drawn, strict=True)
    ]
    items = np.concatenate(chosen)
    shown = np.argsort(shuffle[items], kind="stable")
    return Sample(
        items=items[shown],
        strata=np.repeat(np.arange(len(drawn)), drawn)[shown],
        sizes=np.diff(bounds),
        drawn=drawn,
    )


def _hashes(keys: Sequence[str], seed: int) -> NDArray[np.uint64]:
    """Return two numbers for each key, ``(2, n)``: by either, an order is as good as drawn."""
    salt = str(seed).encode()
    digests = (
        hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=16, key=salt).digest()
        for key in keys
    )
    return np.frombuffer(b"".join(digests), dtype="<u8").reshape(-1, 2).T


def _bounds(expected: NDArray[np.float64], n: int) -> NDArray[np.int64]:
    """Return where the strata of ranked items begin, and where the last ends."""
    cuts = np.ceil(np.array(CUTS) * len(expected)).astype(np.int64)
    bounds = np.unique(np.concatenate([[0], cuts, [len(expected)]]))
    most = max(1, int(FLOOR_SHARE * n) // LEAST)
    while len(bounds) - 1 > most:
        weights = _weights(expected, bounds)
        bounds = np.delete(bounds, np.argmin(weights[:-1] + weights[1:]) + 1)
    return bounds


def _allocation(
    bounds: NDArray[np.int64], expected: NDArray[np.float64], flagged: NDArray[np.bool_], n: int
) -> NDArray[np.int64]:
    """Return how many items of each stratum to draw."""
    sizes, weights = np.diff(bounds), _weights(expected, bounds)
    floor = np.minimum(sizes, min(LEAST, n))
    room, rest = sizes - floor, n - int(floor.sum())
    share = np.add.reduceat(flagged.astype(float), bounds[:-1]) / sizes
    most = n * max(FLAGGED_SHARE, float(flagged.mean()))

    def allocated(damping: float) -> NDArray[np.int64]:
        return floor + shared_out(weights * (1 - damping * share), room, rest)

    if allocated(0) @ share <= most:
        return allocated(0)
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if allocated(middle) @ share <= most else (middle, high)
    return allocated(high)


def _weights(expected: NDArray[np.float64], bounds: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return each stratum's size times the expected standard deviation of an error in it."""
    sizes = np.diff(bounds)
    share = np.add.reduceat(expected, bounds[:-1]) / sizes
    share = np.clip(share, LEAST_EXPECTED, 1 - LEAST_EXPECTED)
    weights: NDArray[np.float64] = sizes * np.sqrt(share * (1 - share))
    return weights


def shared_out(weights: NDArray[np.generic], room: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Share out ``n`` in whole numbers in proportion to weights, none more than it has room for.

    What is left over by rounding down goes to the largest remainders, the first of equal ones.

    Examples
    --------
    >>> shared_out(np.array([8.0, 1.0, 1.0]), np.array([4, 10, 10]), 9).tolist()
    [4, 3, 2]
    """
    n = min(n, int(room.sum()))
    got = np.zeros(len(room))
    while got.sum() < n - 0.5:
        open_ = np.where(got < room, np.maximum(weights, 1e-12), 0)
        got = np.minimum(got + (n - got.sum()) * open_ / open_.sum(), room)
    whole = np.floor(got + 1e-9).astype(np.int64)
    rest = np.where(whole < room, got - whole, -1)
    whole[np.argsort(-rest, kind="stable")[: n - int(whole.sum())]] += 1
    return whole
