"""What a gate starts from: a policy of the folder or of a file, and a report as it was written."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from labelaudit.cli.config import OWN, policy_table
from labelaudit.errors import InputError, OutputError

if TYPE_CHECKING:
    from labelaudit.gate.policy import Asked
    from labelaudit.report import Mode, Report

OF_PROJECT: Final = "pyproject.toml"


def find_policy(file: Path | None, mode: "Mode | None" = None) -> "Asked | None":
    """Return the policy of a file, or of the folder that the program was started in.

    Parameters
    ----------
    file
        Named by the user; None for ``labelaudit.toml`` or ``pyproject.toml``.
    mode
        Mode of every limit, in place of those that it names.

    Returns
    -------
    The policy; None where no file is named and the folder has none.

    Raises
    ------
    InputError
        When it cannot be read, or asks for what no policy can.
    """
    found = policy_table(Path.cwd(), file)
    if found is None:
        return None
    from labelaudit.gate.policy import asked

    name, table = found
    return asked(table, name, mode)


def read_unaltered(file: Path) -> "Report":
    """Return the report that a report.json holds.

    Raises
    ------
    InputError
        When it cannot be read, or was edited since a scan or a rendering wrote it: a gate that
        passes edited numbers is none.
    """
    from labelaudit.cli.files import read_checked

    report, altered = read_checked(file)
    if altered:
        raise InputError(
            f"{file}: was edited since it was written; {len(altered):,} parts",
            details=altered,
            hint="scan again, or take the file back as the scan wrote it",
        )
    return report


def write_starting(report: Path, file: Path | None, *, has_baseline: bool) -> None:
    """Write a policy to start from, as a report suggests it; never over a file.

    Parameters
    ----------
    report
        The report.json.
    file
        Where to; None for ``labelaudit.toml`` in the folder that the program was started in.
    has_baseline
        Whether it is to count new findings, of which there may be none.

    Raises
    ------
    OutputError
        When the file is there already, or cannot be written.
    """
    from labelaudit.cli.files import write_files
    from labelaudit.gate.findings import read_found
    from labelaudit.gate.starting import starting_policy

    path = file or Path(OWN)
    if path.is_dir():
        path = path / OWN
    if path.exists() or path.is_symlink():
        raise OutputError(
            f"{path}: is there already, and is left as it is", hint="name another with --output"
        )
    loaded = read_unaltered(report)
    found = read_found(report, loaded)
    written = starting_policy(
        loaded,
        None if found is None else found.findings,
        of_tool=path.name == OF_PROJECT,
        has_baseline=has_baseline,
    )
    write_files(path.parent, {path.name: written.encode()})
    typer.echo(f"{path}")
