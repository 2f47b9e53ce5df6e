"""``labelaudit scan``: measure a dataset and write its nutrition label."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from labelaudit.cli import gate_options as of_gate
from labelaudit.cli import manifest_options as said
from labelaudit.cli import model_options as of_model
from labelaudit.cli import prediction_options as of_predictions
from labelaudit.errors import InputError, MeasureError

if TYPE_CHECKING:
    from labelaudit.inputs.label_judgement import LabelFilter
    from labelaudit.report import Report
    from labelaudit.scan import Scan


def scan(  # noqa: PLR0913 - each is an option
    data: said.DATA,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the results.")] = Path(
        "labelaudit-report"
    ),
    model: of_model.MODEL = "builtin",
    offline: of_model.OFFLINE = False,
    declare: of_model.DECLARE = None,
    output_node: of_model.OUTPUT_NODE = "",
    pred_probs_from_model: of_model.PRED_PROBS_FROM_MODEL = False,
    class_map: of_model.CLASS_MAP = None,
    device: of_model.DEVICE = "auto",
    embeddings: Annotated[
        Path | None, typer.Option(help="Your own embeddings, .npy or .parquet.")
    ] = None,
    pred_probs: Annotated[
        Path | None, typer.Option(help="Your own out-of-sample probabilities, .npy.")
    ] = None,
    pred_probs_use: Annotated[
        Literal["replace", "join"],
        typer.Option(help="Take them in place of those from the embeddings, or mixed with them."),
    ] = "replace",
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
    label_filter: Annotated[
        str, typer.Option(help="Rule that suspects labels: adaptive, or one of cleanlab's seven.")
    ] = "adaptive",
    compat: Annotated[
        Literal["none", "konz2024"],
        typer.Option(
            help="Print label sharpness and dimension as a paper defines them, too; takes minutes."
        ),
    ] = "none",
    predictions: of_predictions.PREDICTIONS = None,
    item_column: of_predictions.ITEM_COLUMN = "",
    prediction_column: of_predictions.PREDICTION_COLUMN = "",
    verdicts: Annotated[
        Path | None,
        typer.Option(
            help="Judgements of labels; labelaudit-verdicts.csv beside the data if not given."
        ),
    ] = None,
    privacy: Annotated[
        Literal["public", "team", "full"] | None,
        typer.Option(
            help="Who may see the report: public has aggregates only, team no pictures or texts; "
            "full when not given, but team for texts."
        ),
    ] = None,
    allow_unreadable: Annotated[
        bool,
        typer.Option(
            "--allow-unreadable",
            help="List images that are missing, no images or too large, instead of refusing.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of every draw.")] = 0,
    threads: Annotated[int, typer.Option(min=0, help="Threads; 0 for all processors.")] = 0,
    cache: Annotated[
        Path | None, typer.Option(help="Folder that keeps embeddings; the user's when not given.")
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Keep no embeddings.")] = False,
    templates: Annotated[
        Path | None, typer.Option(help="Folder of templates that replace ours, file by file.")
    ] = None,
    gate: Annotated[
        bool, typer.Option("--gate", help="Hold the report against the policy, as labelaudit gate.")
    ] = False,
    policy: of_gate.POLICY = None,
    baseline: of_gate.BASELINE = None,
    allow_drift: of_gate.ALLOW_DRIFT = False,
    mode: of_gate.MODE = None,
    on_inconclusive: of_gate.ON_INCONCLUSIVE = None,
    gate_formats: Annotated[
        list[str] | None,
        typer.Option(
            "--gate-format",
            metavar="FORMAT",
            help=f"Write what the gate says as {of_gate.FORMATS_HELP}",
        ),
    ] = None,
    exit_zero: of_gate.EXIT_ZERO = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Measure a dataset and write its label, its page, the numbers as JSON and the issues."""
    of_model.refuse_contradictions(
        embeddings=embeddings is not None,
        of_a_model=bool(declare or output_node or model != "builtin"),
        class_map=class_map is not None,
        from_model=pred_probs_from_model,
        device=device,
    )
    if cache and no_cache:
        raise InputError("--cache and --no-cache: say one", hint="leave out the other")
    from labelaudit.cli.files import check_folder, refuse_items_beside
    from labelaudit.cli.gating import (
        Gating,
        apply_after,
        check_names,
        checked_formats,
        refuse_without_gate,
    )
    from labelaudit.cli.machine import available_processors
    from labelaudit.cli.policies import find_policy
    from labelaudit.cli.progress import shown_progress
    from labelaudit.embeddings.hub.resolve import find_model
    from labelaudit.embeddings.models.class_map import read_class_map
    from labelaudit.embeddings.models.declaration import declared_keys
    from labelaudit.embeddings.runtime.session import check_device
    from labelaudit.embeddings.store.store import default_cache
    from labelaudit.manifests import open_dataset
    from labelaudit.scan import ScanOptions
    from labelaudit.scan import scan as run_scan

    check_folder(output)
    if privacy == "public":
        refuse_items_beside(output)
    check_device(device)  # type: ignore[arg-type]
    refuse_without_gate(
        {
            "--baseline": baseline,
            "--allow-drift": allow_drift,
            "--gate-format": gate_formats,
            "--on-inconclusive": on_inconclusive,
            "--exit-zero": exit_zero,
        },
        is_gated=gate,
    )
    gating = Gating(
        asked=find_policy(policy, mode),
        mode=mode,
        on_inconclusive=on_inconclusive,
        baseline=baseline,
        allow_drift=allow_drift,
        formats=checked_formats(gate_formats),
        output=output,
        exit_zero=exit_zero,
    )
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
    declared = declared_keys(declare or [], output_node)
    classes = read_class_map(class_map) if class_map else None
    with shown_progress(quiet=quiet) as progress:
        progress("reading the manifest", 0, 0)
        dataset = open_dataset(data, options)
    check_names(gating.asked, dataset.class_names, dataset.split_names)
    model_file = find_model(
        model, offline=offline, tell=lambda message: typer.echo(message, err=True)
    )
    with shown_progress(quiet=quiet) as progress:
        found = run_scan(
            dataset,
            ScanOptions(
                model=model_file,
                device=device,  # type: ignore[arg-type]
                declared=declared,
                pred_probs_from_model=pred_probs_from_model,
                class_map=classes,
                embeddings=embeddings,
                pred_probs=pred_probs,
                pred_probs_use=pred_probs_use,
                label_filter=checked_filter(label_filter),
                compat=compat,
                predictions=of_predictions.prediction_files(
                    predictions, item_column, prediction_column
                ),
                verdicts=verdicts or judged_beside(data),
                data="" if data.is_absolute() else data.as_posix(),
                cache=None if no_cache else cache or default_cache(),
                n_threads=threads or available_processors(),
                random_state=seed,
                allow_unreadable=allow_unreadable,
                privacy=privacy,
                limits=None if gating.asked is None else gating.asked.limits,
                policy=None if gating.asked is None else gating.asked.policy,
            ),
            progress=progress,
        )
        progress("writing the report", 0, 0)
        write(found, output, templates)
    try:
        show(found.report, output / "report.json", output / "report.html")
    finally:  # also where nobody reads the summary to its end
        refuse_failed(found.report)
        apply_after(found, gating, wanted=gate)


