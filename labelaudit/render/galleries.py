"""What of a gallery is shown as pictures or excerpts, and what as a table."""

import re
from collections import Counter
from itertools import groupby
from typing import Final

from labelaudit.report import Column, Gallery, Report, Sample, Scalar, Table

N_EXCERPTS: Final = 48  # texts of a gallery that are shown as they begin; the others in a table
LONGEST: Final = 80  # characters of a label on a card; the picture's text has all of them
HEAD: Final = 44
TAIL: Final = 24

Runs = list[list[Sample]]


def _shown(gallery: Gallery, report: Report) -> list[Sample]:
    """Return the samples that have a thumbnail, and the first of those that have an excerpt."""
    excerpts = [sample for sample in gallery.samples if sample.excerpt is not None]
    shown = set(map(id, excerpts[:N_EXCERPTS]))
    return [
        sample
        for sample in gallery.samples
        if sample.thumbnail in report.thumbnails or id(sample) in shown
    ]


def pictured(gallery: Gallery, report: Report) -> Runs:
    """Return the samples that are shown as they are, in runs of those that belong together."""
    samples = _shown(gallery, report)
    return [list(run) for _, run in groupby(samples, key=lambda sample: sample.group)]


def opened(runs: Runs, most: int) -> tuple[Runs, Runs]:
    """Part runs of samples into those that are seen at once and those that are folded.

    Parameters
    ----------
    runs
        Samples that belong together, as `pictured` returns them.
    most
        How many samples are seen at once. A run is parted only when it is longer itself.
    """
    first: Runs = []
    for at, run in enumerate(runs):
        room = most - sum(map(len, first))
        if len(run) <= room:
            first.append(run)
        elif room == most:
            return [run[:room]], [run[room:], *runs[at + 1 :]]
        else:
            return first, runs[at:]
    return first, []


def unpictured(gallery: Gallery, report: Report) -> Table:
    """Return the other samples as a table, without columns that are empty."""
    shown = set(map(id, _shown(gallery, report)))
    samples = [sample for sample in gallery.samples if id(sample) not in shown]
    columns: dict[str, list[Scalar]] = {
        "path": [sample.path for sample in samples],
        "split": [sample.split for sample in samples],
        "given_label": [sample.given_label for sample in samples],
        "suggested_label": [sample.suggested_label for sample in samples],
        "score": [sample.score for sample in samples],
        "group": [sample.group for sample in samples],
        "detail": [sample.detail or None for sample in samples],
        "beside": [beside(sample) or None for sample in samples],
        "excerpt": [sample.excerpt for sample in samples],
    }
    title = "Without a picture" if report.dataset.modality == "image" else "More, as a table"
    used = {name: cells for name, cells in columns.items() if any(c is not None for c in cells)}
    return Table(
        name=gallery.name,
        title=title if shown else gallery.title,
        columns=tuple(Column(name=name) for name in used),
        rows=tuple(zip(*used.values(), strict=True)),
    )


def beside(sample: Sample) -> str:
    """Return the labels of a sample's neighbors in words, such as ``3 cat, 1 dog``."""
    return ", ".join(f"{amount} {label}" for label, amount in labels_beside(sample).items())


def labels_beside(sample: Sample) -> dict[str, int]:
    """Return how many neighbors of a sample have each label, the most frequent first."""
    found = Counter(near.given_label or "unlabelled" for near in sample.neighbors)
    return dict(found.most_common())


def shortened(label: str) -> str:
    """Return a label with its middle left out where it is too long for a card."""
    return label if len(label) <= LONGEST else f"{label[:HEAD]}…{label[-TAIL:]}"


def detail_of(sample: Sample) -> list[tuple[str, bool]]:
    """Return the evidence of a sample in parts, and whether each part is a label.

    So that a label in a script from right to left does not reorder the numbers beside it.
    """
    labels = {sample.given_label, sample.suggested_label, *labels_beside(sample)} - {None, ""}
    if not labels:
        return [(sample.detail, False)]
    longest_first = sorted(map(str, labels), key=lambda label: (-len(label), label))
    either = "|".join(map(re.escape, longest_first))
    parts = re.split(rf"(?<!\w)({either})(?!\w)", sample.detail)
    return [(part, at % 2 == 1) for at, part in enumerate(parts) if part]


def numeric(table: Table) -> list[bool]:
    """Tell for each column of a table whether it holds numbers, so that they align."""
    return [
        any(row[number] is not None for row in table.rows)
        and not any(isinstance(row[number], str) for row in table.rows)
        for number in range(len(table.columns))
    ]
