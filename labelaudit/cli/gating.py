"""Apply a policy to a report: what ``labelaudit gate`` and ``scan --gate`` do alike."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from labelaudit.cli.exits import CheckFailed
from labelaudit.errors import InputError

if TYPE_CHECKING:
    from labelaudit.gate.outcome import Outcome
    from labelaudit.gate.policy import Asked
    from labelaudit.report import Mode, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Gating:
    """How a policy is applied.

    Attributes
    ----------
    asked
        The policy; None for the report's own limits.
    mode
        Mode of every limit, in place of those that they name.
    on_inconclusive
        Whether what is inconclusive fails; by the mode of its limit when None.
    formats
        Which files to write; ``github`` is printed.
    output
        Folder of the files.
    exit_zero
        Whether a gate that fails ends with 0, too.
    """

    asked: "Asked | None"
    mode: "Mode | None" = None
    on_inconclusive: Literal["pass", "fail"] | None = None
    formats: tuple[str, ...] = ("json",)
    output: Path
    exit_zero: bool = False


def checked_formats(names: list[str] | None) -> tuple[str, ...]:
    """Return the formats that are asked for; refuse one that there is not."""
    from labelaudit.gate.files import FORMATS

    wanted = tuple(dict.fromkeys(names or ["json"]))
    unknown = set(wanted) - set(FORMATS)
    if unknown:
        raise InputError(
            f"--format {min(unknown)}: there is no such format",
            hint=f"there are {', '.join(FORMATS)}",
        )
    return wanted


def apply(file: Path, report: "Report", gating: Gating) -> None:
    """Hold a report against a policy, print what comes of it, and write it.

    Parameters
    ----------
    file
        The report.json, beside which its findings lie.
    report
        What it holds.
    gating
        The policy, and what to do with it.

    Raises
    ------
    CheckFailed
        When the gate fails.
    """
    from labelaudit.cli.files import write_files
    from labelaudit.gate.files import gate_files

    outcome = outcome_of(file, report, gating)
    write_files(gating.output, gate_files(outcome, gating.formats))
    try:
        _print(outcome, gating)
    finally:  # also where nobody reads it to its end
        if outcome.failed and not gating.exit_zero:
            raise CheckFailed


def outcome_of(file: Path, report: "Report", gating: Gating) -> "Outcome":
    """Return what the gate says of a report."""
    from labelaudit.gate.effective import effective
    from labelaudit.gate.findings import read_found
    from labelaudit.gate.outcome import Outcome
    from labelaudit.gate.rulings import rulings

    if gating.asked is not None:
        report = effective(report, gating.asked)
    elif gating.mode is not None:
        report = replace(
            report,
            limits=tuple(replace(limit, mode=gating.mode) for limit in report.limits),
            policy=replace(report.policy, mode=gating.mode),
        )
    found = read_found(file, report)
    findings = None if found is None else found.findings
    return Outcome(
        report=report,
        rulings=rulings(report, findings, on_inconclusive=gating.on_inconclusive),
        findings=findings or (),
    )


def _print(outcome: "Outcome", gating: Gating) -> None:
    """Print an outcome, and warn of what is open."""
    from rich.console import Console

    from labelaudit.cli.unheeded import print_unheeded, shown
    from labelaudit.gate.files import COMMANDS, workflow_commands
    from labelaudit.gate.terminal import to_terminal

    open_ = [each for each in outcome.rulings if each.decision != "pass" and not each.fails]
    if open_ and not outcome.failed:
        names = ", ".join(ruling.name for ruling in open_)
        typer.echo(shown(f"warning: passed, though not decided: {names}"), err=True)
    console = Console()
    print_unheeded(console, to_terminal(outcome, width=console.width))
    if COMMANDS in gating.formats:
        console.file.write(workflow_commands(outcome))
