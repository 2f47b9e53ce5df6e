"""``labelaudit familiarity``: how much of a test set's labels a training set has."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelaudit.cli import manifest_options as said
from labelaudit.cli import model_options as of_model
from labelaudit.errors import InputError

if TYPE_CHECKING:
    from labelaudit.label_vocabulary import NameVectors
    from labelaudit.report import MeasureResult


def familiarity(  # noqa: PLR0913 - each is an option
    train: Annotated[Path, typer.Argument(metavar="TRAIN", help="Folder or manifest.")],
    test: Annotated[Path, typer.Argument(metavar="TEST", help="Folder or manifest.")],
    *,
    model: Annotated[
        str,
        typer.Option(
            help="Text model that embeds the class names: a name (labelaudit models list) or an "
            "ONNX file with its declaration."
        ),
    ] = "",
    label_embeddings: Annotated[
        Path | None, typer.Option(help="Your own vectors of the class names, .parquet or .npz.")
    ] = None,
    mentions: Annotated[
        int, typer.Option(min=1, help="Train labels that a test label is held against.")
    ] = 1000,
    offline: of_model.OFFLINE = False,
    device: of_model.DEVICE = "auto",
    dataset_format: said.FORMAT = "",
    label_column: said.LABEL_COLUMN = None,
    label_separator: said.LABEL_SEPARATOR = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder for familiarity.json.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare the class names of two datasets: which they share, and how alike the others are.

    No image is opened.
    """
    import json
    from dataclasses import asdict

    from labelaudit.label_vocabulary import class_counts, compared
    from labelaudit.manifests import open_dataset

    if model and label_embeddings:
        raise InputError(
            "--model and --label-embeddings: either gives the vectors", hint="leave out one"
        )
    options = said.manifest_options(
        format_name=dataset_format,
        image_column="",
        text_column="",
        label_column=label_column,
        split_column="",
        group_column="",
        annotator_column=None,
        label_separator=label_separator,
        label_states="",
    )
    of_train, of_test = (class_counts(open_dataset(path, options)) for path in (train, test))
    names = sorted(of_train.keys() | of_test.keys())
    vectors = _vectors(names, model, label_embeddings, offline=offline, device=device)
    found = compared(of_train, of_test, vectors, mentions)
    text = json.dumps(asdict(found), indent=2, ensure_ascii=False)
    if output:
        from labelaudit.cli.files import check_folder, write_files

        check_folder(output)
        write_files(output, {"familiarity.json": (text + "\n").encode()})
    if as_json:
        typer.echo(text)
    else:
        _show(found)


def _vectors(
    names: list[str], model: str, file: Path | None, *, offline: bool, device: str
) -> "NameVectors | None":
    """Return a vector for each name; None without a model or file."""
    from labelaudit.embeddings.user_files import named
    from labelaudit.inputs.label_vectors import embedded_names, read_label_vectors
    from labelaudit.label_vocabulary import NameVectors

    if file:
        vectors = read_label_vectors(file, names)
        return NameVectors(dict(zip(names, vectors, strict=True)), named(file))
    if not model:
        return None
    from labelaudit.embeddings.hub.resolve import find_model
    from labelaudit.embeddings.runtime.session import check_device
    from labelaudit.embeddings.texts.model import load_text_model
    from labelaudit.statistics.familiarity import plain_name

    check_device(device)  # type: ignore[arg-type]
    path = find_model(model, offline=offline, tell=lambda words: typer.echo(words, err=True))
    loaded = load_text_model(path, device)  # type: ignore[arg-type]
    vectors = embedded_names(loaded, [plain_name(name) for name in names])
    source = f"{loaded.name}, sha256 {loaded.sha256[:12]}"
    return NameVectors(dict(zip(names, vectors, strict=True)), source)


def _show(found: "MeasureResult") -> None:
    from rich.console import Console

    from labelaudit.render.measure_tables import to_terminal

    Console().print(to_terminal(found))
