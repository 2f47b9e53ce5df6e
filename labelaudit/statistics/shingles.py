"""How much two texts share: the Jaccard index of their shingles, the runs of five characters."""

import numpy as np
from numpy.typing import NDArray

N_CHARACTERS = 5
MOST_CHARACTERS = 10_000  # of a text, from its beginning
ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio
FACTORS = ODD ** np.arange(1, N_CHARACTERS + 1, dtype=np.uint64)

Shingles = NDArray[np.uint64]


def shingles(text: str) -> Shingles:
    """Return the hashes of the different shingles of a text, ascending.

    Case and the kind and length of white space do not count; a text of fewer than five
    characters is one shingle. Of a long text the first 10,000 characters count.

    Examples
    --------
    >>> len(shingles("abcdefg")), len(shingles("AB")), len(shingles(" "))
    (3, 1, 0)
    """
    plain = " ".join(text[:MOST_CHARACTERS].casefold().split())
    if not plain:
        return np.empty(0, dtype=np.uint64)
    whole = plain.ljust(N_CHARACTERS, "\n")  # which no plain text has
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), "<u4")
    mixed = (codes + np.uint64(1)) * ODD  # all modulo 2**64
    mixed = (mixed ^ (mixed >> np.uint64(29))) * ODD
    runs = np.lib.stride_tricks.sliding_window_view(mixed ^ (mixed >> np.uint64(32)), N_CHARACTERS)
    hashes: Shingles = np.unique(runs @ FACTORS)
    return hashes


def jaccard(one: Shingles, other: Shingles) -> float:
    """Return the share of shingles that two texts have in common, of those that either has.

    Examples
    --------
    >>> jaccard(shingles("abcdef"), shingles("bcdefg"))
    0.3333333333333333
    """
    if min(len(one), len(other)) == 0:
        return 0.0
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)
