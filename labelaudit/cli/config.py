"""Options from a file: ``labelaudit.toml``, or ``[tool.labelaudit]`` in ``pyproject.toml``."""

from pathlib import Path

from labelaudit.errors import InputError

FILES = ("labelaudit.toml", "pyproject.toml")


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
    found = {name: table for name in FILES if (table := _table(folder / name)) is not None}
    if len(found) > 1:
        raise InputError(
            f"{' and '.join(found)}: both configure labelaudit",
            hint="keep one of labelaudit.toml and [tool.labelaudit] in pyproject.toml",
        )
    for name, table in found.items():
        values = {key.replace("-", "_"): value for key, value in table.items()}
        unknown = sorted(set(values) - known)
        if unknown:
            raise InputError(
                f"{name}: {', '.join(unknown)}: no such option",
                hint=f"there are {', '.join(sorted(known))}",
            )
        return values
    return {}


def _table(path: Path) -> dict[str, object] | None:
    """Return the table of a file that is for labelaudit; None when there is none."""
    if not path.is_file():
        return None
    import tomllib

    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InputError(
            f"{path.name}: cannot be read: {error}", hint="it has to be TOML"
        ) from error
    table = said.get("tool", {}).get("labelaudit") if path.name == "pyproject.toml" else said
    if table is not None and not isinstance(table, dict):
        raise InputError(f"{path.name}: tool.labelaudit is no table")
    return table
