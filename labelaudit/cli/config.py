"""Options from a file: ``labelaudit.toml``, or ``[tool.labelaudit]`` in ``pyproject.toml``."""

from pathlib import Path
from typing import Final

from labelaudit.errors import InputError

OWN, PROJECT = "labelaudit.toml", "pyproject.toml"
FILES = (OWN, PROJECT)
GATE: Final = "gate"  # the key of the policy, which is a table and no option
# Options of a scan that are said where it is started: what a gate does with the policy.
OF_GATE: Final = frozenset(
    {
        *("gate", "policy", "baseline", "update_baseline", "allow_drift", "gate_formats"),
        *("mode", "on_inconclusive", "exit_zero"),
    }
)


def known_options() -> frozenset[str]:
    """Return the names of the options that a configuration may set, with underscores."""
    import inspect

    from labelaudit.cli.scan import scan

    names = frozenset(inspect.signature(scan).parameters)
    # A folder's configuration may be anybody's: what it names is fetched only by who says so.
    return names - {"data", "dataset_format", "fetch"} - OF_GATE | {"format"}


def configured(folder: Path, known: frozenset[str]) -> dict[str, object]:
    """Return the options that a folder's configuration sets.

    Parameters
    ----------
    folder
        Where the program was started.
    known
        Names of the options of `scan`, with underscores.

    Returns
    -------
    Values by name, with underscores; empty without a configuration.

    Raises
    ------
    InputError
        When a file is not TOML, both files configure, or a key is no option.
    """
    name, table = _of_folder(folder) or ("", {})
    return _options(name, table, known)


def policy_table(folder: Path, file: Path | None = None) -> tuple[str, dict[str, object]] | None:
    """Return the policy of a file, and the name of the file; None where there is none.

    Parameters
    ----------
    folder
        Where the program was started: the policy of its configuration is taken when no file is
        named.
    file
        Named by the user: it has a table ``gate``, or ``tool.labelaudit.gate``.

    Raises
    ------
    InputError
        When a file cannot be read, a key of it is none, or the policy is no table; when a file is
        named that has no policy.
    """
    if file is None:
        name, table = _of_folder(folder) or ("", {})
    else:
        name, found = file.name, _table(file, str(file))
        table = {} if found is None else found
        _options(str(file), table, known_options())
    policy = table.get(GATE)
    if policy is None and file is None:
        return None
    if policy is None:
        raise InputError(
            f"{file}: holds no policy: no table [gate], and no [tool.labelaudit.gate]",
            hint="labelaudit gate --init REPORT writes a policy to start from",
        )
    if not isinstance(policy, dict):
        raise InputError(
            f"{file or name}: gate: has to be a table; found {policy!r:.60}", hint="write [gate]"
        )
    return name, policy


def _options(name: str, table: dict[str, object], known: frozenset[str]) -> dict[str, object]:
    """Return the options of a table, without its policy."""
    values = {key.replace("-", "_"): value for key, value in table.items() if key != GATE}
    unknown = sorted(set(values) - known)
    if unknown:
        raise InputError(
            f"{name}: {', '.join(unknown)}: no such option",
            hint=f"there are {', '.join(sorted(known))}, and the table {GATE}",
        )
    return values


def _of_folder(folder: Path) -> tuple[str, dict[str, object]] | None:
    """Return a folder's configuration and the name of its file; None when there is none."""
    there = [name for name in FILES if (folder / name).is_file()]
    tables = {name: _table(folder / name, name) for name in there}
    found = {name: table for name, table in tables.items() if table is not None}
    if len(found) > 1:
        raise InputError(
            f"{' and '.join(found)}: both configure labelaudit",
            hint="keep one of labelaudit.toml and [tool.labelaudit] in pyproject.toml",
        )
    return next(iter(found.items()), None)


def _table(path: Path, where: str) -> dict[str, object] | None:
    """Return the table of a file that is for labelaudit; None when there is none."""
    import tomllib

    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"{where}: cannot be read: {error}", hint="it has to be TOML") from error
    tool = said.get("tool")
    of_tool = tool.get("labelaudit") if isinstance(tool, dict) else None
    table = of_tool if path.name == PROJECT or (GATE not in said and of_tool is not None) else said
    if table is not None and not isinstance(table, dict):
        raise InputError(f"{where}: tool.labelaudit is no table")
    if path.name == PROJECT and GATE in said:
        raise InputError(
            f"{where}: [{GATE}] is not where a policy is looked for",
            hint=f"write [tool.labelaudit.{GATE}]",
        )
    return table
