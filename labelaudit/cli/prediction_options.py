"""The options that name what models predict."""

from typing import TYPE_CHECKING, Annotated

import typer

from labelaudit.errors import InputError

if TYPE_CHECKING:
    from labelaudit.inputs.predictions import PredictionFiles

PREDICTIONS = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[NAME=]FILE",
        help="A model's predictions: a table of items and classes, or class scores in .npy; once "
        "for each of two models or more.",
    ),
]
ITEM_COLUMN = Annotated[str, typer.Option(help="Their column of the items.")]
PREDICTION_COLUMN = Annotated[str, typer.Option(help="Their column of the predicted classes.")]


def prediction_files(
    said: list[str] | None, item_column: str, prediction_column: str
) -> "PredictionFiles | None":
    """Return the files of predictions that were named; None when there are none."""
    if not said:
        if item_column or prediction_column:
            raise InputError(
                "--item-column and --prediction-column: do nothing without --predictions",
                hint="name the predictions, or leave them out",
            )
        return None
    from labelaudit.inputs.predictions import PredictionFiles, named_files

    return PredictionFiles(
        files=named_files(said), item_column=item_column, prediction_column=prediction_column
    )
