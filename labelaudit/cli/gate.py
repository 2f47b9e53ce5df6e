"""``labelaudit gate``: hold a report against a policy, and fail where it is not kept."""

from pathlib import Path
from typing import Annotated

import typer

from labelaudit.cli import gate_options as said


def gate(  # noqa: PLR0913 - each is an option
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="A report.json.")],
    *,
    policy: said.POLICY = None,
    baseline: said.BASELINE = None,
    update_baseline: said.UPDATE_BASELINE = False,
    allow_drift: said.ALLOW_DRIFT = False,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=f"Write this file beside the report: {said.FORMATS_HELP}",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder of these files, the report's own if not given; with --init the policy.",
        ),
    ] = None,
    mode: said.MODE = None,
    on_inconclusive: said.ON_INCONCLUSIVE = None,
    exit_zero: said.EXIT_ZERO = False,
    init: Annotated[
        bool,
        typer.Option("--init", help="Write a policy to start from, labelaudit.toml, and no more."),
    ] = False,
) -> None:
    """Hold a report against a policy; exit with 0 where it passes and with 1 where it fails."""
    from labelaudit.cli.gating import Gating, apply, checked_formats
    from labelaudit.cli.policies import find_policy, read_unaltered, write_starting

    if init:
        write_starting(report, output, has_baseline=baseline is not None)
        return
    from labelaudit.cli.files import check_folder

    gating = Gating(
        asked=find_policy(policy, mode),
        mode=mode,
        on_inconclusive=on_inconclusive,
        baseline=baseline,
        update_baseline=update_baseline,
        allow_drift=allow_drift,
        formats=checked_formats(formats),
        output=output or report.parent,
        exit_zero=exit_zero,
    )
    loaded = read_unaltered(report)
    check_folder(gating.output)
    apply(report, loaded, gating)
