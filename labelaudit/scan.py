"""From a dataset to a report: read the images, run every measure, gather what they found."""

import platform
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from labelaudit import __version__
from labelaudit.dataset import Dataset
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.content import Content, read_content, store_for
from labelaudit.embeddings.decode import Status
from labelaudit.embeddings.model import BUILTIN, Model, load_model
from labelaudit.embeddings.session import Device
from labelaudit.embeddings.user_files import named, read_embeddings, read_pred_probs
from labelaudit.errors import SHOWN, InputError, MissingInputError
from labelaudit.gather import (
    N_THUMBNAILS,
    dataset_facts,
    embedding_facts,
    gallery_of,
    item_table,
    thumbnails_of,
)
from labelaudit.inputs import Inputs
from labelaudit.inputs.pred_probs import user_probs
from labelaudit.measures import Findings, Measure, describe, load_measures, summary
from labelaudit.progress import Progress, silent
from labelaudit.report import MeasureResult, Report, Run

PACKAGES = ("numpy", "pandas", "pillow", "pyarrow", "scikit-learn", "scipy")
LEAST_SECONDS = 0.001
INPUT_ERRORS = (Status.MISSING, Status.NOT_AN_IMAGE, Status.TOO_LARGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """What a scan is done with.

    Attributes
    ----------
    model
        ONNX file of the embedding model.
    device
        Where it has to run.
    embeddings, pred_probs
        The user's own arrays; embeddings take the place of the model's.
    cache
        Folder of the embedding store; None to keep nothing.
    n_threads
        Threads for images and for neighbors; their number changes no result.
    random_state
        Seed of every draw.
    allow_unreadable
        Report images that are missing, no images or too large as findings, instead of
        refusing the dataset.
    """

    model: Path = BUILTIN
    device: Device = "auto"
    embeddings: Path | None = None
    pred_probs: Path | None = None
    cache: Path | None = None
    n_threads: int = 1
    random_state: int = 0
    allow_unreadable: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """What a scan returns: the report, and one row an item for ``issues.parquet``."""

    report: Report
    items: pa.Table


@dataclass(slots=True)
class _Read:
    """What was read before anything is measured."""

    model: Model | None = None
    content: Content | None = None
    embeddings: Embeddings | None = None
    pred_probs: NDArray[np.floating] | None = None
    n_from_cache: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def scan(
    dataset: Dataset, options: ScanOptions | None = None, *, progress: Progress = silent
) -> Scan:
    """Measure a dataset.

    Parameters
    ----------
    dataset
        As `labelaudit.open_dataset` returns it.
    options
        What to do it with.
    progress
        Told of each stage.

    Returns
    -------
    The report and the table of items. A measure that breaks is reported as failed; the others
    are not lost.

    Raises
    ------
    LabelauditError
        When the dataset, an array or the model cannot be used.
    """
    options = options or ScanOptions()
    started = datetime.now(UTC)
    with threadpool_limits(1):  # threads are our own, so that their number changes no result
        read = _read(dataset, options, progress)
        inputs = _inputs(dataset, read, options, progress)
        found = _measure(dataset, inputs, read.content, progress)
    read.seconds |= _seconds(inputs)
    before = perf_counter()
    rankings = [ranking for _, findings in found for ranking in findings.rankings]
    pictured = [ranking.items[:N_THUMBNAILS] for ranking in rankings]
    thumbnails = thumbnails_of(dataset, read.content, pictured, progress)
    read.seconds["thumbnails"] = perf_counter() - before
    report = Report(
        tool_version=__version__,
        dataset=dataset_facts(dataset, read.content),
        embedding=embedding_facts(read.embeddings),
        random_state=options.random_state,
        measures=tuple(result for result, _ in found),
        thumbnails=thumbnails,
        run=_run_facts(started, read),
    )
    columns = {name: values for _, findings in found for name, values in findings.columns.items()}
    return Scan(report, item_table(dataset, columns))


def _inputs(dataset: Dataset, read: _Read, options: ScanOptions, progress: Progress) -> Inputs:
    """Return what the measures may ask for."""
    given: dict[str, object] = {
        "dataset": dataset,
        "content": read.content or MissingInputError("the manifest names no images"),
        "embeddings": read.embeddings
        or MissingInputError("there are no images, and no --embeddings were given"),
        "random_state": options.random_state,
        "n_threads": options.n_threads,
        "progress": progress,
    }
    if options.pred_probs and read.pred_probs is not None:
        source = named(options.pred_probs)
        given["pred_probs"] = user_probs(read.pred_probs, dataset.labels, source)
    return Inputs(given)


def _measure(
    dataset: Dataset, inputs: Inputs, content: Content | None, progress: Progress
) -> list[tuple[MeasureResult, Findings]]:
    """Run every measure."""
    measures = load_measures()
    found = []
    for done, (name, measure) in enumerate(measures.items()):
        progress("measuring", done, len(measures))
        found.append(_run(name, measure, inputs, dataset, content))
    progress("measuring", len(measures), len(measures))
    return found


def _seconds(inputs: Inputs) -> dict[str, float]:
    """Return the time of all measures together, and of each input and measure that took any."""
    each = {f"measuring: {name}": seconds for name, seconds in inputs.seconds.items()}
    shown = {name: seconds for name, seconds in each.items() if seconds >= LEAST_SECONDS}
    return {"measuring": sum(each.values())} | shown


def _read(dataset: Dataset, options: ScanOptions, progress: Progress) -> _Read:
    """Read images and arrays; refuse what is not what it is said to be."""
    read = _Read()
    if options.embeddings:
        read.embeddings = read_embeddings(options.embeddings, dataset)
    if options.pred_probs:
        read.pred_probs = read_pred_probs(options.pred_probs, dataset)
    if dataset.media is None:
        return read
    before = perf_counter()
    if read.embeddings is None:
        read.model = load_model(options.model, options.device)
    store = store_for(options.cache, read.model)
    read.content, embedded, read.n_from_cache = read_content(
        dataset, read.model, store, n_threads=options.n_threads, progress=progress
    )
    read.embeddings = read.embeddings or embedded
    read.seconds["images"] = perf_counter() - before
    _refuse_unreadable(dataset, read.content, options)
    return read


def _refuse_unreadable(dataset: Dataset, content: Content, options: ScanOptions) -> None:
    wrong = np.flatnonzero(np.isin(content.status, INPUT_ERRORS))
    none_left = not content.readable.any()
    if not none_left and (options.allow_unreadable or not len(wrong)):
        return
    wrong = np.flatnonzero(~content.readable) if none_left else wrong
    what = "cannot be read" if none_left else "are missing, no images, or too large"
    hint = (
        "repair or remove them, or pass --allow-unreadable to have them listed in the report; "
        "what was embedded is kept"
    )
    shown = wrong[: SHOWN + 1].tolist()
    raise InputError(
        f"{dataset.name}: {len(wrong):,} of {dataset.n_samples:,} images {what}",
        details=[f"{dataset.paths[item]}: {content.reasons[item]}" for item in shown],
        hint="no image is left to measure: are these the images?" if none_left else hint,
    )


def _run(
    name: str, measure: Measure, inputs: Inputs, dataset: Dataset, content: Content | None
) -> tuple[MeasureResult, Findings]:
    """Run one measure; what it cannot have, or where it breaks, becomes its status."""
    about = describe(measure)
    result = MeasureResult(
        name=name,
        family=about.family,
        title=about.title,
        summary=summary(measure),
        status="not_measured",
    )
    try:
        findings: Findings = inputs.timed(name, lambda: inputs.call(measure))
    except MissingInputError as error:
        return replace(result, reason=error.message), Findings()
    except Exception as error:  # noqa: BLE001 - one broken measure must not lose the others
        reason = f"{type(error).__name__}: {error}"
        return replace(result, status="failed", reason=reason), Findings()
    return (
        replace(
            result,
            status="measured",
            values=findings.values,
            tables=findings.tables,
            galleries=tuple(gallery_of(ranking, dataset, content) for ranking in findings.rankings),
            notes=findings.notes,
            parameters=dict(findings.parameters),
        ),
        findings,
    )


def _run_facts(started: datetime, read: _Read) -> Run:
    versions = {name: version(name) for name in PACKAGES}
    if read.model is not None:
        import onnxruntime

        versions["onnxruntime"] = onnxruntime.__version__
    return Run(
        started=started.isoformat(timespec="seconds"),
        seconds={name: round(seconds, 3) for name, seconds in read.seconds.items()},
        provider=read.model.provider if read.model else "",
        node_providers=read.model.node_providers if read.model else {},
        n_from_cache=read.n_from_cache,
        python=platform.python_version(),
        packages=dict(sorted(versions.items())),
    )