def checked_filter(name: str) -> "LabelFilter":
    """Return a label filter; refuse a name that none has."""
    from typing import get_args

    from labelaudit.statistics.label_issues.filters import Filter

    names = ("adaptive", *get_args(Filter))
    if name not in names:
        raise InputError(
            f"--label-filter {name}: there is no such rule",
            hint=f"there are {', '.join(names)}",
        )
    return name  # type: ignore[return-value]


def judged_beside(data: Path) -> Path | None:
    """Return the file of judgements beside a dataset, if there is one."""
    from labelaudit.verdicts import verdicts_path

    found = verdicts_path(data)
    return found if found.is_file() else None


def write(found: "Scan", output: Path, templates: Path | None) -> None:
    """Write every file of a scan; a broken template of the user's loses nothing measured.

    Beside a public report lies no table of items.
    """
    from labelaudit.cli.files import with_sums, write_files
    from labelaudit.measures.annotators.consensus_risk import EXPORT
    from labelaudit.render.files import rendered_files
    from labelaudit.render.issues import issue_files
    from labelaudit.render.json import to_json

    of_items = found.report.privacy != "public"
    issues = issue_files(found.items, found.issues, found.exports) if of_items else {}
    stale = {EXPORT} - set(issues)
    try:
        files = rendered_files(found.report, templates)
    except InputError:
        source = {"report.json": to_json(found.report).encode()}
        write_files(output, with_sums(source | issues), stale)
        raise
    write_files(output, with_sums(files | issues), stale)


def show(report: "Report", source: Path, *files: Path) -> None:
    """Print the summary of a report that a file holds, and which files to look at."""
    from shlex import quote

    from rich.console import Console

    from labelaudit.cli.unheeded import print_unheeded
    from labelaudit.render.terminal import to_terminal
    from labelaudit.render.text import visible

    console = Console()
    height = console.height if console.is_terminal else 48
    where = visible(quote(str(source)))
    print_unheeded(console, to_terminal(report, width=console.width, height=height, file=where))
    for file in files:
        console.print(f"{file}", soft_wrap=True, highlight=False, markup=False)


def refuse_failed(report: "Report") -> None:
    """Raise when a measure broke; its report is written by then."""
    failed = [result for result in report.measures if result.status == "failed"]
    if failed:
        raise MeasureError(
            f"{len(failed)} of {len(report.measures)} measures failed; the report has the others",
            details=[f"{result.name}: {result.reason}" for result in failed],
            hint="this is a fault of labelaudit: please report it with the lines above",
        )
