"""Items that are nearly the same: neighbors in the embedding, confirmed by what they hold."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.columns import Splits
from labelaudit.inputs.labels import Conflicts
from labelaudit.inputs.near_copies import (
    MAX_DIFFERENCE,
    MIN_JACCARD,
    MOST_DIFFERENCE,
    N_CANDIDATES,
    OF_FARTHEST,
)
from labelaudit.inputs.texts import ReadText
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.measures.integrity.copy_tables import group_sizes
from labelaudit.measures.rankings import grouped
from labelaudit.report import Scalar
from labelaudit.statistics.groups import Groups, groups_of
from labelaudit.statistics.shingles import MOST_CHARACTERS, N_CHARACTERS
from labelaudit.tabulate import Specification, exact_values

SPECIFICATIONS: tuple[Specification, ...] = (
    ("near_duplicates_count", "Items in groups of near duplicates", "count", "lower"),
    (
        "contradictory_near_duplicates_count",
        "of these, in groups with different labels",
        "count",
        "lower",
    ),
    ("near_duplicates_across_splits_count", "of these, in groups across splits", "count", "lower"),
)
BY_LIMIT = "it counts what is beyond a limit; copies that are cropped or mirrored are missed"


@measure(family="integrity", title="Near duplicates")
def near_duplicates(
    near_copies: NDArray[np.int64],
    file_copies: NDArray[np.int64],
    label_conflicts: Conflicts,
    splits: Splits,
    texts: ReadText | None = None,
) -> Findings:
    """Find items that are copies of each other but for compression, size or small edits.

    Candidates are an item's five nearest neighbors in the embedding. An image is confirmed
    by the pixels: a 16 x 16 gray copy of each is brought to mean 0 and length 1, and the two
    must nearly coincide. A text is confirmed by its characters: the two must share nearly all
    runs of five, whatever their case and white space. Confirmed pairs join into groups. Exact
    copies are left to *integrity*: a group of which all files are equal is none here.

    Formula
    -------
    Images: || g_i / |g_i| - g_j / |g_j| || <= 0.15 for gray copies g less their mean, which is a
    correlation of at least 0.989. Where the farthest of an item's five candidates is at f, up to
    0.18 f is allowed, at most 0.25: photographs differ far more than drawings of one kind do.
    Texts: the Jaccard index |s_i and s_j| / |s_i or s_j| of their
    sets s of five-character shingles is at least 0.8; of a text the first 10,000 characters
    count. An item of a confirmed pair counts, once.

    Of photographs, this finds 99 % and more of the copies that were saved as JPEG at quality 30 or
    better, resized, darkened, blurred by a pixel or made noisy, 97 % of those made lighter by 1.3,
    three fourths of those of which 2 % were cut off on each side, 4 % of those that lost 5 %, and
    no mirrored ones; 300 photographs of 64 x 64 had no false pair.

    Range
    -----
    Counts of items from 0; lower is better.

    Undefined
    ---------
    Without items that can be read, or embeddings; across splits, without splits. A flat image,
    of one gray, has no direction and is left out.

    Not comparable
    --------------
    Between tolerances, or between images and texts. Cropped, mirrored or rotated copies are
    mostly not found, and different images of very plain content may be taken for copies, as may
    texts of one template: the groups are to be looked at.

    Parameters
    ----------
    near_copies
        A number an item that exact and near copies share.
    file_copies
        A number an item that items of equal files share.
    label_conflicts
        Tells in which groups of items labels contradict each other.
    splits
        The split of each item.
    texts
        Reads the text of an item; None when the items are images.

    Returns
    -------
    Counts, and the groups.

    Raises
    ------
    MissingInputError
        By its inputs: without items that can be read, or embeddings.

    References
    ----------
    Shingles: A. Broder (1997), "On the resemblance and containment of documents".
    """
    parameters: dict[str, Scalar] = {
        "max_difference": MAX_DIFFERENCE,
        "most_difference": MOST_DIFFERENCE,
        "of_farthest": OF_FARTHEST,
    }
    if texts is not None:
        parameters = {
            "min_jaccard": MIN_JACCARD,
            "shingle_characters": N_CHARACTERS,
            "most_characters": MOST_CHARACTERS,
        }
    groups = groups_of(near_copies)
    groups = groups.only(groups.disagree(file_copies))
    contradictory = groups.only(label_conflicts(groups))
    leaked = groups.only(groups.disagree(splits.codes))
    numbers = {
        "near_duplicates_count": len(groups.items),
        "contradictory_near_duplicates_count": len(contradictory.items),
        "near_duplicates_across_splits_count": len(leaked.items) if splits.names else None,
    }
    missing = "" if splits.names else "There are no splits."
    return Findings(
        values=exact_values(
            SPECIFICATIONS, numbers, {"near_duplicates_across_splits_count": missing}, BY_LIMIT
        ),
        tables=(group_sizes(groups, "Groups of near duplicates by their size"),)
        if len(groups.starts)
        else (),
        rankings=_rankings(groups, contradictory),
        parameters=parameters | {"candidates": N_CANDIDATES},
        columns={"is_near_duplicate": groups.marked(len(file_copies))},
    )


def _rankings(groups: Groups, contradictory: Groups) -> tuple[Ranking, ...]:
    shown = (
        ("contradictory_near_duplicates", "Near duplicates with different labels", contradictory),
        ("near_duplicates", "Near duplicates", groups),
    )
    return tuple(grouped(*each) for each in shown if len(each[2].items))
