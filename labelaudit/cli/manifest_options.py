"""The options of every command that reads a dataset."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelaudit.errors import InputError

if TYPE_CHECKING:
    from labelaudit.manifests import Options

DATA = Annotated[
    Path,
    typer.Argument(
        metavar="DATA", help="A folder, or a CSV, TSV, JSONL, Parquet, NPZ or Croissant manifest."
    ),
]
FORMAT = Annotated[
    str, typer.Option("--format", help="Format of the dataset; detected when not given.")
]
IMAGE_COLUMN = Annotated[str, typer.Option(help="Column of a table that holds image paths.")]
TEXT_COLUMN = Annotated[str, typer.Option(help="Column of a table that holds texts.")]
LABEL_COLUMN = Annotated[
    list[str] | None,
    typer.Option(help="Column of the labels; given several times, one 0/1 column a class."),
]
TARGET_COLUMN = Annotated[
    str, typer.Option(help="Column of labels that are numbers, such as ages; never detected.")
]
SPLIT_COLUMN = Annotated[str, typer.Option(help="Column of the splits.")]
GROUP_COLUMN = Annotated[str, typer.Option(help="Column of the groups: patient, source, video.")]
METADATA_COLUMN = Annotated[
    list[str] | None, typer.Option(help="Another column, to slice the items by; once for each.")
]
ANNOTATOR_COLUMN = Annotated[
    list[str] | None,
    typer.Option(
        help="Column of one annotator's labels, once for each; given only once, a column of "
        "annotators' names in a table with one row a judgement."
    ),
]
JUDGEMENT_COLUMN = Annotated[
    str,
    typer.Option(
        help="Column of lists of judgements: labels, or objects with annotator and label; with "
        "one --annotator-column, of one judgement a row."
    ),
]
ANNOTATIONS = Annotated[
    Path | None,
    typer.Option(help="Table of judgements with one row each: the item, the annotator, the label."),
]
ANNOTATIONS_COLUMNS = Annotated[
    str, typer.Option(help="Its columns, as 'item=path,annotator=worker,label=answer'.")
]
CLASS_ORDER = Annotated[
    str,
    typer.Option(help="The classes from the lowest to the highest, as 'no,maybe,yes'."),
]
RECORD_SET = Annotated[
    str, typer.Option(help="Record set of a Croissant file that holds the items.")
]
FETCH = Annotated[
    bool,
    typer.Option(
        "--fetch",
        help="Fetch what a Croissant file names by an https address, with its hash checked.",
    ),
]
LABEL_SEPARATOR = Annotated[str, typer.Option(help="What separates several labels in a cell.")]
LABEL_STATES = Annotated[
    str,
    typer.Option(
        help="What cells mean, as '1=positive,0=negative,-1=uncertain,=unknown' or '-1=unlabelled'."
    ),
]


def manifest_options(  # noqa: PLR0913 - each is an option
    *,
    format_name: str,
    image_column: str,
    text_column: str,
    label_column: list[str] | None,
    target_column: str = "",
    split_column: str,
    group_column: str,
    metadata_column: list[str] | None = None,
    annotator_column: list[str] | None,
    judgement_column: str = "",
    annotations: Path | None = None,
    annotations_columns: str = "",
    class_order: str = "",
    record_set: str = "",
    fetch: bool = False,
    label_separator: str,
    label_states: str,
) -> "Options":
    """Return what the user said about the manifest."""
    from labelaudit.manifests import Options

    return Options(
        format=format_name,
        image_column=image_column,
        text_column=text_column,
        label_columns=tuple(label_column or ()),
        target_column=target_column,
        split_column=split_column,
        group_column=group_column,
        metadata_columns=tuple(metadata_column or ()),
        annotator_columns=tuple(annotator_column or ()),
        judgement_column=judgement_column,
        annotations=annotations,
        annotations_columns=_columns(annotations_columns),
        class_order=_order(class_order),
        record_set=record_set,
        fetch=_kept() if fetch else None,
        label_separator=label_separator,
        label_states=_states(label_states),
    )


def _kept() -> Path:
    """Return the folder that keeps what is fetched."""
    from labelaudit.embeddings.store.store import default_cache

    return default_cache() / "fetched"


def _states(text: str) -> dict[str, str]:
    """Parse ``1=positive,0=negative``."""
    if not text:
        return {}
    pairs = [entry.rpartition("=") for entry in text.split(",")]
    if not all(sign for _, sign, _ in pairs):
        raise InputError(
            f"--label-states {text!r}: not a list of value=state",
            hint="write --label-states '1=positive,0=negative,-1=uncertain,=unknown'",
        )
    return {value: state for value, _, state in pairs}


def _columns(text: str) -> dict[str, str]:
    """Parse ``item=path,annotator=worker``."""
    pairs = [entry.partition("=") for entry in text.split(",")] if text else []
    roles = [role.strip() for role, _, _ in pairs]
    is_known = {"item", "annotator", "label"}.issuperset(roles) and len(set(roles)) == len(roles)
    if not is_known or not all(sign for _, sign, _ in pairs):
        raise InputError(
            f"--annotations-columns {text!r}: not a list of item=, annotator= and label=",
            hint="write --annotations-columns 'item=path,annotator=worker,label=answer'",
        )
    return {role: column for role, (_, _, column) in zip(roles, pairs, strict=True)}


def _order(text: str) -> tuple[str, ...]:
    """Parse ``no,maybe,yes``; a name with a comma stands in double quotes."""
    import csv

    names = [name.strip() for name in next(csv.reader([text], skipinitialspace=True), [])]
    if not all(names):
        raise InputError(
            f"--class-order {text!r}: a name is blank",
            hint="write --class-order 'no,maybe,yes', each class once",
        )
    return tuple(names)
