"""Files that cannot be read, copies, copies whose labels contradict, and missing labels."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.decode import Oddity, Status
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.labels import Conflicts
from labelaudit.inputs.texts import ReadText
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.measures.integrity.copy_tables import group_sizes
from labelaudit.measures.integrity.text_integrity import in_words_of_texts
from labelaudit.measures.rankings import grouped
from labelaudit.report import Column, Table, Value
from labelaudit.statistics.groups import groups_of
from labelaudit.tabulate import Specification, exact_values

SPECIFICATIONS: tuple[Specification, ...] = (
    ("unlabelled_count", "Items without a label", "count", "lower"),
    ("unreadable_count", "Images that cannot be read", "count", "lower"),
    ("missing_count", "of these, missing or not to be opened", "count", "lower"),
    ("empty_count", "of these, empty files", "count", "lower"),
    ("truncated_count", "of these, truncated or damaged", "count", "lower"),
    ("not_an_image_count", "of these, no images that can be read", "count", "lower"),
    ("too_large_count", "of these, too large to be decoded", "count", "lower"),
    ("exact_duplicates_count", "Files that repeat another", "count", "lower"),
    ("contradictory_duplicates_count", "Equal files with different labels", "count", "lower"),
    ("duplicates_across_splits_count", "Equal files in different splits", "count", "lower"),
    ("groups_across_splits_count", "Groups with items in several splits", "count", "lower"),
)
ODDITIES = {
    Oddity.ROTATED: "rotated by EXIF",
    Oddity.SIXTEEN_BIT: "16 bits a channel",
    Oddity.CMYK: "CMYK",
    Oddity.ALPHA: "with transparency",
    Oddity.ANIMATED: "several frames, the first taken",
    Oddity.GRAYSCALE: "grayscale",
    Oddity.WINDOWED: "DICOM, by its own window or lookup table",
    Oddity.STRETCHED: "DICOM without a window, by the range of its numbers",
}


@measure(family="integrity", title="Integrity")
def integrity(
    labelled: NDArray[np.bool_],
    label_conflicts: Conflicts,
    splits: Splits,
    content: Content | None = None,
    file_copies: NDArray[np.int64] | None = None,
    item_groups: NDArray[np.int32] | None = None,
    texts: ReadText | None = None,
) -> Findings:
    """Count what is missing, broken or there twice: files or texts, labels and exact copies.

    Every file is opened, hashed and decoded; a text is as a file with its UTF-8. A file is a
    copy when its bytes equal another's (SHA-256). Copies contradict each other when their labels
    differ, so that at least one of them is wrong, whatever the criterion; copies in different
    splits leak, and so do groups (patients, sources, videos) that have items in several.

    Formula
    -------
    Repeats are the sum over groups of equal files of (size - 1). Contradictory files, and files
    across splits, are the sum of the sizes of the groups in which labels, or splits, differ. A
    copy without a label, and an uncertain or unknown state, contradict nothing.

    Range
    -----
    Counts from 0; lower is better.

    Undefined
    ---------
    What is said of files, for a manifest without images or texts; what is said of splits,
    without any; groups across splits, without groups; texts that were cut, without a text model.

    Not comparable
    --------------
    Copies of equal pixels in different encodings are not counted here. Texts are cut, or have no
    token, by the model that they are embedded with.

    Parameters
    ----------
    labelled
        Whether each item has a label, shape ``(n_samples,)``.
    label_conflicts
        Tells in which groups of items labels contradict each other.
    splits
        The split of each item.
    content
        What the files or texts say; None when the manifest names neither.
    file_copies
        A number an item that items of equal files share.
    item_groups
        Number of the group of each item; None when the manifest names none.
    texts
        Reads the text of an item; None when the items are images.

    Returns
    -------
    Counts, the kinds and sizes of images or the lengths of texts, and the items behind each count.

    Examples
    --------
    Four rows of a table, the last one without a label; patient 7 is in both splits:

    >>> splits = Splits(("test", "train"), np.int32([0, 1, 1, 1]))
    >>> found = integrity(
    ...     np.array([True, True, True, False]),
    ...     lambda groups: np.zeros(len(groups.starts), dtype=bool),
    ...     splits,
    ...     item_groups=np.int32([7, 7, 8, 8]),
    ... )
    >>> found.values[0].value, found.values[-1].value
    (1, 1)
    """
    n = len(labelled)
    numbers: dict[str, float | None] = dict.fromkeys(name for name, *_ in SPECIFICATIONS)
    numbers["unlabelled_count"] = int((~labelled).sum())
    unlabelled = np.flatnonzero(~labelled)
    rankings = [Ranking(name="unlabelled", title="Items without a label", items=unlabelled)]
    columns: dict[str, NDArray[np.generic]] = {"is_unlabelled": ~labelled}
    tables: tuple[Table, ...] = ()
    if item_groups is not None and splits.names:
        shared = groups_of(item_groups.astype(np.int64))
        shared = shared.only(shared.disagree(splits.codes))
        numbers["groups_across_splits_count"] = len(shared.starts)
        rankings.append(grouped("groups_across_splits", "Groups in several splits", shared))
        columns["is_group_across_splits"] = shared.marked(n)
    if content is not None and file_copies is not None:
        groups = groups_of(file_copies)
        contradictory = groups.only(label_conflicts(groups))
        leaked = groups.only(groups.disagree(splits.codes))
        numbers |= _status_counts(content) | {
            "exact_duplicates_count": int((groups.sizes - 1).sum()),
            "contradictory_duplicates_count": len(contradictory.items),
            "duplicates_across_splits_count": len(leaked.items) if splits.names else None,
        }
        rankings += [
            _unreadable(content),
            grouped("contradictory_duplicates", "Equal files with different labels", contradictory),
            grouped("duplicates_across_splits", "Equal files in different splits", leaked),
            grouped("exact_duplicates", "Equal files", groups),
        ]
        columns |= {
            "is_unreadable": ~content.readable,
            "is_exact_duplicate": groups.marked(n),
            "is_contradictory_duplicate": contradictory.marked(n),
            "is_duplicate_across_splits": leaked.marked(n),
        }
        tables = (_oddity_table(content), _size_table(content))
        if len(groups.starts):
            tables += (group_sizes(groups, "Groups of equal files by their size"),)
    found = Findings(
        values=_values(numbers),
        tables=tables,
        rankings=tuple(ranking for ranking in rankings if len(ranking.items)),
        columns=columns,
    )
    return found if texts is None else in_words_of_texts(found, content)


def _values(numbers: dict[str, float | None]) -> tuple[Value, ...]:
    no_images = numbers["exact_duplicates_count"] is None
    why = "The manifest names no images or texts." if no_images else "There are no splits."
    notes = {name: why for name, number in numbers.items() if number is None}
    if numbers["groups_across_splits_count"] is None:
        notes["groups_across_splits_count"] = "The manifest names no groups, or no splits."
    return exact_values(SPECIFICATIONS, numbers, notes)


def _status_counts(content: Content) -> dict[str, float | None]:
    counts = np.bincount(content.status, minlength=len(Status))
    by_name = {f"{status.name.lower()}_count": int(counts[status]) for status in Status}
    del by_name["ok_count"]
    return {"unreadable_count": int(counts.sum() - counts[Status.OK]), **by_name}


def _unreadable(content: Content) -> Ranking:
    items = np.flatnonzero(~content.readable)
    return Ranking(
        name="unreadable",
        title="Images that cannot be read",
        items=items,
        details=tuple(content.reasons[item] for item in items.tolist()),
    )


def _oddity_table(content: Content) -> Table:
    counts = {words: int((content.oddities & flag > 0).sum()) for flag, words in ODDITIES.items()}
    return Table(
        name="oddities",
        title="Images that were converted",
        columns=(Column(name="kind"), Column(name="count", unit="count")),
        rows=tuple((words, count) for words, count in counts.items() if count),
    )


def _size_table(content: Content) -> Table:
    sizes = content.sizes[content.readable]
    rows = [
        (name, int(values.min()), float(np.median(values)), int(values.max()))
        for name, values in zip(("width", "height"), sizes.T, strict=True)
        if len(values)
    ]
    names = ("side", "smallest", "median", "largest")
    return Table(
        name="sizes",
        title="Sizes in pixels",
        columns=tuple(Column(name=name) for name in names),
        rows=tuple(rows),
    )
