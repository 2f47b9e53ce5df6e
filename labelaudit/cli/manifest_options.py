"""The options of every command that reads a dataset."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelaudit.errors import InputError

if TYPE_CHECKING:
    from labelaudit.manifests import Options

DATA = Annotated[
    Path,
    typer.Argument(metavar="DATA", help="A folder, or a CSV, TSV, JSONL, Parquet or NPZ manifest."),
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
SPLIT_COLUMN = Annotated[str, typer.Option(help="Column of the splits.")]
GROUP_COLUMN = Annotated[str, typer.Option(help="Column of the groups: patient, source, video.")]
ANNOTATOR_COLUMN = Annotated[
    list[str] | None, typer.Option(help="Column of one annotator's labels; once for each.")
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
    split_column: str,
    group_column: str,
    annotator_column: list[str] | None,
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
        split_column=split_column,
        group_column=group_column,
        annotator_columns=tuple(annotator_column or ()),
        label_separator=label_separator,
        label_states=_states(label_states),
    )


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
