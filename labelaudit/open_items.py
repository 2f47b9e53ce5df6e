"""What is read before anything is measured: items, their embeddings, and probabilities."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np

from labelaudit.dataset import Dataset
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.content import Content, read_content, store_for
from labelaudit.embeddings.images.decode import Status
from labelaudit.embeddings.models.class_map import ClassMap
from labelaudit.embeddings.models.model import Model, load_model
from labelaudit.embeddings.onnx_file.sidecar import sidecar_path
from labelaudit.embeddings.runtime.session import Device
from labelaudit.embeddings.texts.content import read_texts, text_store
from labelaudit.embeddings.texts.declaration import declares_text
from labelaudit.embeddings.texts.model import TextModel, load_text_model
from labelaudit.embeddings.user_files import named, read_embeddings, read_pred_probs
from labelaudit.errors import SHOWN, InputError, ModelError
from labelaudit.inputs.given_probs import Use
from labelaudit.inputs.konz2024 import Compat
from labelaudit.inputs.label_judgement import LabelFilter
from labelaudit.inputs.model_probs import check_from_model, classes_of_model, split_scores
from labelaudit.inputs.pred_probs import PredProbs, user_probs
from labelaudit.inputs.predictions import PredictionFiles, Predictions, read_predictions
from labelaudit.inputs.screening import Screening, read_screening
from labelaudit.progress import Progress
from labelaudit.report import Limit, Policy, Privacy

INPUT_ERRORS = (Status.MISSING, Status.NOT_AN_IMAGE, Status.TOO_LARGE)
NO_EMBEDDINGS = {
    "image": "there are no images, and no --embeddings were given",
    "text": "texts have no built-in model: name a text model with --model",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """What a scan is done with.

    Attributes
    ----------
    model
        ONNX file of the embedding model; texts have no built-in one. None to embed nothing.
    device
        Where it has to run.
    declared
        Keys that take the place of the model's declaration.
    pred_probs_from_model, class_map
        Whether the model's own class scores are the probabilities, and which classes of the
        dataset they are of, in place of the declaration's.
    embeddings, pred_probs
        The user's own arrays; embeddings take the place of the model's.
    label_filter
        The rule by which labels are suspected.
    compat
        The publication whose quantities are printed besides, to compare with it.
    pred_probs_use
        Whether given probabilities, the model's own too, replace those from the embeddings or are
        mixed with them.
    predictions
        Files of what models predict of the items; None where there are none.
    screening
        The report.json of an earlier scan, whose suspects are taken; None for this scan's.
    verdicts
        File of what people judged of the labels; None where there is none.
    measures
        Names of the measures to run; empty for all.
    data
        The dataset as it was named, for the record, where that is relative.
    cache
        Folder of the embedding store; None to keep nothing.
    n_threads
        Threads for images and for neighbors; their number changes no result.
    random_state
        Seed of every draw.
    allow_unreadable
        Report images that are missing, no images or too large as findings, instead of
        refusing the dataset.
    privacy
        Who may see the report; None for the whole of it, but for texts those who know them.
    limits, policy
        What the numbers are read beside, and where that comes from; None for the limits to start
        from.
    """

    model: Path | None = BUILTIN
    device: Device = "auto"
    declared: Mapping[str, object] = field(default_factory=dict)
    pred_probs_from_model: bool = False
    class_map: ClassMap | None = None
    embeddings: Path | None = None
    pred_probs: Path | None = None
    pred_probs_use: Use = "replace"
    label_filter: LabelFilter = "adaptive"
    compat: Compat = "none"
    predictions: PredictionFiles | None = None
    screening: Path | None = None
    verdicts: Path | None = None
    measures: frozenset[str] = frozenset()
    data: str = ""
    cache: Path | None = None
    n_threads: int = 1
    random_state: int = 0
    allow_unreadable: bool = False
    privacy: Privacy | None = None
    limits: tuple[Limit, ...] | None = None
    policy: Policy | None = None


@dataclass(slots=True)
class Opened:
    """What was read before anything is measured."""

    model: Model | TextModel | None = None
    content: Content | None = None
    embeddings: Embeddings | None = None
    pred_probs: PredProbs | None = None
    predictions: Predictions | None = None
    screening: Screening | None = None
    n_from_cache: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def open_items(dataset: Dataset, options: ScanOptions, progress: Progress) -> Opened:
    """Read items and arrays; refuse what is not what it is said to be."""
    if options.pred_probs_from_model:
        check_from_model(dataset, own_arrays=bool(options.embeddings or options.pred_probs))
    if options.pred_probs_use == "join" and not (
        options.pred_probs or options.pred_probs_from_model
    ):
        raise InputError(
            "--pred-probs-use join: no probabilities are given",
            hint="name them with --pred-probs, or take the model's with --pred-probs-from-model",
        )
    read = Opened()
    if options.embeddings:
        read.embeddings = read_embeddings(options.embeddings, dataset)
    if options.pred_probs:
        probs = read_pred_probs(options.pred_probs, dataset)
        read.pred_probs = user_probs(probs, dataset.labels, named(options.pred_probs))
    if options.predictions:
        read.predictions = read_predictions(options.predictions, dataset)
    if options.screening:
        read.screening = read_screening(options.screening, dataset)
    if dataset.media is None:
        return read
    before = perf_counter()
    read_items = _read_texts if dataset.modality == "text" else _read_images
    embedded = read_items(dataset, read, options, progress)
    read.embeddings = read.embeddings or embedded
    read.seconds[f"{dataset.modality}s"] = perf_counter() - before
    if read.content is not None:
        _refuse_unreadable(dataset, read.content, allow_unreadable=options.allow_unreadable)
    return read


def _read_images(
    dataset: Dataset, read: Opened, options: ScanOptions, progress: Progress
) -> Embeddings | None:
    """Read the images, and return their embeddings where there are none yet."""
    model = None
    if options.model is not None and read.embeddings is None:
        model = _load_model(options, options.model)
    classes = None
    if model is not None and model.n_scores:
        classes = classes_of_model(model, options.class_map, dataset)
    read.model = model
    read.content, embedded, read.n_from_cache = read_content(
        dataset,
        model,
        store_for(options.cache, model),
        n_threads=options.n_threads,
        progress=progress,
    )
    if embedded is not None and model is not None and classes is not None:
        embedded, read.pred_probs = split_scores(embedded, model, classes, dataset.labels)
    return embedded


def _read_texts(
    dataset: Dataset, read: Opened, options: ScanOptions, progress: Progress
) -> Embeddings | None:
    """Read the texts, and return their embeddings where there are none yet and a model is named."""
    if options.declared:
        raise ModelError(
            "--declare and --output-node: are of models of images; the items are texts",
            hint="declare a text model in the file beside it",
        )
    model = None
    path = options.model
    if path is not None and path != BUILTIN and read.embeddings is None:
        model = load_text_model(path, options.device)
    elif options.device not in {"auto", "cpu"}:
        raise ModelError(
            f"--device {options.device}: no model runs; {NO_EMBEDDINGS['text']}",
            hint="name one, or leave out --device",
        )
    read.model = model
    read.content, embedded, read.n_from_cache = read_texts(
        dataset,
        model,
        text_store(options.cache, model),
        n_threads=options.n_threads,
        progress=progress,
    )
    return embedded


def _load_model(options: ScanOptions, path: Path) -> Model:
    sidecar = sidecar_path(path)
    if path.is_file() and sidecar.is_file() and declares_text(sidecar):
        raise ModelError(
            f"{path}: declared as a model of texts; the items are images",
            hint="name a model of images, or the column of the texts with --text-column",
        )
    return load_model(
        path,
        options.device,
        options.declared,
        with_scores=options.pred_probs_from_model,
    )


def _refuse_unreadable(dataset: Dataset, content: Content, *, allow_unreadable: bool) -> None:
    """Raise `InputError` when no item is left, or images are not what the manifest says.

    A text that is null is a finding: unlike a missing file, it is all there is.
    """
    wrong = np.flatnonzero(np.isin(content.status, INPUT_ERRORS))
    none_left = not content.readable.any()
    if not none_left and (allow_unreadable or not len(wrong) or dataset.modality == "text"):
        return
    wrong = np.flatnonzero(~content.readable) if none_left else wrong
    what = "cannot be read" if none_left else "are missing, no images, or too large"
    hint = (
        "repair or remove them, or pass --allow-unreadable to have them listed in the report; "
        "what was embedded is kept"
    )
    kind = dataset.modality
    shown = wrong[: SHOWN + 1].tolist()
    raise InputError(
        f"{dataset.name}: {len(wrong):,} of {dataset.n_samples:,} {kind}s {what}",
        details=[f"{dataset.paths[item]}: {content.reasons[item]}" for item in shown],
        hint=f"no {kind} is left to measure: are these the {kind}s?" if none_left else hint,
    )
