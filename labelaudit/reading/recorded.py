"""What was said about a manifest as a report keeps it, so that the data can be read alike again."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path, PurePosixPath

from labelaudit.errors import InputError
from labelaudit.reading.options import Options

Recorded = Mapping[str, tuple[str, ...]]

# What is read beside the items, their labels and splits, and changes none of them.
BESIDE = frozenset({"metadata_columns", "fetch"})
KNOWN = frozenset(each.name for each in fields(Options)) - BESIDE


def recorded(options: Options, data: Path) -> dict[str, tuple[str, ...]]:
    """Return options as lists of texts, by name.

    Parameters
    ----------
    options
        What was said.
    data
        The folder or manifest that it was said about: other files are named from its folder, and
        those that do not lie below it by their names.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(KNOWN):
        said = getattr(options, name)
        if isinstance(said, Path):
            found[name] = (_from_folder(said, data),)
        elif isinstance(said, Mapping):
            found[name] = tuple(f"{key}={value}" for key, value in said.items())
        elif isinstance(said, tuple):
            found[name] = said
        elif isinstance(said, str) and said:
            found[name] = (said,)
    return {name: texts for name, texts in found.items() if texts}


def options_of(said: Recorded, data: Path) -> Options:
    """Return the options that a report keeps.

    Parameters
    ----------
    said
        As `recorded` returned it.
    data
        The folder or manifest that is to be read with them.

    Raises
    ------
    InputError
        When there is one that no manifest has, or a file that is not below the data's folder.
    """
    unknown = sorted(set(said) - KNOWN)
    if unknown:
        raise InputError(
            f"dataset.options: {unknown[0]!a}: no option of a manifest",
            hint="read the report with the labelaudit that wrote it",
        )
    texts = {name: values for name, values in said.items() if values}
    found: dict[str, object] = {}
    for each in fields(Options):
        if each.name not in texts:
            continue
        values = texts[each.name]
        if each.name == "annotations":
            found[each.name] = _below(_folder(data), values[0])
        elif each.name == "label_states":
            found[each.name] = {key: state for key, _, state in _pairs(values, last=True)}
        elif each.name == "annotations_columns":
            found[each.name] = {role: column for role, _, column in _pairs(values, last=False)}
        else:
            found[each.name] = values[0] if each.type is str else values
    return Options(**found)  # type: ignore[arg-type]


def _pairs(values: tuple[str, ...], *, last: bool) -> list[tuple[str, str, str]]:
    return [value.rpartition("=") if last else value.partition("=") for value in values]


def _folder(data: Path) -> Path:
    return data if data.is_dir() else data.parent


def _below(folder: Path, path: str) -> Path:
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise InputError(
            f"dataset.options: annotations: {path!a} does not lie below the data",
            hint="name the file with --annotations",
        )
    return folder / path


def _from_folder(file: Path, data: Path) -> str:
    """Return a file's path from the folder of the data, or its name where it is elsewhere."""
    folder = _folder(data).resolve()
    path = file.resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else file.name
