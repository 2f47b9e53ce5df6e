"""What a paper is: how it is found beside the data, opened with care, and what it yields."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from labelaudit.reading.folders import refusal
from labelaudit.report import Statement

MOST_BYTES = 2**20
MOST_JSON_BYTES = 2**24  # a Croissant file lists every file of its dataset


class UnreadablePaperError(Exception):
    """Why a paper, or what is left of it, states nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What the papers beside a dataset state.

    Attributes
    ----------
    statements
        At most one a topic, in the order of the topics.
    unread
        The files that could not be read as a whole, each with the reason.
    """

    statements: tuple[Statement, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of paper.

    Attributes
    ----------
    names
        What such a file may be called, in lower case; ``*.jsonld`` stands for all that end so.
    states
        Yields what a text states, the better place first. It gets the text and the name of its
        file, and may raise `UnreadablePaperError` at any time: what it yielded before counts.
    most_bytes
        A file beyond is not opened.
    """

    names: tuple[str, ...]
    states: Callable[[str, str], Iterator[Statement]]
    most_bytes: int = MOST_BYTES

    def has(self, name: str) -> bool:
        """Tell whether a file of this name may be of this kind."""
        lower = name.lower()
        return lower in self.names or f"*{Path(lower).suffix}" in self.names


def paper_files(folder: Path, kinds: tuple[Kind, ...]) -> list[os.DirEntry[str]]:
    """Return the files of a folder that may be papers by their names, sorted."""
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if any(kind.has(entry.name) for kind in kinds)]
    except OSError:
        return []  # a folder that cannot be listed has already been told of by its reader
    return sorted(found, key=lambda entry: entry.name)


def read_text(entry: os.DirEntry[str], folder: Path, most_bytes: int) -> str:
    """Return the text of a paper.

    Raises
    ------
    UnreadablePaperError
        When it leads out of the folder, is no file, is too large, or is not UTF-8.
    """
    if what := refusal(entry, os.path.realpath(folder)):
        raise UnreadablePaperError(what)
    if entry.is_dir():
        raise UnreadablePaperError("a folder")
    try:
        with open(entry.path, "rb") as file:  # noqa: PTH123 - it is an entry, no Path
            content = file.read(most_bytes + 1)
    except OSError as error:
        raise UnreadablePaperError(f"cannot be opened; {error.strerror}") from None
    if len(content) > most_bytes:
        raise UnreadablePaperError(f"larger than {most_bytes // 2**20} MiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadablePaperError("is not UTF-8") from None
