"""``labelaudit verify``: whether a report, the files beside it and the data are as they were."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelaudit.cli import manifest_options as said

if TYPE_CHECKING:
    from labelaudit.progress import Progress
    from labelaudit.release.verify.outcome import Difference, Found, Kind


def verify(  # noqa: PLR0913 - each is an option
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="A report.json.")],
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="DATA",
            help="The data that it is of; without it, the report alone is checked.",
        ),
    ] = None,
    *,
    public_key: Annotated[
        str | None,
        typer.Option(help="Who issued it: a minisign.pub, or the key in it; asks for a signature."),
    ] = None,
    templates: Annotated[
        Path | None, typer.Option(help="Folder of templates that the page was made with.")
    ] = None,
    dataset_format: said.FORMAT = "",
    image_column: said.IMAGE_COLUMN = "",
    text_column: said.TEXT_COLUMN = "",
    label_column: said.LABEL_COLUMN = None,
    target_column: said.TARGET_COLUMN = "",
    split_column: said.SPLIT_COLUMN = "",
    group_column: said.GROUP_COLUMN = "",
    annotator_column: said.ANNOTATOR_COLUMN = None,
    judgement_column: said.JUDGEMENT_COLUMN = "",
    annotations: said.ANNOTATIONS = None,
    annotations_columns: said.ANNOTATIONS_COLUMNS = "",
    class_order: said.CLASS_ORDER = "",
    record_set: said.RECORD_SET = "",
    fetch: said.FETCH = False,
    label_separator: said.LABEL_SEPARATOR = "",
    label_states: said.LABEL_STATES = "",
    threads: Annotated[int, typer.Option(min=0, help="Threads; 0 for all processors.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print differences only.")] = False,
) -> None:
    """Tell whether data and files are what a report says: 0 all of it, 1 something differs.

    No model runs. The data is read as the report says it was; options take the place of that.
    """
    from labelaudit.cli.exits import CheckFailed
    from labelaudit.cli.machine import available_processors
    from labelaudit.release.verify import verify as run_verify

    options = None
    if data is not None:
        options = said.manifest_options(
            format_name=dataset_format,
            image_column=image_column,
            text_column=text_column,
            label_column=label_column,
            target_column=target_column,
            split_column=split_column,
            group_column=group_column,
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
    with _progress(data, quiet=quiet) as progress:
        found = run_verify(
            report,
            data,
            options=options,
            public_key=public_key,
            templates=templates,
            n_threads=threads or available_processors(),
            progress=progress,
        )
    try:
        if words := in_words(found, quiet=quiet):
            typer.echo(words)
    finally:  # also where nobody reads it to its end
        if found.differences:
            raise CheckFailed


def in_words(found: "Found", *, quiet: bool) -> str:
    """Return what a verification found as lines that neither a terminal nor a runner obeys.

    Parameters
    ----------
    found
        What it found.
    quiet
        Whether to leave out what was and was not checked.
    """
    from labelaudit.cli.unheeded import unheeded
    from labelaudit.render.text import visible

    n = len(found.differences)
    told = [f"✓ {line}" for line in found.checked] + [f"? {line}" for line in found.unchecked]
    lines = [] if quiet else told
    for kind, differences in _by_kind(found.differences).items():
        lines += _listed(kind, differences)
    if n:
        lines.append(f"NOT VERIFIED: {n:,} {'difference' if n == 1 else 'differences'}")
    elif not quiet:
        lines.append("VERIFIED: what was checked is as the report says")
    return unheeded("\n".join(map(visible, lines)))


def _by_kind(differences: "tuple[Difference, ...]") -> "dict[Kind, list[Difference]]":
    found: dict[Kind, list[Difference]] = {}
    for each in differences:
        found.setdefault(each.kind, []).append(each)
    return found


def _listed(kind: "Kind", differences: "list[Difference]") -> list[str]:
    """Return the first differences of a kind, and how many more there are."""
    from labelaudit.errors import SHOWN
    from labelaudit.release.verify.outcome import HEADINGS

    n = len(differences)
    lines = [f"✕ {n:,} {HEADINGS[kind][n > 1]}"]
    lines += [
        f"    {each.name}: {each.said}" if each.said else f"    {each.name}"
        for each in differences[:SHOWN]
    ]
    return [*lines, f"    ... and {n - SHOWN:,} more"] if n > SHOWN else lines


def _progress(data: Path | None, *, quiet: bool) -> "AbstractContextManager[Progress]":
    """Return what shows progress; without data there is too little to show."""
    from labelaudit.progress import silent

    if quiet or data is None:
        return nullcontext(silent)
    from labelaudit.cli.progress import shown_progress

    return shown_progress(quiet=False)
