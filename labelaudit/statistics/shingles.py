"""How much two texts share: the Jaccard index of their shingles, the runs of five characters."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

N_CHARACTERS = 5
MOST_CHARACTERS = 10_000  # of a text, from its beginning

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
    ends = range(N_CHARACTERS, max(len(plain), N_CHARACTERS) + 1)
    found = {plain[end - N_CHARACTERS : end] for end in ends} if plain else set()
    hashes: Shingles = pd.util.hash_array(np.array(sorted(found), dtype=object))
    return np.sort(hashes)


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
