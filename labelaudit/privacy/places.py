"""Words without the places of this machine: a report says nothing of where it was made."""

import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

# Absolute paths, of POSIX and of Windows: in quotes, with any character; else up to a space.
QUOTED: Final = re.compile(
    r"(?P<quote>['\"])(?:~?/|[A-Za-z]:[\\/]|\\\\)(?:(?!(?P=quote)).)*(?P=quote)"
)
BARE: Final = re.compile(r"(?<![\w.:/\\~-])(?:file://)?(?:~?/|[A-Za-z]:[\\/]|\\\\)[^\s'\"<>|,;()]+")
LEAST: Final = 2  # parts of a folder that is a place: / alone is none


def without_places(words: str) -> str:
    """Return words with the last part of each absolute path in place of the path.

    Parameters
    ----------
    words
        Any text, such as the message of an error.
    """
    for place in _places():
        words = words.replace(f"{place}/", "/").replace(place, "")
    words = QUOTED.sub(lambda found: found[1] + _last(found[0].strip(found[1])) + found[1], words)
    return BARE.sub(lambda found: _last(found[0]), words)


def _places() -> list[str]:
    """Return the folders of this process, the longest first."""
    found = {Path.cwd(), Path(tempfile.gettempdir()).resolve(), Path(tempfile.gettempdir())}
    with suppress(RuntimeError):  # where no home is known
        found.add(Path.home())
    return sorted((str(path) for path in found if len(path.parts) > LEAST), key=len, reverse=True)


def _last(path: str) -> str:
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1]
