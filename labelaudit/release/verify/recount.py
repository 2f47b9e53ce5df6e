"""What the data gives once more without a model: counts, classes, splits, copies, labels."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labelaudit import __version__
from labelaudit.dataset import Dataset, digest
from labelaudit.embeddings.content import Content
from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.copies import file_copies
from labelaudit.inputs.labels import label_conflicts, label_matrix, label_states, labels, targets
from labelaudit.measures import Findings
from labelaudit.measures.class_imbalance.class_imbalance import class_imbalance
from labelaudit.measures.class_imbalance.target_distribution import target_distribution
from labelaudit.measures.integrity.integrity import integrity
from labelaudit.measures.multi_label.multi_label import multi_label
from labelaudit.privacy import published
from labelaudit.render.json import as_published
from labelaudit.report import MeasureResult, Report

# Of the integrity of files, what is told without decoding them.
OF_BYTES = frozenset(
    {
        "unlabelled_count",
        "missing_count",
        "empty_count",
        "exact_duplicates_count",
        "contradictory_duplicates_count",
        "duplicates_across_splits_count",
        "groups_across_splits_count",
        "group_sizes",
    }
)


def recounted(
    report: Report, dataset: Dataset, content: NDArray[np.uint8], status: NDArray[np.uint8]
) -> Report:
    """Return a report with all of its facts and numbers that the data alone gives, and no others.

    Parameters
    ----------
    report
        The report that is to be verified: its level of privacy is that of the other.
    dataset
        The data as it is.
    content, status
        As `read_contents` returns them.
    """
    splits = np.bincount(dataset.splits + 1, minlength=len(dataset.split_names) + 1).tolist()
    facts = replace(
        report.dataset,
        digest=digest(dataset, content),
        task=dataset.task,
        modality=dataset.modality,
        class_names=dataset.class_names,
        n_found=dataset.source.found,
        n_items=dataset.n_samples,
        n_unlabelled=int((~dataset.labelled).sum()),
        ignored=dict(dataset.source.ignored),
        splits=dict(zip(dataset.split_names, splits[1:], strict=True)),
    )
    measured = _measured(dataset, content, status, report.random_state)
    known = {name: _known(name, findings) for name, findings in measured}
    results = tuple(
        replace(known[result.name], family=result.family, title=result.title)
        for result in report.measures
        if result.name in known and result.status == "measured"
    )
    whole = replace(report, dataset=facts, measures=results, thumbnails={}, privacy="full")
    return as_published(published(whole, report.privacy))


def _known(name: str, findings: Findings) -> MeasureResult:
    kept = OF_BYTES if name == "integrity" else None
    return MeasureResult(
        name=name,
        family="",
        title="",
        summary="",
        status="measured",
        values=tuple(each for each in findings.values if kept is None or each.name in kept),
        tables=tuple(each for each in findings.tables if kept is None or each.name in kept),
    )


def _measured(
    dataset: Dataset, content: NDArray[np.uint8], status: NDArray[np.uint8], random_state: int
) -> Iterator[tuple[str, Findings]]:
    """Yield what the measures find that need neither pixels nor a model."""
    splits = Splits(dataset.split_names, dataset.splits)
    n = dataset.n_samples
    read = Content(
        digests=content,
        status=status,
        oddities=np.zeros(n, dtype=np.uint16),
        sizes=np.zeros((n, 2), dtype=np.int32),
        signatures=np.zeros((n, 0), dtype=np.uint8),
        reasons=dict.fromkeys(np.flatnonzero(status).tolist(), ""),
    )
    has_files = dataset.media is not None
    yield (
        "integrity",
        integrity(
            dataset.labelled,
            label_conflicts(dataset),
            splits,
            content=read if has_files else None,
            file_copies=file_copies(read) if has_files else None,
            item_groups=dataset.groups,
        ),
    )
    try:
        if dataset.task == "multiclass":
            yield "class_imbalance", class_imbalance(labels(dataset), dataset.class_names, splits)
        elif dataset.task == "regression":
            yield "target_distribution", target_distribution(targets(dataset), splits)
        else:
            states = label_states(dataset)
            matrix = label_matrix(states, dataset.class_names)
            named = matrix, states, dataset.class_names
            yield "multi_label", multi_label(*named, None, dataset.groups, random_state)
    except MissingInputError:  # no item has a label, which the counts tell
        return


def is_of_this_version(report: Report) -> bool:
    """Return whether the numbers of a report were computed by this version's measures."""
    return report.tool_version == __version__
