"""Finding the model that ``--model`` means; pulling it when it is a name."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from labelaudit.embeddings.hub.catalog import Entry, find_entry, read_catalog
from labelaudit.embeddings.hub.errors import explained
from labelaudit.embeddings.hub.fetch import Tell, fetch, import_hub
from labelaudit.embeddings.hub.pulled import (
    Record,
    changed_files,
    check_current,
    is_declared,
    model_folder,
    pulled_model,
    read_record,
    write_record,
)
from labelaudit.errors import ModelError


def find_model(said: str, *, offline: bool, tell: Tell) -> Path:
    """Return the ONNX file that ``--model`` means; pull it when it is a name and not here.

    Parameters
    ----------
    said
        ``builtin``, a name of the catalog, or a file.
    offline
        Pull nothing.
    tell
        Told what is pulled, from where, its size and its licence.

    Raises
    ------
    ModelError
        When nothing is meant by it, it cannot be pulled, or what was pulled is not what the
        catalog says now.
    """
    from labelaudit.embeddings.builtin import BUILTIN

    if said == "builtin":
        return BUILTIN
    names = read_catalog()
    is_file = said.endswith(".onnx") or len(Path(said).parts) > 1 or Path(said).exists()
    if said not in names and is_file:
        return Path(said)
    entry = find_entry(said)
    if read_record(model_folder(entry.name)) is None:
        return pull(entry, offline=offline, tell=tell)
    check_current(entry)
    return pulled_model(entry)


def pull(entry: Entry, *, offline: bool, tell: Tell) -> Path:
    """Bring a model of the catalog here, unless it is here and as it was recorded.

    Returns
    -------
    Its ONNX file.

    Raises
    ------
    ModelError
        When it cannot be pulled, or is not what it has to be; then nothing of it is kept.
    """
    if _is_here(entry):
        return pulled_model(entry)
    folder = model_folder(entry.name)
    if offline or os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}:
        raise ModelError(
            f"{entry.name}: not pulled yet, and this run is offline",
            hint=f"labelaudit models pull {entry.name} where there is a network; {folder} can be "
            "copied from machine to machine",
        )
    hub = import_hub()
    with explained(entry.name, entry.revision), _alone(folder, tell):
        _put_back(folder)
        if not _is_here(entry):
            tell(
                f"pulling {entry.name}: {entry.repository} at {entry.revision}, "
                f"{entry.size_text}, licence {entry.licence}"
            )
            _replace(hub, folder, entry, tell)
    return pulled_model(entry)


def _is_here(entry: Entry) -> bool:
    """Tell whether a model is here as recorded; write its declaration when it is not ours."""
    folder = model_folder(entry.name)
    record = _record_of(entry)
    if record is None or changed_files(folder, record, {}):
        return False
    if not is_declared(entry):
        temporary = folder / f".{entry.name}.json.tmp"
        temporary.write_text(entry.sidecar(), encoding="utf-8")
        temporary.replace(pulled_model(entry).with_suffix(".json"))
    return True


def _record_of(entry: Entry) -> Record | None:
    """Return the record of a pulled model; None when it is of what the catalog no longer says."""
    record = read_record(model_folder(entry.name))
    wanted = (entry.repository, entry.revision)
    return record if record and (record.repository, record.revision) == wanted else None


@contextmanager
def _alone(folder: Path, tell: Tell) -> Iterator[None]:
    """Wait until no other process pulls the same model."""
    from filelock import FileLock, Timeout

    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f".{folder.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(f"waiting for another pull of {folder.name}")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _replace(hub: Any, folder: Path, entry: Entry, tell: Tell) -> None:  # noqa: ANN401 - no types
    """Bring a model beside its folder, then put it in the folder's place."""
    staged = folder.with_name(f".{entry.name}.partial")
    before = _before(folder)
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    try:
        fetched = fetch(hub, entry, _record_of(entry), staged, tell)
        (staged / f"{entry.name}.json").write_text(entry.sidecar(), encoding="utf-8")
        write_record(staged, fetched)
        shutil.rmtree(before, ignore_errors=True)
        if folder.exists():
            folder.rename(before)
        staged.rename(folder)
        shutil.rmtree(before, ignore_errors=True)
    finally:
        _put_back(folder)
        shutil.rmtree(staged, ignore_errors=True)


def _before(folder: Path) -> Path:
    """Return where a model waits while another takes its place."""
    return folder.with_name(f".{folder.name}.before")


def _put_back(folder: Path) -> None:
    """Put a model back that was moved away for another which did not come."""
    if _before(folder).exists() and not folder.exists():
        _before(folder).rename(folder)
