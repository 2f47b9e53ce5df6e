"""One file per format: a reader from a path to a `Dataset`, and how the right one is chosen."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from labelaudit.dataset import Dataset
from labelaudit.errors import InputError, some
from labelaudit.reading.annotation_files import with_annotations
from labelaudit.reading.class_order import in_class_order
from labelaudit.reading.options import Options as Options
from labelaudit.reading.options import check_options
from labelaudit.reading.recorded import recorded
from labelaudit.registry import declared
from labelaudit.verdicts import VERDICTS_FILE

MARK = "__reader__"


Read = Callable[[Path, Options], Dataset]
Detect = Callable[[Path], str]
_R = TypeVar("_R", bound=Read)


def reader(*, detect: Detect) -> Callable[[_R], _R]:
    """Register a function as the reader of the format of its name.

    Parameters
    ----------
    detect
        Says in words why a path looks like this format, or returns an empty string.
    """

    def mark(function: _R) -> _R:
        setattr(function, MARK, detect)
        return function

    return mark


def load_readers() -> dict[str, Read]:
    """Return every reader by the name of its format."""
    return declared(__name__, MARK, group="labelaudit.formats")


def open_dataset(path: Path | str, options: Options | None = None) -> Dataset:
    """Read a folder or manifest as the one format it looks like.

    Parameters
    ----------
    path
        A folder, or a manifest file.
    options
        What the user said about it.

    Returns
    -------
    The dataset; its `Source` says why this format was taken.

    Raises
    ------
    InputError
        When there is nothing at the path, it looks like no format, or like several.
    """
    options = options or Options()
    check_options(options)
    path = Path(path)
    dataset = _reader_of(path, options)(path, options)
    if options.annotations:
        dataset = with_annotations(dataset, options.annotations, options)
    if options.class_order:
        dataset = in_class_order(dataset, options.class_order)
    source = replace(dataset.source, options=recorded(options, path))
    return replace(dataset, path=path, source=source)


def _reader_of(path: Path, options: Options) -> Read:
    """Return the reader of the one format that a path looks like."""
    readers = load_readers()
    if not path.exists():
        raise InputError(
            f"{path}: there is no such file or folder", hint="check the path for a typing error"
        )
    if options.format:
        if options.format not in readers:
            raise InputError(
                f"--format {options.format}: no such format",
                hint=f"there are {', '.join(readers)}",
            )
        return readers[options.format]
    reasons = {name: getattr(read, MARK)(path) for name, read in readers.items()}
    matches = {name: why for name, why in reasons.items() if why}
    if len(matches) == 1:
        return readers[next(iter(matches))]
    if matches:
        raise InputError(
            f"{path}: could be read in {len(matches)} ways",
            details=[f"{name}: {why}" for name, why in matches.items()],
            hint=f"say which with --format {'|'.join(matches)}, or name the manifest file",
        )
    raise InputError(
        f"{path}: looks like none of the formats {', '.join(readers)}{_content(path)}",
        hint="scan a folder of class folders, or a CSV, TSV, JSONL, Parquet, NPZ or Croissant file",
    )


def _content(path: Path) -> str:
    """Say what is at a path that no reader knows."""
    if path.name == VERDICTS_FILE:
        return "; it holds the verdicts on the dataset beside it"
    if not path.is_dir():
        return f"; it is a file of type {path.suffix or '(none)'!r}"
    names = sorted(entry.name for entry in path.iterdir())
    return f"; found {some(names)}" if names else "; the folder is empty"
