"""True classes and annotators' errors, both unknown, by the model of Dawid and Skene.

An item has one true class, and an annotator errs by the class alone: the annotators of an item
are independent given its class. Shares of classes and rates of errors are those of greatest
likelihood, found by expectation maximization that starts from the shares of votes. Nothing is
smoothed: adding 1 to each count changes labels on the data that the authors published.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.blocks import row_blocks
from labelaudit.statistics.votes import Votes

TOLERANCE = 1e-9
MAX_ITERATIONS = 2000
Floats = NDArray[np.float64]
Block = tuple[csr_array, csr_array, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class DawidSkene:
    """The fitted model.

    Attributes
    ----------
    shares
        Share of the items whose true class each is, shape ``(n_classes,)``.
    rates
        Rate at which an annotator gives the label of a voice to items of each true class,
        shape ``(n_voices, n_classes)``; 0 where none of that one's items are of the class.
    accuracy
        Share of right labels of each annotator if given items of these shares of classes, shape
        ``(n_annotators,)``.
    log_likelihood
        In nats, of all judgements.
    n_iterations
        Steps that were made.
    converged
        Whether the last step changed the log likelihood by less than ``1e-9`` of itself.
    """

    shares: Floats
    rates: Floats
    accuracy: Floats
    log_likelihood: float
    n_iterations: int
    converged: bool

    def posteriors(self, votes: Votes) -> Iterator[tuple[slice, Floats]]:
        """Yield blocks of items and the probability that each class is their true one."""
        log_shares, log_rates = _log(self.shares), _log(self.rates)
        for block in row_blocks(votes.n_items):
            yield block, _expected(log_shares, log_rates, votes.counts[block])[0]


def dawid_skene(votes: Votes) -> DawidSkene:
    """Fit the model.

    Parameters
    ----------
    votes
        Judgements; every item has one at least. The same annotator may judge an item more than
        once.

    References
    ----------
    Dawid and Skene, Maximum likelihood estimation of observer error-rates using the EM
    algorithm, Applied Statistics 28, 1979.

    Examples
    --------
    Two careful annotators and one who calls everything a cat (0), on six items:

    >>> from labelaudit.statistics.votes import count_votes
    >>> judged = np.int32([0, 0, 0, 1, 1, 1] * 2 + [0] * 6)
    >>> who = np.repeat([0, 1, 2], 6)
    >>> model = dawid_skene(count_votes(np.tile(np.arange(6), 3), who, judged, 6, 2))
    >>> model.accuracy.round(3).tolist(), model.converged
    ([1.0, 1.0, 0.5], True)
    """
    blocks = list(_pattern_blocks(votes))
    one_hot = votes.one_hot

    def vote_shares(counts: csr_array) -> tuple[Floats, Floats]:
        given = (counts @ one_hot).toarray()
        return given / given.sum(axis=1, keepdims=True), np.zeros(len(given))

    shares, rates, _ = _step(votes, blocks, vote_shares)
    found, converged, n_iterations = -np.inf, False, 0
    while not converged and n_iterations < MAX_ITERATIONS:
        expect = partial(_expected, _log(shares), _log(rates))
        before, n_iterations = found, n_iterations + 1
        new_shares, new_rates, found = _step(votes, blocks, expect)
        converged = abs(found - before) <= TOLERANCE * abs(found)
        if not converged:
            shares, rates = new_shares, new_rates
    right = rates[np.arange(len(votes.labels)), votes.labels] * shares[votes.labels]
    return DawidSkene(shares, rates, votes.by_annotator(right), found, n_iterations, converged)


def _pattern_blocks(votes: Votes) -> Iterator[Block]:
    """Yield the distinct rows of a table of votes, in blocks, and how many items have each."""
    nodes = np.zeros(votes.n_items, dtype=np.int64)
    counts = votes.counts
    lengths = np.diff(counts.indptr)
    most = int(counts.data.max(initial=0)) + 1
    # Rows are numbered as in a trie, one voice and its votes at a time; a row that has ended
    # repeats its last cell, which no longer row has there.
    for depth in range(int(lengths.max(initial=0))):
        cells = counts.indptr[:-1] + np.minimum(depth, lengths - 1)
        here = counts.indices[cells] * most + counts.data[cells].astype(np.int64)
        _, nodes = np.unique(nodes * (len(votes.labels) * most) + here, return_inverse=True)
    _, first, sizes = np.unique(nodes, return_index=True, return_counts=True)
    for block in row_blocks(len(first)):
        rows = counts[first[block]]
        yield rows, rows.T.tocsr(), sizes[block, None].astype(np.float64)


def _step(
    votes: Votes, blocks: Sequence[Block], expect: Callable[[csr_array], tuple[Floats, Floats]]
) -> tuple[Floats, Floats, float]:
    """Return shares and rates of greatest likelihood for expected classes, and the likelihood."""
    shares = np.zeros(votes.n_classes)
    rates = np.zeros((len(votes.labels), votes.n_classes))
    log_likelihood = 0.0
    for counts, by_voice, sizes in blocks:
        posterior, logs = expect(counts)
        log_likelihood += float(sizes[:, 0] @ logs)
        shares += (sizes * posterior).sum(axis=0)
        rates += by_voice @ (sizes * posterior)
    _, starts, numbers = np.unique(votes.annotators, return_index=True, return_inverse=True)
    totals = np.add.reduceat(rates, starts, axis=0)[numbers]
    np.divide(rates, totals, out=rates, where=totals > 0)
    return shares / shares.sum(), rates, log_likelihood


def _expected(log_shares: Floats, log_rates: Floats, counts: csr_array) -> tuple[Floats, Floats]:
    """Return the probability of each class for each item, and the items' log likelihoods."""
    logs = counts @ log_rates + log_shares
    top = logs.max(axis=1, keepdims=True)
    weights = np.exp(logs - top)
    total = weights.sum(axis=1, keepdims=True)
    return weights / total, (top + np.log(total))[:, 0]


def _log(numbers: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.log(numbers)
