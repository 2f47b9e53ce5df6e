"""Join what people answered with what was asked, and with the verdicts that there are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from labelaudit.dataset import Dataset
from labelaudit.errors import InputError
from labelaudit.review.answers import Answers
from labelaudit.review.looks import content_of
from labelaudit.verdicts import Verdicts, from_rows, merge, out_of_order

LEAST_FOUND = 0.5  # of the judged items; a dataset may change while people judge


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Taken:
    """What was taken in.

    Attributes
    ----------
    verdicts
        All verdicts on the dataset, those of before included.
    words, reviewers
        How many judgements were taken in, by verdict and by who judged.
    n_blank
        Items of the files that are not judged yet.
    n_replaced
        Judgements of before that were replaced by another word.
    n_absent
        Judged items that are not where they were in the dataset.
    n_of_audits
        Judgements that are of a random sample.
    n_edited
        Rows of the files with another label than was asked about.
    passed_over
        Columns of the files that were not read.
    """

    verdicts: Verdicts
    words: Mapping[str, int]
    reviewers: Mapping[str, int]
    n_blank: int
    n_replaced: int
    n_absent: int
    n_of_audits: int
    n_edited: int
    passed_over: tuple[str, ...]


def take_in(answers: Sequence[Answers], dataset: Dataset, before: Verdicts | None) -> Taken:
    """Merge the judgements of several files into the verdicts that there are.

    Parameters
    ----------
    answers
        What the files hold; where two say different things of one item, one reviewer and one
        review, the later one stands.
    dataset
        The dataset that the verdicts will lie beside.
    before
        The verdicts that there are.

    Raises
    ------
    InputError
        When nothing is judged yet, the dataset has less than half of the judged items, or the
        judgements that a sample left out are missing.
    """
    new = [row for found in answers for row in found.verdicts.rows()]
    if not new:
        raise InputError(
            "--import: no item is judged yet",
            hint="fill in the column verdict, or save the answers from the page",
        )
    n_absent = _absent(from_rows(new), dataset)
    merged, n_replaced = before or from_rows([]), 0
    for found in answers:
        merged, replaced = merge(merged, found.verdicts)
        n_replaced += replaced
    _refuse_out_of_order(merged)
    return Taken(
        verdicts=merged,
        words=Counter(row["verdict"] for row in new),
        reviewers=Counter(row["reviewer"] for row in new),
        n_blank=sum(found.n_blank for found in answers),
        n_replaced=n_replaced,
        n_absent=n_absent,
        n_of_audits=sum(bool(row["audit"]) for row in new),
        n_edited=sum(found.n_edited for found in answers),
        passed_over=tuple(dict.fromkeys(name for found in answers for name in found.passed_over)),
    )


def _refuse_out_of_order(verdicts: Verdicts) -> None:
    """Refuse a sample of which the judgements that it left out were not taken in before it."""
    problems = [what for _, what in out_of_order(list(verdicts.rows()))]
    if problems:
        raise InputError(
            f"--import: {len(problems):,} judgements are of a sample drawn after others had been "
            "judged, and these are not in the file of verdicts",
            details=problems,
            hint="import first what was judged first, or name the file that has it by --verdicts",
        )


def _absent(verdicts: Verdicts, dataset: Dataset) -> int:
    """Count judged items that are not where they were; refuse a dataset where most are not."""
    judged = sorted(set(zip(verdicts.path, verdicts.content, strict=True)))
    places = pc.index_in(pa.array([path for path, _ in judged], pa.large_string()), dataset.paths)
    absent = [
        path
        for place, (path, content) in zip(places.to_pylist(), judged, strict=True)
        if place is None or content_of(dataset, place) != content
    ]
    if len(judged) - len(absent) < LEAST_FOUND * len(judged):
        raise InputError(
            f"{dataset.name}: {len(absent):,} of {len(judged):,} judged items are not in this "
            "dataset, or have changed",
            details=absent,
            hint="name the dataset of the report with --data",
        )
    return len(absent)
