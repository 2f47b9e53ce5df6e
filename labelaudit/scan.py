"""From a dataset to a report: read the items, run every measure, gather what they found."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from math import isfinite
from time import perf_counter

import pyarrow as pa
from threadpoolctl import threadpool_limits

from labelaudit import __version__
from labelaudit.dataset import Dataset
from labelaudit.embeddings.content import Content
from labelaudit.errors import InputError, MissingInputError
from labelaudit.galleries import gallery_of, in_turns, thumbnails_of, with_drawn
from labelaudit.gather import dataset_facts, embedding_facts
from labelaudit.inputs import Inputs
from labelaudit.inputs.given_probs import provide_given
from labelaudit.item_tables import export_table, issue_table, item_table
from labelaudit.limits import starting_limits
from labelaudit.measures import Findings, Measure, describe, load_measures, summary
from labelaudit.open_items import NO_EMBEDDINGS, Opened, ScanOptions, open_items
from labelaudit.privacy import default_privacy, published, without_places
from labelaudit.progress import Progress, silent
from labelaudit.report import Limit, MeasureResult, Policy, Report, Run
from labelaudit.verdicts import Verdicts, read_verdicts

__all__ = ["Scan", "ScanOptions", "scan"]

PACKAGES = ("numpy", "pandas", "pillow", "pyarrow", "scikit-learn", "scipy")
LEAST_SECONDS = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """What a scan returns.

    Attributes
    ----------
    report
        The report.
    items
        One row an item: its label and what the measures say of it.
    issues
        One row a finding, rule by rule, worst first.
    exports
        Tables that measures made for others to use, by the name of their file.
    """

    report: Report
    items: pa.Table
    issues: pa.Table
    exports: Mapping[str, pa.Table]


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
    every = load_measures()  # what cannot be loaded is told before hours of reading
    measures = {name: run for name, run in every.items() if name in (options.measures or every)}
    verdicts = (
        read_verdicts(options.verdicts)
        if options.verdicts
        else MissingInputError("no person judged any label: labelaudit review draws a sample")
    )
    with threadpool_limits(1):  # threads are our own, so that their number changes no result
        read = open_items(dataset, options, progress)
        inputs = _inputs(dataset, read, verdicts, options, progress)
        found = _measure(dataset, inputs, read.content, measures, progress)
    read.seconds |= _seconds(inputs)
    before = perf_counter()
    rankings = [ranking for _, findings in found for ranking in findings.rankings]
    privacy = options.privacy or default_privacy(dataset.modality)
    pictured = in_turns(rankings if privacy == "full" else ())
    thumbnails = thumbnails_of(dataset, read.content, pictured, progress)
    read.seconds["thumbnails"] = perf_counter() - before
    results = tuple(with_drawn(result, thumbnails) for result, _ in found)
    report = Report(
        tool_version=__version__,
        dataset=dataset_facts(dataset, read.content),
        embedding=embedding_facts(read.embeddings),
        random_state=options.random_state,
        measures=results,
        thumbnails=thumbnails,
        limits=_limits(dataset, options, results),
        policy=options.policy or Policy(),
        run=_run_facts(started, options.data, read),
    )
    columns = {name: values for _, findings in found for name, values in findings.columns.items()}
    return Scan(
        published(report, privacy),
        item_table(dataset, read.content, columns, excerpts=privacy == "full"),
        issue_table(dataset, read.content, rankings),
        {
            name: export_table(dataset, read.content, table)
            for _, findings in found
            for name, table in findings.exports.items()
        },
    )


def _limits(
    dataset: Dataset, options: ScanOptions, results: tuple[MeasureResult, ...]
) -> tuple[Limit, ...]:
    return starting_limits(dataset.task, results) if options.limits is None else options.limits


def _inputs(
    dataset: Dataset,
    read: Opened,
    verdicts: Verdicts | MissingInputError,
    options: ScanOptions,
    progress: Progress,
) -> Inputs:
    """Return what the measures may ask for."""
    given: dict[str, object] = {
        "dataset": dataset,
        "verdict_file": verdicts,
        "content": read.content or MissingInputError("the manifest names no images or texts"),
        "embeddings": read.embeddings or MissingInputError(NO_EMBEDDINGS[dataset.modality]),
        "random_state": options.random_state,
        "label_filter": options.label_filter,
        "compat": options.compat,
        "n_threads": options.n_threads,
        "progress": progress,
    }
    if read.predictions is not None:
        given["predictions"] = read.predictions
    if read.screening is not None:
        given["screening"] = read.screening
    if read.pred_probs is not None:
        given["pred_probs"] = provide_given(read.pred_probs, options.pred_probs_use)
    return Inputs(given)


def _measure(
    dataset: Dataset,
    inputs: Inputs,
    content: Content | None,
    measures: Mapping[str, Measure],
    progress: Progress,
) -> list[tuple[MeasureResult, Findings]]:
    """Run the measures, one after the other."""
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
        _check_finite(findings)
    except MissingInputError as error:
        return replace(result, reason=without_places(error.message)), Findings()
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - one broken measure must not lose the others
        reason = f"{type(error).__name__}: {without_places(str(error))}"
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


def _check_finite(findings: Findings) -> None:
    """Refuse numbers that no report can hold: a measure writes None for what is undefined."""
    cells = [
        *((each.name, (each.value, each.low, each.high)) for each in findings.values),
        *((table.name, row) for table in findings.tables for row in table.rows),
    ]
    for where, numbers in cells:
        if any(isinstance(number, float) and not isfinite(number) for number in numbers):
            raise ValueError(f"{where} holds a number that is not finite")


def _run_facts(started: datetime, data: str, read: Opened) -> Run:
    versions = {name: version(name) for name in PACKAGES}
    if read.model is not None:
        import onnxruntime

        versions["onnxruntime"] = onnxruntime.__version__
    return Run(
        started=started.isoformat(timespec="seconds"),
        data=data,
        seconds={name: round(seconds, 3) for name, seconds in read.seconds.items()},
        provider=read.model.provider if read.model else "",
        node_providers=read.model.node_providers if read.model else {},
        n_from_cache=read.n_from_cache,
        python=platform.python_version(),
        packages=dict(sorted(versions.items())),
    )
