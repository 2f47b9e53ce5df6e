"""``labelaudit inspect``: what was detected in a dataset, and why; no image is opened."""

from typing import TYPE_CHECKING, Annotated

import typer

from labelaudit.cli import manifest_options as said
from labelaudit.errors import SHOWN, some

if TYPE_CHECKING:
    from labelaudit.dataset import Dataset


def inspect(  # noqa: PLR0913 - each is an option
    data: said.DATA,
    *,
    dataset_format: said.FORMAT = "",
    image_column: said.IMAGE_COLUMN = "",
    text_column: said.TEXT_COLUMN = "",
    label_column: said.LABEL_COLUMN = None,
    target_column: said.TARGET_COLUMN = "",
    split_column: said.SPLIT_COLUMN = "",
    group_column: said.GROUP_COLUMN = "",
    metadata_column: said.METADATA_COLUMN = None,
    annotator_column: said.ANNOTATOR_COLUMN = None,
    judgement_column: said.JUDGEMENT_COLUMN = "",
    annotations: said.ANNOTATIONS = None,
    annotations_columns: said.ANNOTATIONS_COLUMNS = "",
    class_order: said.CLASS_ORDER = "",
    record_set: said.RECORD_SET = "",
    fetch: said.FETCH = False,
    label_separator: said.LABEL_SEPARATOR = "",
    label_states: said.LABEL_STATES = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say how a dataset is read: format, columns, classes, splits, and what was ignored."""
    import json

    from labelaudit.manifests import open_dataset
    from labelaudit.render.text import visible

    options = said.manifest_options(
        format_name=dataset_format,
        image_column=image_column,
        text_column=text_column,
        label_column=label_column,
        target_column=target_column,
        split_column=split_column,
        group_column=group_column,
        metadata_column=metadata_column,
        annotator_column=annotator_column,
        judgement_column=judgement_column,
        annotations=annotations,
        annotations_columns=annotations_columns,
        class_order=class_order,
        record_set=record_set,
        fetch=fetch,
        label_separator=label_separator,
        label_states=label_states,
    )
    facts = facts_of(open_dataset(data, options))
    if as_json:
        typer.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for name, value in facts.items():
        first, *others = [visible(line) for line in _lines(value)] or ["-"]
        typer.echo(f"{name:<14} {first}")
        for line in others:
            typer.echo(f"{'':<14} {line}")


def _lines(value: object) -> list[str]:
    """Return a fact as lines of text."""
    if isinstance(value, tuple):
        return [str(entry) for entry in value]
    if isinstance(value, dict):
        return [f"{count:,} {key}" for key, count in value.items()]
    if isinstance(value, list):
        return [some([str(entry) for entry in value], SHOWN)] if value else []
    return [f"{value:,}" if isinstance(value, int) else str(value)] if value != "" else []


def facts_of(dataset: "Dataset") -> dict[str, object]:
    """Return what is known of a dataset without opening an image."""
    import numpy as np

    from labelaudit.statements import read_papers

    source = dataset.source
    papers = read_papers(dataset.path)
    counts = np.bincount(dataset.splits + 1, minlength=len(dataset.split_names) + 1).tolist()
    return {
        "name": dataset.name,
        "format": source.format,
        "why": source.why,
        "manifest": source.manifest,
        "task": dataset.task,
        "modality": dataset.modality,
        "media": "none" if dataset.media is None else type(dataset.media).__name__,
        "found": source.found,
        "items": dataset.n_samples,
        "ignored": dict(source.ignored),
        "unlabelled": int((~dataset.labelled).sum()),
        "targets": _targets(dataset),
        "classes": len(dataset.class_names),
        "class_names": list(dataset.class_names),
        "class_order": "from the lowest to the highest" if dataset.ordered else "",
        "judgements": _judgements(dataset),
        "metadata": [] if dataset.metadata is None else dataset.metadata.column_names,
        "splits": dict(zip(dataset.split_names, counts[1:], strict=True)),
        "first_items": [path.as_py() for path in dataset.paths[:3]],
        "stated": tuple(f"{said.topic}: {said.text} ({said.source})" for said in papers.statements),
        "unread_papers": papers.unread,
    }


def _targets(dataset: "Dataset") -> dict[str, float]:
    """Return the span of labels that are numbers."""
    import numpy as np

    known = np.empty(0) if dataset.targets is None else dataset.targets[dataset.labelled]
    if not len(known):
        return {}
    lowest, median, highest = np.quantile(known, (0, 0.5, 1)).tolist()
    return {"lowest": lowest, "median": median, "highest": highest}


def _judgements(dataset: "Dataset") -> dict[str, int]:
    """Count the judgements, the items that were judged, and who is known to have judged."""
    if dataset.annotations is None:
        return {}
    columns = dataset.annotations
    return {
        "judgements": columns.num_rows,
        "items judged": len(columns["item"].unique()),
        "annotators by name": len(columns["annotator"].drop_null().unique()),
    }
