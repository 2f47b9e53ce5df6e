"""Models that were pulled: where they are kept, what was recorded of them, and whether it holds."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from labelaudit.embeddings.hub.catalog import Entry, find_entry, read_catalog
from labelaudit.errors import ModelError

RECORD = "pulled.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What was pulled.

    Attributes
    ----------
    name, repository, revision
        As the catalog had them.
    commit
        What the revision was at the first pull.
    sha256, size
        Hash of each file, and its bytes, by its name on this machine.
    """

    name: str
    repository: str
    revision: str
    commit: str
    sha256: dict[str, str]
    size: dict[str, int]


def model_folder(name: str) -> Path:
    """Return the folder that a model of the catalog is kept in, once it is pulled."""
    from labelaudit.embeddings.store.store import default_cache

    return default_cache() / "models" / name


def pulled_names() -> list[str]:
    """Return the names of the models that were pulled, by any version of labelaudit."""
    folder = model_folder("any").parent
    return sorted(path.parent.name for path in folder.glob(f"[!.]*/{RECORD}"))


def pulled_model(entry: Entry) -> Path:
    """Return the ONNX file of a model of the catalog, whether it is there or not."""
    return model_folder(entry.name) / entry.local_name(entry.files[0])


def read_record(folder: Path) -> Record | None:
    """Return what was recorded of a pulled model; None when none is in the folder.

    Raises
    ------
    ModelError
        When the record is not as it was written.
    """
    path = folder / RECORD
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        said, why = None, str(error)
    else:
        why = "it does not say what was pulled"
    if not _is_record(said):
        raise ModelError(
            f"{path}: not the record of a pulled model: {why}",
            hint=f"remove {folder} and pull the model again",
        )
    return Record(**said)


def _is_record(said: object) -> bool:
    """Tell whether a JSON value is a record, with a hash for each of some files in the folder."""
    if not isinstance(said, dict) or set(said) != {field.name for field in fields(Record)}:
        return False
    sha256, size = said["sha256"], said["size"]
    return (
        all(isinstance(said[name], str) for name in ("name", "repository", "revision", "commit"))
        and isinstance(sha256, dict)
        and isinstance(size, dict)
        and set(sha256) == set(size)
        and all(isinstance(each, str) for each in sha256.values())
        and all(isinstance(each, int) for each in size.values())
        and all(Path(name).name == name for name in sha256)
    )


def write_record(folder: Path, record: Record) -> None:
    """Write what was pulled into a folder."""
    text = json.dumps(asdict(record), indent=2) + "\n"
    (folder / RECORD).write_text(text, encoding="utf-8")


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def changed_files(folder: Path, record: Record, known: Mapping[str, str]) -> list[str]:
    """Say which files of a pulled model are not as they were recorded.

    Parameters
    ----------
    folder
        Where they are.
    record
        What was recorded.
    known
        Hashes that were taken just now, by name; the others are taken here.
    """
    found = {
        name: known.get(name) or file_sha256(folder / name)
        for name in record.sha256
        if (folder / name).is_file()
    }
    return [
        f"{name}: expected SHA-256 {expected}, found {found.get(name, 'no such file')}"
        for name, expected in record.sha256.items()
        if found.get(name) != expected
    ]


def check_pulled(folder: Path, known: Mapping[str, str] | None = None) -> None:
    """Raise when a pulled model is not as it was pulled; a folder without a record passes.

    Parameters
    ----------
    folder
        The folder that the model is in.
    known
        Hashes that were taken just now, by the names of the files.

    Raises
    ------
    ModelError
        When a file changed, naming it with both hashes.
    """
    record = read_record(folder)
    changed = changed_files(folder, record, known or {}) if record else []
    if record and changed:
        raise ModelError(
            f"{folder}: {len(changed)} of {len(record.sha256)} files of {record.name} changed "
            "since they were pulled",
            details=changed,
            hint=f"labelaudit models pull {record.name} brings the recorded ones again",
        )


def verify(name: str) -> Record:
    """Return the record of a pulled model that is as it was pulled and as the catalog says.

    Raises
    ------
    ModelError
        When it was not pulled, a file changed, or the catalog says something else now.
    """
    record = read_record(model_folder(name))
    if record is None:
        entry = find_entry(name)
        raise ModelError(f"{entry.name}: not pulled", hint=f"labelaudit models pull {entry.name}")
    check_pulled(model_folder(name))
    entry_now = read_catalog().get(name)
    if entry_now:
        check_current(entry_now)
    return record


def check_current(entry: Entry) -> None:
    """Raise when what was pulled, or the declaration beside it, is not what the catalog says.

    Raises
    ------
    ModelError
        When another version of labelaudit pulled it, or its declaration was edited.
    """
    path = pulled_model(entry)
    record, sidecar = read_record(path.parent), path.with_suffix(".json")
    here = (record.repository, record.revision) if record else ("nothing", "any revision")
    if here != (entry.repository, entry.revision):
        raise ModelError(
            f"{path.parent}: expected {entry.repository} at {entry.revision}, "
            f"found {here[0]} at {here[1]}",
            hint=f"labelaudit models pull {entry.name} brings what this version wants",
        )
    if not is_declared(entry):
        raise ModelError(
            f"{sidecar}: not what this version of labelaudit declares for {entry.name}",
            hint=f"labelaudit models pull {entry.name} writes it again; for a declaration of your "
            "own, copy the model elsewhere",
        )


def is_declared(entry: Entry) -> bool:
    """Tell whether the declaration beside a pulled model is the catalog's."""
    try:
        text = pulled_model(entry).with_suffix(".json").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return text == entry.sidecar()
