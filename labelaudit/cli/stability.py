"""``labelaudit stability``: whether wrong labels can change the order of models."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelaudit.cli import manifest_options as said
from labelaudit.cli import prediction_options as of_predictions
from labelaudit.errors import InputError

if TYPE_CHECKING:
    from labelaudit.dataset import Dataset
    from labelaudit.inputs.predictions import PredictionFiles
    from labelaudit.report import Report
    from labelaudit.scan import ScanOptions


def stability(  # noqa: PLR0913 - each is an option
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DATA]",
            help="The test set; not needed where the predictions hold the given labels.",
        ),
    ] = None,
    *,
    predictions: of_predictions.PREDICTIONS = None,
    item_column: of_predictions.ITEM_COLUMN = "",
    prediction_column: of_predictions.PREDICTION_COLUMN = "",
    report: Annotated[
        Path | None,
        typer.Option(help="The report.json of a scan of DATA, for the labels that it suspects."),
    ] = None,
    verdicts: Annotated[
        Path | None,
        typer.Option(
            help="Judgements of labels; labelaudit-verdicts.csv beside the data if not given."
        ),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the results.")] = Path(
        "labelaudit-stability"
    ),
    dataset_format: said.FORMAT = "",
    image_column: said.IMAGE_COLUMN = "",
    text_column: said.TEXT_COLUMN = "",
    label_column: said.LABEL_COLUMN = None,
    split_column: said.SPLIT_COLUMN = "",
    label_states: said.LABEL_STATES = "",
    class_order: said.CLASS_ORDER = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Say at which share of wrong labels models swap, and which gaps their labels can decide.

    Images are opened only to find what people judged of them; no embedding model runs.
    """
    from labelaudit.cli.files import check_folder
    from labelaudit.cli.progress import shown_progress
    from labelaudit.cli.scan import refuse_failed, write
    from labelaudit.scan import scan

    files = of_predictions.prediction_files(predictions, item_column, prediction_column)
    if files is None:
        raise InputError(
            "--predictions: no predictions are named",
            hint="name two models or more: --predictions a.csv --predictions b.csv",
        )
    check_folder(output)
    options = said.manifest_options(
        format_name=dataset_format,
        image_column=image_column,
        text_column=text_column,
        label_column=label_column,
        split_column=split_column,
        group_column="",
        annotator_column=None,
        label_separator="",
        label_states=label_states,
        class_order=class_order,
    )
    with shown_progress(quiet=quiet) as progress:
        progress("reading the manifest", 0, 0)
        if data is None:
            _refuse_without_data(report, verdicts)
            dataset = _of_the_predictions(files, label_column)
        else:
            from labelaudit.manifests import open_dataset

            dataset = open_dataset(data, options)
        dataset, wanted = _what_to_measure(dataset, data, files, report, verdicts)
        found = scan(dataset, wanted, progress=progress)
        progress("writing the report", 0, 0)
        write(found, output, None)
    refuse_failed(found.report)
    _refuse_unmeasured(found.report)
    _show(found.report, output)


def _refuse_without_data(report: Path | None, verdicts: Path | None) -> None:
    given = {"--report": report, "--verdicts": verdicts}
    named = [name for name, path in given.items() if path]
    if named:
        raise InputError(
            f"{' and '.join(named)}: of a dataset, and none is named",
            hint="name it: labelaudit stability DATA --predictions ...",
        )


def _of_the_predictions(files: "PredictionFiles", label_column: list[str] | None) -> "Dataset":
    """Return the items and labels that the predictions hold themselves."""
    from labelaudit.inputs.predicted_items import dataset_of

    if label_column and len(label_column) > 1:
        raise InputError(
            "--label-column: predictions hold one column of labels", hint="name it once"
        )
    return dataset_of(files, (label_column or [""])[0])


def _what_to_measure(
    dataset: "Dataset",
    data: Path | None,
    files: "PredictionFiles",
    report: Path | None,
    verdicts: Path | None,
) -> tuple["Dataset", "ScanOptions"]:
    """Return the dataset, without its media where no item has to be opened, and what to run."""
    from dataclasses import replace

    from labelaudit.cli.machine import available_processors
    from labelaudit.cli.scan import judged_beside
    from labelaudit.scan import ScanOptions

    judged = verdicts or (judged_beside(data) if data else None)
    measures = {"benchmark_stability"} | ({"audited_labels"} if judged else set())
    return dataset if judged else replace(dataset, media=None), ScanOptions(
        model=None,
        predictions=files,
        screening=report,
        verdicts=judged,
        measures=frozenset(measures),
        data=data.as_posix() if data and not data.is_absolute() else "",
        n_threads=available_processors(),
        allow_unreadable=True,
    )


def _refuse_unmeasured(report: "Report") -> None:
    result = report.measure("benchmark_stability")
    if result is not None and result.status == "not_measured":
        raise InputError(
            f"benchmark stability was not measured: {result.reason}",
            hint="name predictions of labelled items",
        )


def _show(report: "Report", output: Path) -> None:
    """Print the tables, what the numbers rest on, and where to look."""
    from rich.console import Console

    from labelaudit.cli.unheeded import print_unheeded
    from labelaudit.render.measure_tables import to_terminal

    result = report.measure("benchmark_stability")
    console = Console()
    if result is not None:
        print_unheeded(console, to_terminal(result))
    console.print(f"\n{output / 'report.html'}", soft_wrap=True, highlight=False, markup=False)
