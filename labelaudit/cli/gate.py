"""``labelaudit gate``: hold a report against a policy, and fail where it is not kept."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def gate(  # noqa: PLR0913 - each is an option
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="A report.json.")],
    *,
    policy: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file with a table [gate]; that of labelaudit.toml or pyproject.toml when "
            "not given, else the report's own limits."
        ),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            help="Write this, too: json (when none is given), sarif, junit, gitlab, summary, "
            "comment or badge; github prints annotations. Can be given again.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Folder of these files; the report's own when not given."
        ),
    ] = None,
    mode: Annotated[
        Literal["block", "assure"] | None,
        typer.Option(
            help="For every limit: block fails only where the whole interval is beyond it, assure "
            "passes only where it is within."
        ),
    ] = None,
    on_inconclusive: Annotated[
        Literal["pass", "fail"] | None,
        typer.Option(help="What an interval that holds its limit does; by the mode if not given."),
    ] = None,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="End with 0 where the gate fails, too.")
    ] = False,
) -> None:
    """Hold a report against a policy: 0 passed, 1 failed, 2 the policy or report is not usable."""
    from labelaudit.cli.files import check_folder, read_report
    from labelaudit.cli.gating import Gating, apply, checked_formats
    from labelaudit.cli.policies import find_policy

    folder = output or report.parent
    gating = Gating(
        asked=find_policy(policy, mode),
        mode=mode,
        on_inconclusive=on_inconclusive,
        formats=checked_formats(formats),
        output=folder,
        exit_zero=exit_zero,
    )
    loaded = read_report(report)
    check_folder(folder)
    apply(report, loaded, gating)
