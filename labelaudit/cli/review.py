"""``labelaudit review``: ask people about labels, and take in what they answered."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelaudit.cli import manifest_options as said
from labelaudit.errors import InputError

if TYPE_CHECKING:
    from labelaudit.report import Report
    from labelaudit.review.plan import Plan
    from labelaudit.review.take_in import Taken
    from labelaudit.verdicts import Verdicts

MOST = 2000
BUDGET = 200
FEW = 100


def review(  # noqa: PLR0913 - each is an option
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="The report.json of a scan.")],
    *,
    data: Annotated[
        Path | None,
        typer.Option(help="The dataset of the report; where it was scanned when not given."),
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option(min=1, max=MOST, help=f"Items to judge; {BUDGET} when not given."),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Likeliest errors first, instead of a random sample.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2**32 - 1, help="Seed of the draw; 0 when not given."),
    ] = None,
    imported: Annotated[
        list[Path] | None,
        typer.Option("--import", help="A file of judgements to take in; once for each."),
    ] = None,
    reviewer: Annotated[
        str, typer.Option(help="With --import: who judged, where the file does not say so.")
    ] = "",
    verdicts: Annotated[
        Path | None, typer.Option(help="File of all verdicts; beside the dataset when not given.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder; the report's own when not given.")
    ] = None,
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
) -> None:
    """Draw a sample of labels for a person to judge, or take in judgements with --import."""
    of_draw = {"--budget": budget is not None, "--seed": seed is not None, "--fix": fix}
    _refuse_contradictions(of_draw, imported=bool(imported), reviewer=reviewer)
    from labelaudit.cli.files import check_folder, read_report, write_files
    from labelaudit.manifests import open_dataset
    from labelaudit.review.answers import read_answers, refuse_unsaved
    from labelaudit.review.ask import SHEET, Wanted, ask
    from labelaudit.review.items import read_items, refuse_unjudgeable
    from labelaudit.review.plan import FILE, plans_text, read_plans
    from labelaudit.review.take_in import take_in
    from labelaudit.verdicts import read_verdicts, verdicts_path, write_verdicts

    found = read_report(report)
    refuse_unjudgeable(found)
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
    place = data or _scanned(report, found)
    kept = verdicts or verdicts_path(place)
    before = read_verdicts(kept) if kept.exists() else None
    dataset = open_dataset(place, options)
    folder = output or report.parent
    if imported:
        plans = read_plans(folder)
        answers = [read_answers(file, plans, reviewer) for file in imported]
        taken = take_in(answers, dataset, before)
        write_verdicts(kept, taken.verdicts)
        _say_taken(taken, kept, f" with --verdicts {kept}" if verdicts else "")
        return
    check_folder(folder)
    items = read_items(report, found)
    plans = read_plans(folder)
    refuse_unsaved(folder / SHEET, before)
    wanted = Wanted(budget=budget or BUDGET, seed=seed or 0, fix=fix)
    plan, files = ask(items, found, dataset, before, wanted)
    plans |= {plan.id: plan}
    write_files(folder, files | {FILE: plans_text(list(plans.values())).encode()})
    typed = {"--data": data, "--verdicts": verdicts, "--output": output}
    _say_asked(plan, before, folder, _import_command(report, typed))


def _refuse_contradictions(of_draw: dict[str, bool], *, imported: bool, reviewer: str) -> None:
    said = [name for name, is_said in of_draw.items() if is_said]
    if imported and said:
        raise InputError(
            f"--import: nothing is drawn, so {' and '.join(said)} can have no effect",
            hint="import first, then draw",
        )
    if of_draw["--fix"] and of_draw["--seed"]:
        raise InputError(
            "--fix: nothing is drawn at random, so --seed can have no effect",
            hint="leave out one of the two",
        )
    if reviewer and not imported:
        raise InputError(
            f"--reviewer {reviewer}: nobody has judged yet",
            hint="say it with --import; the page asks for the name itself",
        )


def _scanned(file: Path, report: "Report") -> Path:
    """Return where the dataset was when it was scanned: from here, or from beside the report."""
    typed = report.run.data
    places = [Path(typed), *(folder / typed for folder in file.resolve().parents[:2])]
    if typed and (there := [place for place in places if place.exists()]):
        return there[0]
    raise InputError(
        f"{file}: does not say where its dataset is"
        if not typed
        else f"{file}: was made of {typed}, which is not there",
        hint="name the dataset with --data",
    )


def _import_command(report: Path, typed: dict[str, Path | None]) -> str:
    """Return the command that takes in what is judged now."""
    import shlex

    options = [part for name, path in typed.items() if path for part in (name, str(path))]
    return shlex.join(["labelaudit", "review", str(report), *options, "--import", "verdicts.csv"])


def _say_asked(plan: "Plan", judged: "Verdicts | None", folder: Path, command: str) -> None:
    """Print what was drawn, and what to do with it."""
    from labelaudit.render.text import counted
    from labelaudit.review.ask import SHEET
    from labelaudit.review.page import PAGE

    items = counted(len(plan.items), "item")
    if plan.kind == "fix":
        typer.echo(
            f"{items}, likeliest errors first. They were not drawn at random: judgements of them "
            "carry no audit, and say nothing of the rate of errors."
        )
    else:
        typer.echo(
            f"{items} drawn at random from {counted(len(plan.strata), 'stratum', 'strata')}, "
            f"seed {plan.seed}"
        )
        if len(plan.items) < FEW:
            typer.echo(f"An interval from fewer than {FEW} judgements is wide.")
    if judged is not None:
        typer.echo(f"left out: what {counted(len(judged), 'verdict')} speak of already")
    typer.echo(f"\n{folder / PAGE}  to judge in a browser; it works offline")
    typer.echo(f"{folder / SHEET}  to judge in an editor; it shows which label is given")
    typer.echo(f"then: {command}")


def _say_taken(taken: "Taken", kept: Path, option: str) -> None:
    """Print what was taken in, and with which option the next scan reads it."""
    from labelaudit.render.text import counted, visible
    from labelaudit.verdicts import WORDS

    judged = sum(taken.words.values())
    by = [f"{visible(name) or 'nobody named'} {n:,}" for name, n in sorted(taken.reviewers.items())]
    typer.echo(f"{counted(judged, 'judgement')} taken in, by {', '.join(by)}")
    typer.echo(", ".join(f"{word} {taken.words.get(word, 0):,}" for word in WORDS))
    for amount, what in (
        (taken.n_blank, "not judged yet"),
        (taken.n_replaced, "of before, replaced by another verdict"),
        (taken.n_absent, "of items that are not where they were in the dataset"),
        (taken.n_edited, "with a label that was changed in the file; labels are not read from it"),
        (judged - taken.n_of_audits, "of a list of fixes, which say nothing of the rate"),
    ):
        if amount:
            typer.echo(f"{amount:,} {what}")
    if taken.passed_over:
        typer.echo(f"columns that were not read: {visible(', '.join(taken.passed_over))}")
    typer.echo(f"\n{kept}  has {counted(len(taken.verdicts), 'verdict')}")
    if taken.n_of_audits:
        typer.echo(f"the next scan{option} prints the audited rate")
    else:
        typer.echo(f"correct the labels, and scan again{option}")
