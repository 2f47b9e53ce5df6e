"""A file from the address that a Croissant file gives: over https, of a known hash, once."""

import os
import re
import tempfile
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from http.client import HTTPException
from pathlib import Path
from typing import IO, Final, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit

from labelaudit.errors import InputError, OutputError
from labelaudit.reading.croissant.document import Resource
from labelaudit.reading.croissant.resources import check_hash
from labelaudit.reading.rows import quoted

MOST_BYTES: Final = 1 << 36
BLOCK: Final = 1 << 20
SECONDS: Final = 60.0  # that a server may be silent
UNUSUAL: Final = re.compile(r"[^A-Za-z0-9._-]+")


class Answer(Protocol):
    """What a server sends, to be read in parts."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes; none at the end."""


Open = Callable[[str], AbstractContextManager[Answer]]


class _OnlyHttps(urllib.request.HTTPRedirectHandler):
    """Follows a server only to another address with https."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - the signature of what it replaces
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: object,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Return the request that follows; raise for an address of another kind."""
        try:
            check_address(newurl, "the server leads to another address")
        except InputError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def redirected() -> urllib.request.HTTPRedirectHandler:
    """Return what follows a server to other addresses with https, and to no others."""
    return _OnlyHttps()


def check_address(url: str, where: str) -> None:
    """Raise `InputError` for an address that is not https on a plain host."""
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_plain = False
    if not is_plain:
        raise InputError(
            f"{where}: {quoted(url)} is no https address of a plain host",
            hint="download the file yourself, and write its path as contentUrl",
        )


def open_https(url: str) -> AbstractContextManager[Answer]:
    """Ask a server for a file."""
    opener = urllib.request.build_opener(redirected())
    answer: AbstractContextManager[Answer] = opener.open(url, timeout=SECONDS)
    return answer


def fetched(
    resource: Resource, cache: Path, open_url: Open = open_https, most: int = MOST_BYTES
) -> Path:
    """Return the file of a resource that lies at an address, from the cache if it is there.

    Parameters
    ----------
    resource
        A FileObject with an address and a hash.
    cache
        Folder that keeps what was fetched, by its hash.
    open_url
        Asks a server for a file.
    most
        Bytes of a file, beyond which it is refused.

    Raises
    ------
    InputError
        When it has no hash, its address is not https, it cannot be had, is too large, or has
        another hash than is given.
    """
    check_address(resource.url, f"{resource.where}: contentUrl")
    known = resource.sha256 or resource.md5
    if not re.fullmatch(r"[0-9a-f]{32}|[0-9a-f]{64}", known):
        raise InputError(
            f"{resource.where}: a file without a hash (sha256 or md5) is not fetched",
            hint="download the file yourself, and write its path as contentUrl",
        )
    name = UNUSUAL.sub("_", unquote(urlsplit(resource.url).path).rpartition("/")[2]).lstrip(".")
    file = cache / known / (name or "file")
    if file.is_file():
        check_hash(resource, file)
        return file
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, staged = tempfile.mkstemp(dir=file.parent, prefix=".fetch-")
    except OSError as error:
        raise OutputError(
            f"{file.parent}: cannot keep what is fetched; {error.strerror}",
            hint="name another folder with $LABELAUDIT_CACHE",
        ) from None
    try:
        _write(resource, handle, open_url, most)
        check_hash(resource, Path(staged))
        Path(staged).replace(file)
    finally:
        Path(staged).unlink(missing_ok=True)
    return file


def _write(resource: Resource, handle: int, open_url: Open, most: int) -> None:
    """Write what a server sends, up to a size."""
    size = 0
    with os.fdopen(handle, "wb") as out:
        try:
            with open_url(resource.url) as answer:
                while block := answer.read(BLOCK):
                    size += len(block)
                    if size > most:
                        raise InputError(
                            f"{resource.where}: {quoted(resource.url)}: more than {most:,} bytes",
                            hint="download the file yourself, and write its path as contentUrl",
                        )
                    out.write(block)
        except (URLError, HTTPException, OSError, ValueError) as error:
            if isinstance(error, HTTPError):
                error.close()  # it is the answer, too
            reason = getattr(error, "reason", None) or error
            raise InputError(
                f"{resource.where}: {quoted(resource.url)} cannot be fetched; {reason}",
                hint="check the address and the network, or download the file yourself",
            ) from None
