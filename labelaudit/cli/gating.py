"""Apply a policy to a report: what ``labelaudit gate`` and ``scan --gate`` do alike."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from labelaudit.cli.exits import CheckFailed
from labelaudit.errors import InputError

if TYPE_CHECKING:
    from labelaudit.gate.baseline import Baseline
    from labelaudit.gate.findings import Found
    from labelaudit.gate.outcome import Outcome
    from labelaudit.gate.policy import Asked
    from labelaudit.report import Mode, Report
    from labelaudit.scan import Scan


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
    baseline
        File of what is known already; None without one.
    update_baseline, allow_drift
        Whether to write it anew from the report, and to take one that was made in another way.
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
    baseline: Path | None = None
    update_baseline: bool = False
    allow_drift: bool = False
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


def apply(file: Path, report: "Report", gating: Gating, found: "Found | None" = None) -> None:
    """Hold a report against a policy, print what comes of it, and write it.

    Parameters
    ----------
    file
        The report.json, beside which its findings lie.
    report
        What it holds.
    gating
        The policy, and what to do with it.
    found
        Its findings; read from beside the report when None.

    Raises
    ------
    CheckFailed
        When the gate fails.
    """
    from labelaudit.cli.files import write_files
    from labelaudit.gate.files import gate_files
    from labelaudit.gate.findings import read_found

    outcome = outcome_of(report, gating, found or read_found(file, report))
    write_files(gating.output, gate_files(outcome, gating.formats))
    try:
        _print(outcome, gating)
    finally:  # also where nobody reads it to its end
        if outcome.failed and not gating.exit_zero:
            raise CheckFailed


def apply_after(scan: "Scan", gating: Gating, *, wanted: bool) -> None:
    """Hold the report of a scan, which is written by then, against its policy.

    Parameters
    ----------
    scan
        What the scan returned.
    gating
        The policy, and what to do with it.
    wanted
        Whether to gate; otherwise only names of the policy that the report has not are told.
    """
    from labelaudit.gate.effective import effective
    from labelaudit.gate.findings import found_in
    from labelaudit.render.json import as_published

    report = as_published(scan.report)
    if wanted:
        file = gating.output / "report.json"
        is_public = report.privacy == "public"  # names no item, nor do the files of its gate
        apply(file, report, gating, None if is_public else found_in(scan.items, scan.issues))
    elif gating.asked is not None:
        effective(report, gating.asked)


def refuse_without_gate(options: Mapping[str, object], *, is_gated: bool) -> None:
    """Refuse options of a gate where none is asked for; read the baseline, before long work."""
    given = [name for name, value in options.items() if value]
    if given and not is_gated:
        raise InputError(f"{given[0]}: is for a gate", hint="give --gate, too")
    baseline = options.get("--baseline")
    if isinstance(baseline, Path):
        from labelaudit.gate.baseline_file import read_baseline

        read_baseline(baseline)


def check_names(asked: "Asked | None", classes: tuple[str, ...], splits: tuple[str, ...]) -> None:
    """Refuse, before long work, a policy that names what the dataset or labelaudit has not.

    Raises
    ------
    InputError
        When there is no such measure, class or split.
    """
    if asked is None:
        return
    from labelaudit.gate.effective import unknown_names
    from labelaudit.measures import load_measures

    problems = unknown_names(asked, load_measures(), classes, splits)
    if problems:
        raise InputError(
            f"{asked.policy.source}: does not fit the dataset; {len(problems):,} wrong",
            details=problems,
            hint="labelaudit gate --init REPORT writes a policy of what a report has",
        )


def outcome_of(report: "Report", gating: Gating, found: "Found | None") -> "Outcome":
    """Return what the gate says of a report; the baseline is written where it is to be updated."""
    from labelaudit.gate.comparison import compared
    from labelaudit.gate.outcome import Outcome
    from labelaudit.gate.rulings import rulings

    report = _with_policy(report, gating)
    baseline = _baseline(report, gating, found)
    known = None if found is None or baseline is None else compared(found, baseline)
    findings = known.findings if known is not None else None if found is None else found.findings
    return Outcome(
        report=report,
        rulings=rulings(report, findings, before=baseline, on_inconclusive=gating.on_inconclusive),
        findings=findings or (),
        baseline="" if baseline is None else _file_of(gating).name,
        stale=known.stale if known is not None else (),
        unsettled=known.unsettled if known is not None else 0,
        still_wrong=known.still_wrong if known is not None else (),
    )


def _with_policy(report: "Report", gating: Gating) -> "Report":
    """Return a report with the limits and the policy that are applied."""
    from labelaudit.gate.effective import effective

    if gating.asked is not None:
        return effective(report, gating.asked)
    if gating.mode is None:
        return report
    return replace(
        report,
        limits=tuple(replace(limit, mode=gating.mode) for limit in report.limits),
        policy=replace(report.policy, mode=gating.mode),
    )


def _file_of(gating: Gating) -> Path:
    from labelaudit.gate.baseline import BASELINE_FILE

    return gating.baseline or Path(BASELINE_FILE)


def _baseline(report: "Report", gating: Gating, found: "Found | None") -> "Baseline | None":
    """Return what is known already; written anew first where that is asked for."""
    from labelaudit.gate.baseline import refuse_drift
    from labelaudit.gate.baseline_file import read_baseline

    file = _file_of(gating)
    is_there = file.exists() or (gating.baseline is not None and not gating.update_baseline)
    if gating.baseline is None and not gating.update_baseline:
        return None
    baseline = read_baseline(file) if is_there else None
    if gating.update_baseline:
        return _updated(report, file, found, baseline)
    if baseline is not None and not gating.allow_drift:
        refuse_drift(baseline, report, str(file))
    return baseline


def _updated(
    report: "Report", file: Path, found: "Found | None", before: "Baseline | None"
) -> "Baseline":
    """Write the baseline that accepts what was found, and return it."""
    from labelaudit.cli.files import write_files
    from labelaudit.gate.baseline_file import to_text
    from labelaudit.gate.comparison import updated_baseline

    if found is None:
        raise InputError(
            f"{file}: cannot be updated: no issues.parquet lies beside the report",
            hint="scan the data; a public report names no items, and cannot be a baseline",
        )
    baseline = updated_baseline(report, found, before)
    write_files(file.parent, {file.name: to_text(baseline).encode()})
    typer.echo(f"{file}: {len(baseline.entries):,} findings accepted", err=True)
    return baseline


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
