"""The files of a Croissant file's resources: inside its folder, and with the hashes it gives."""

import fnmatch
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote

from labelaudit.errors import InputError
from labelaudit.reading.croissant.document import Document, Resource
from labelaudit.reading.folders import is_inside, walk
from labelaudit.reading.item_paths import OUTSIDE
from labelaudit.reading.rows import quoted

ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
HASHES: Final = {"sha256": 64, "md5": 32}
BLOCK: Final = 1 << 20
ARCHIVES: Final = re.compile(
    r"\.(zip|tar|tgz|gz|bz2|xz|7z|rar|zst)$|zip|tar|compress", re.IGNORECASE
)

Fetch = Callable[[Resource], Path]


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a resource.

    Attributes
    ----------
    root
        The folder of the Croissant file; of a file that was fetched, the one that keeps it.
    path
        Its path below that folder, with forward slashes.
    inside
        Its path below what its FileSet is contained in: what Croissant calls its full path.
    is_fetched
        Whether it was fetched, so that it is no file of the dataset's folder.
    """

    root: Path
    path: str
    inside: str
    is_fetched: bool = False

    @property
    def file(self) -> Path:
        """Where it lies."""
        return self.root / self.path


def files_of(document: Document, resource: Resource, fetch: Fetch | None) -> list[Found]:
    """Return the files of a FileObject or FileSet.

    Parameters
    ----------
    document
        The Croissant file.
    resource
        One of its resources.
    fetch
        Brings a file from the address that it has; None to refuse such.

    Raises
    ------
    InputError
        When there is none, it lies outside the folder or in an archive, or has another hash.
    """
    if resource.is_set:
        return _set_files(document, resource)
    if resource.inside:
        _refuse_archive(document, resource)
    if ADDRESS.match(resource.url):
        return [_fetched(resource, fetch)]
    root = document.path.parent
    path = local_path(resource, root)
    file = root / path
    if not file.is_file():
        what = "is a folder" if file.is_dir() else "is not there"
        raise InputError(
            f"{resource.where}: contentUrl {quoted(path)} {what}",
            hint=f"put the file where the Croissant file says, below {root}",
        )
    check_hash(resource, file)
    return [Found(root, path, path)]


def local_path(resource: Resource, root: Path) -> str:
    """Return the path of a resource below the folder of the Croissant file."""
    # An address has its blanks as %20; some files have the path as it is.
    path = resource.url if _is_there(root, resource.url) else unquote(resource.url)
    if not path or "\0" in path or re.search(OUTSIDE, path):
        raise InputError(
            f"{resource.where}: contentUrl {quoted(resource.url)} leads out of the folder",
            hint="write a path of a file below the folder of the Croissant file",
        )
    plain = PurePosixPath(path).as_posix()
    if not is_inside(os.path.realpath(root / plain), os.path.realpath(root)):
        raise InputError(
            f"{resource.where}: contentUrl {quoted(resource.url)}: a symbolic link leads outside",
            hint="put the file itself below the folder of the Croissant file",
        )
    return plain


def _is_there(root: Path, path: str) -> bool:
    return bool(path) and "\0" not in path and (root / path).exists()


def check_hash(resource: Resource, file: Path) -> None:
    """Raise `InputError` when a file has another hash than its resource gives."""
    for name, digits in HASHES.items():
        wanted = resource.sha256 if name == "sha256" else resource.md5
        if not wanted:
            continue
        if not re.fullmatch(f"[0-9a-f]{{{digits}}}", wanted):
            raise InputError(
                f"{resource.where}: {name}: {quoted(wanted)} is no hash",
                hint=f"write {digits} hexadecimal digits",
            )
        found = _hash_of(file, name)
        if found != wanted:
            raise InputError(
                f"{resource.where}: {name}: found {found} where the Croissant file has {wanted}",
                hint="the file is not the one that is described: get that one, or correct the hash",
            )
        return


def _hash_of(file: Path, name: str) -> str:
    digest = hashlib.new(name, usedforsecurity=False)
    with file.open("rb") as content:
        while block := content.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _set_files(document: Document, resource: Resource) -> list[Found]:
    """Return the files that the patterns of a FileSet are of, sorted."""
    folder = _folder_of(document, resource)
    if not resource.includes:
        raise InputError(
            f"{resource.where}: includes: no pattern is given", hint="write one, such as *.png"
        )
    root = document.path.parent
    base = root / folder if folder else root
    paths = [path for path in walk(base)[0] if _matches(path, resource.includes)]
    paths = [path for path in paths if not _matches(path, resource.excludes)]
    if not paths:
        patterns = ", ".join(map(quoted, resource.includes[:3]))
        raise InputError(
            f"{resource.where}: includes: no file below {quoted(folder or '.')} is named so: "
            f"{patterns}",
            hint="put the files where the Croissant file says, or correct the patterns",
        )
    prefix = f"{folder}/" if folder else ""
    return [Found(root, prefix + path, path) for path in paths]


def _folder_of(document: Document, resource: Resource) -> str:
    """Return the folder that a FileSet is contained in, relative to the Croissant file."""
    if not resource.inside:
        return ""
    if len(resource.inside) > 1:
        _refuse_archive(document, resource)
        raise InputError(
            f"{resource.where}: containedIn: {len(resource.inside)} containers, and one is read",
            hint="write a FileSet for each",
        )
    container = document.resources.get(resource.inside[0])
    if container is None:
        raise InputError(
            f"{resource.where}: containedIn: there is no resource {quoted(resource.inside[0])}",
            hint="correct the reference",
        )
    folder = "" if ADDRESS.match(container.url) or not container.url else container.url
    if folder and not container.is_set and not container.inside:
        path = local_path(container, document.path.parent)
        if (document.path.parent / path).is_dir():
            return "" if path == "." else path
    _refuse_archive(document, resource)
    raise AssertionError  # the line above raises


def _refuse_archive(document: Document, resource: Resource) -> None:
    """Raise for a resource that lies in an archive, a repository or another FileSet."""
    name = resource.inside[0]
    container = document.resources.get(name)
    what = "in another resource"
    if container is not None and ADDRESS.match(container.url):
        what = "at an address"
    elif container is not None and ARCHIVES.search(container.url + " " + container.format):
        what = "in an archive"
    raise InputError(
        f"{resource.where}: containedIn: {quoted(name)} lies {what}, which is not opened",
        hint="unpack it, and write the folder as contentUrl of the container, or leave out "
        "containedIn and let the patterns begin with the folder",
    )


def _fetched(resource: Resource, fetch: Fetch | None) -> Found:
    if fetch is None:
        raise InputError(
            f"{resource.where}: contentUrl {quoted(resource.url)}: an address; nothing is "
            "downloaded unasked",
            hint="download it, and write its path as contentUrl; or say --fetch",
        )
    file = fetch(resource)
    return Found(file.parent, file.name, file.name, is_fetched=True)


def _matches(path: str, globs: tuple[str, ...]) -> bool:
    return bool(globs) and _pattern(globs).match(path) is not None


@lru_cache(maxsize=64)
def _pattern(globs: tuple[str, ...]) -> re.Pattern[str]:
    """Return one pattern for all; as in the reference implementation, ``*`` is also of slashes."""
    return re.compile("|".join(fnmatch.translate(glob.removeprefix("./")) for glob in globs))
