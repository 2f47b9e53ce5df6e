"""What goes wrong between a hub and a disk, as errors that their reader can act on."""

import errno
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, TypeVar

from labelaudit.errors import LabelauditError, ModelError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
N_TRIES, LONGEST_WAIT, USUAL_WAIT = 3, 60.0, 5.0  # seconds
LOGIN_HINT = "accept its terms on its page, then hf auth login, or set HF_TOKEN"
MISSING_HINT = "is HF_ENDPOINT a mirror without it? else please report it: the catalog is wrong"

Result = TypeVar("Result")


class TooManyRequestsError(Exception):
    """A hub that wants to be left alone for some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many requests; retry after {seconds:.0f} s")
        self.seconds = seconds


def refuse_busy(response: Any) -> None:  # noqa: ANN401 - of the hub's client's HTTP library
    """Raise for a response that says there were too many requests.

    Raises
    ------
    TooManyRequestsError
        With the seconds that it asks to wait.
    """
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise TooManyRequestsError(_seconds_to_wait(response.headers))


def patiently(call: Callable[[], Result], where: str, tell: Callable[[str], None]) -> Result:
    """Return what a call returns, after the waits that a hub asks for.

    Raises
    ------
    ModelError
        When it asks for more than a minute, or asks for the third time.
    """
    for tried in range(1, N_TRIES + 1):
        try:
            return call()
        except TooManyRequestsError as busy:
            if tried == N_TRIES or busy.seconds > LONGEST_WAIT:
                raise ModelError(
                    f"{where}: the hub answers 429, too many requests, and asks to wait "
                    f"{busy.seconds:,.0f} s",
                    hint="try again later, or log in for a higher limit: hf auth login",
                ) from busy
            tell(f"the hub asks to wait {busy.seconds:.0f} s")
            time.sleep(busy.seconds)
    raise AssertionError  # the last try returned or raised


@contextmanager
def explained(where: str, revision: str) -> Iterator[None]:
    """Turn whatever a pull raises into an error that says where, what and what next.

    Parameters
    ----------
    where
        The model, its file and its repository.
    revision
        At which revision.
    """
    try:
        yield
    except LabelauditError:
        raise
    except Exception as error:  # the hub's client, its HTTP library and the disk raise anything
        raise _explain(error, where, revision) from error


def no_room(where: str, why: str) -> ModelError:
    """Return the error of a full disk."""
    return ModelError(
        f"{where}: there is no room for it: {why}",
        hint="make room, or set LABELAUDIT_CACHE to a folder elsewhere; nothing was kept",
    )


def _explain(error: Exception, where: str, revision: str) -> ModelError:
    root = _root(error)
    if isinstance(root, OSError) and root.errno in NO_ROOM:
        return no_room(where, root.strerror or str(root))
    if isinstance(root, OSError) and root.filename:
        return ModelError(
            f"{where}: {root.filename} cannot be written: {root.strerror}",
            hint="set LABELAUDIT_CACHE to a folder that can be; nothing was kept",
        )
    response = getattr(root, "response", None)
    if response is not None:
        wrong, hint = _answer(response.status_code, response.headers, revision)
        return ModelError(f"{where}: the hub answers {wrong}", hint=hint)
    said = str(root).strip().partition("\n")[0]
    return ModelError(
        f"{where}: the pull broke off: {type(root).__name__}{said and ': '}{said}",
        hint="check the network, a proxy and HF_ENDPOINT, then pull again; nothing was kept",
    )


def _root(error: BaseException) -> BaseException:
    """Return the error that the hub's client wrapped, unless an answer of the hub is on top."""
    while getattr(error, "response", None) is None and error.__cause__ is not None:
        error = error.__cause__
    return error


def _answer(status: int, headers: Any, revision: str) -> tuple[str, str]:  # noqa: ANN401 - as above
    """Return what an answer of the hub means, and what to do."""
    code = headers.get("X-Error-Code", "")
    if code == "GatedRepo" or status == HTTPStatus.FORBIDDEN:
        return f"{status}, it is gated", LOGIN_HINT
    if status == HTTPStatus.UNAUTHORIZED:
        return f"{status}, it is gated or private, or not there", LOGIN_HINT
    if status == HTTPStatus.NOT_FOUND:
        missing = {"RevisionNotFound": f"revision {revision}", "EntryNotFound": "file"}
        return f"{status}, there is no such {missing.get(code, 'repository')}", MISSING_HINT
    return str(status), "try again later"


def _seconds_to_wait(headers: Any) -> float:  # noqa: ANN401 - as above
    """Return how long a response asks to wait, by RFC 9110 (10.2.3) or by the hub's RateLimit."""
    said = headers.get("Retry-After", "")
    if said.isdecimal():
        return float(said)
    if left := re.search(r"\bt=(\d+)", headers.get("RateLimit", "")):
        return float(left[1])
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return USUAL_WAIT
