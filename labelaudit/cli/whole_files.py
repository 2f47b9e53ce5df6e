"""Read files whole, and write several so that all are new or none is."""

import os
from collections.abc import Mapping
from pathlib import Path
from stat import S_IMODE

from labelaudit.errors import InputError, OutputError


def content_of(path: Path) -> bytes | None:
    """Return what a file holds; None where there is none.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read: {error.strerror or error}", hint="name a file"
        ) from error


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write files, each in the place of an old one: all under temporary names, then renamed.

    A file that a symbolic link leads to is written where it is, and permissions stay.

    Parameters
    ----------
    files
        Content of each; only the last folder of a path is made if it is not there.

    Raises
    ------
    OutputError
        When one cannot be written; then none is changed.
    """
    targets = {path: path.resolve() for path in files}
    temporary = {
        path: target.with_name(f".{target.name}.{os.getpid()}.tmp")
        for path, target in targets.items()
    }
    at = Path()
    try:
        for at, content in files.items():
            _write(temporary[at], content, targets[at])
        for at, target in targets.items():
            temporary[at].replace(target)
    except OSError as error:
        raise OutputError(
            f"{at}: cannot be written: {error.strerror or error}; no file was changed",
            hint="make room, or name a folder that is there and may be written to",
        ) from error
    finally:
        for path in temporary.values():
            path.unlink(missing_ok=True)


def _write(path: Path, content: bytes, target: Path) -> None:
    """Write a file to be renamed to another, with the permissions of that one."""
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if target.exists():
        path.chmod(S_IMODE(target.stat().st_mode))
