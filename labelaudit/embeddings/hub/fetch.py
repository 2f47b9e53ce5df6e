"""Bringing the files of one model from the Hugging Face hub, each checked by its hash."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from labelaudit.embeddings.hub.catalog import Entry, HubFile
from labelaudit.embeddings.hub.errors import explained, no_room, patiently, refuse_busy
from labelaudit.embeddings.hub.pulled import Record, file_sha256
from labelaudit.errors import ModelError

Tell = Callable[[str], None]


def import_hub() -> Any:  # noqa: ANN401 - it has no types for us
    """Import the hub's client: no telemetry, and a progress bar on a terminal only.

    Raises
    ------
    ModelError
        When it is not installed.
    """
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("HF_HUB_VERBOSITY", "error")
    if not sys.stderr.isatty():
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        import huggingface_hub.utils
    except ImportError as error:
        raise ModelError(
            f"pulling a model needs the package huggingface_hub: {error}",
            hint="pip install 'labelaudit[hub]'",
        ) from error
    return huggingface_hub


def fetch(
    hub: Any,  # noqa: ANN401 - it has no types for us
    entry: Entry,
    known: Record | None,
    staged: Path,
    tell: Tell,
) -> Record:
    """Bring every file of a model into an empty folder.

    Parameters
    ----------
    hub
        The hub's client, as `import_hub` returns it.
    entry
        The model.
    known
        What was recorded at its first pull, when it is pulled again: the same has to come.
    staged
        The folder; it is left with the files alone.
    tell
        Told of waits.

    Raises
    ------
    ModelError
        When a file cannot be had, or its hash is not what was recorded, what the catalog says, or
        what the hub states.
    """
    commit = known.commit if known else entry.revision
    sha256: dict[str, str] = {}
    size: dict[str, int] = {}
    with _no_long_waits(hub):
        for file in reversed(entry.files):  # what lies beside is small, and fails sooner
            name = entry.local_name(file)
            where = f"{entry.name}: {file.path} of {entry.repository}"
            with explained(where, commit):
                ask = partial(_ask, hub, entry.repository, file, commit, staged)
                commit, stated = patiently(ask, where, tell)
                bring = partial(_bring, hub, entry.repository, file, commit, staged)
                brought = patiently(bring, where, tell)
                sha256[name], size[name] = file_sha256(brought), brought.stat().st_size
                recorded = known.sha256.get(name, "") if known else ""
                _check(
                    where,
                    sha256[name],
                    {
                        "was recorded at the first pull": recorded,
                        "the catalog says": file.sha256,
                        "the hub states": stated,
                    },
                )
                brought.replace(staged / name)
    shutil.rmtree(staged / "hub")
    return Record(
        name=entry.name,
        repository=entry.repository,
        revision=entry.revision,
        commit=commit,
        sha256=sha256,
        size=size,
    )


@contextmanager
def _no_long_waits(hub: Any) -> Iterator[None]:  # noqa: ANN401 - as above
    """Have the hub's client raise where it would wait for as long as it is told to."""
    session = hub.utils.get_session()
    before = session.event_hooks
    session.event_hooks = {**before, "response": [*before["response"], refuse_busy]}
    try:
        yield
    finally:
        session.event_hooks = before


def _ask(
    hub: Any,  # noqa: ANN401 - as above
    repository: str,
    file: HubFile,
    revision: str,
    staged: Path,
) -> tuple[str, str]:
    """Return the commit that a revision is, and the SHA-256 that the hub states, if it does."""
    about = hub.get_hf_file_metadata(hub.hf_hub_url(repository, file.path, revision=revision))
    if not about.commit_hash:
        raise ModelError(
            f"{file.path} of {repository}: the answer names no commit, so it is not from a hub",
            hint="check HF_ENDPOINT, and whether a proxy answers in its place",
        )
    size = about.size or file.size
    if size > shutil.disk_usage(staged).free:
        raise no_room(f"{file.path} of {repository}", f"it takes {size / 1e6:,.0f} MB")
    etag = about.etag or ""
    return about.commit_hash, etag if re.fullmatch("[0-9a-f]{64}", etag) else ""


def _bring(
    hub: Any,  # noqa: ANN401 - as above
    repository: str,
    file: HubFile,
    commit: str,
    staged: Path,
) -> Path:
    """Download a file."""
    folder = staged / "hub"
    return Path(hub.hf_hub_download(repository, file.path, revision=commit, local_dir=folder))


def _check(where: str, found: str, wanted: Mapping[str, str]) -> None:
    """Raise when a hash is not what it has to be."""
    wrong = {said: sha256 for said, sha256 in wanted.items() if sha256 not in {"", found}}
    if wrong:
        raise ModelError(
            f"{where}: its SHA-256 is {found}; nothing was kept",
            details=[f"{said} {sha256}" for said, sha256 in wrong.items()],
            hint="pull again; if it stays so, do not use it: it is not the file that was meant",
        )
