"""How many labels are suspected in each slice of a dataset, and in all the rest."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.label_judgement import Judgement
from labelaudit.inputs.slices import CLASS, Slicing
from labelaudit.inputs.verdicts import JudgedLabels
from labelaudit.measures.label_noise.audited_tables import rates_by
from labelaudit.statistics.domain_rates import DomainRates
from labelaudit.statistics.proportions import Difference, adjusted, share_difference

FEWEST: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SliceShares:
    """The slices of 30 judged items or more, one entry each.

    Attributes
    ----------
    by, names
        What was cut, and the slice.
    slicings, codes
        Position of the way to cut, and code of the slice in it.
    judged, suspected
        Items that were judged, and those of them that are suspected.
    difference
        Suspected share, that of all other items, and their difference.
    p_values
        Of no difference, adjusted for the number of slices.
    error_probability
        Mean probability of an error; NaN where the model cannot tell.
    n_small
        Slices with fewer judged items, which are left out.
    """

    by: list[str]
    names: list[str]
    slicings: NDArray[np.int64]
    codes: NDArray[np.int64]
    judged: NDArray[np.int64]
    suspected: NDArray[np.int64]
    difference: Difference
    p_values: NDArray[np.float64]
    error_probability: NDArray[np.float64]
    n_small: int

    def __len__(self) -> int:
        return len(self.names)

    @property
    def worse(self) -> NDArray[np.bool_]:
        """Whether each slice is worse than the rest, at 5 % false discoveries."""
        return (self.p_values < 0.05) & (self.difference.difference > 0)  # noqa: PLR2004

    def order(self) -> NDArray[np.int64]:
        """Return the slices, that first whose difference is surely largest."""
        return np.lexsort((np.arange(len(self)), -self.difference.low))


def slice_shares(slices: tuple[Slicing, ...], judgement: Judgement) -> SliceShares:
    """Count the suspected labels of every slice, and compare them with all other items."""
    parts = [_counts(at, slicing, judgement) for at, slicing in enumerate(slices)]
    at, codes, judged, suspected, errors = (
        np.concatenate(part) for part in zip(*parts, strict=True)
    )
    n, wrong = int(judgement.judged.sum()), int(judgement.suspected.sum())
    kept = (judged >= FEWEST) & (judged < n)
    small = int(((judged > 0) & (judged < FEWEST)).sum())
    at, codes, judged, suspected, errors = (
        part[kept] for part in (at, codes, judged, suspected, errors)
    )
    difference = share_difference(suspected, judged, wrong - suspected, n - judged)
    return SliceShares(
        by=[slices[each].by for each in at],
        names=[slices[each].names[code] for each, code in zip(at, codes, strict=True)],
        slicings=at,
        codes=codes,
        judged=judged,
        suspected=suspected,
        difference=difference,
        p_values=adjusted(difference.p_value),
        error_probability=errors / judged if judgement.tells_errors else np.full(len(at), np.nan),
        n_small=small,
    )


def _counts(at: int, slicing: Slicing, judgement: Judgement) -> tuple[NDArray[np.generic], ...]:
    """Return way to cut, code, judged, suspected and summed error probability of each slice."""
    n = len(slicing.names)
    inside = judgement.judged & (slicing.codes >= 0)
    codes = slicing.codes[inside]
    return (
        np.full(n, at),
        np.arange(n),
        np.bincount(codes, minlength=n),
        np.bincount(codes[judgement.suspected[inside]], minlength=n),
        np.bincount(codes, judgement.error_probability[inside], minlength=n),
    )


def audited(
    found: SliceShares,
    slices: tuple[Slicing, ...],
    verdicts: JudgedLabels,
    there: NDArray[np.bool_],
) -> DomainRates:
    """Return the audited rate of every slice, by the samples that a rate follows from.

    Parameters
    ----------
    found
        The slices.
    slices
        The ways to cut that they are of.
    verdicts
        What was judged, with usable samples alone.
    there
        Which items are labelled and can be opened.
    """
    columns = np.full((4, len(found)), np.nan)
    for at, slicing in enumerate(slices):
        codes = np.append(slicing.codes, np.int32(-1))
        then = [
            items.labels if slicing.by == CLASS else codes[items.rows]
            for items in (*(sample.items for sample in verdicts.samples), verdicts.items)
        ]
        today = np.where(there, slicing.codes, np.int32(-1))
        rates, _, _ = rates_by(verdicts, then[:-1], then[-1], today, len(slicing.names))
        mine = found.slicings == at
        every = np.stack([rates.judged, rates.shares, rates.low, rates.high])
        columns[:, mine] = every[:, found.codes[mine]]
    judged, shares, low, high = columns
    return DomainRates(judged=judged.astype(np.int64), shares=shares, low=low, high=high)
