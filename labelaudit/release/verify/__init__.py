"""Whether a report, the files beside it and the data are still what they were."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from labelaudit.errors import InputError
from labelaudit.progress import Progress, silent
from labelaudit.release.verify.outcome import Difference, Found, together
from labelaudit.render.checksums import altered, has_checksums
from labelaudit.render.json import from_json
from labelaudit.report import Report

if TYPE_CHECKING:
    from labelaudit.manifests import Options

SOURCE = "report.json"


def verify(  # noqa: PLR0913 - what it needs to know
    file: Path,
    data: Path | None = None,
    *,
    options: "Options | None" = None,
    public_key: str | None = None,
    templates: Path | None = None,
    n_threads: int = 1,
    progress: Progress = silent,
) -> Found:
    """Hold a report against itself, against the files beside it and against the data.

    Parameters
    ----------
    file
        The report.json.
    data
        The dataset; None to leave it out.
    options
        What takes the place of what the report keeps of how the data was read.
    public_key
        The issuer's key, as minisign writes it, or the file that holds it; None to check no
        signature.
    templates
        Folder of the templates that the page was made with; None for ours.
    n_threads
        Items are read in so many threads.
    progress
        Told of each stage.

    Returns
    -------
    All that differs, and what was and was not checked.

    Raises
    ------
    InputError
        When the report, the data or the key cannot be read.
    """
    text = _read(file)
    report = from_json(text, str(file))
    parts = [_report_itself(cast("Mapping[str, object]", json.loads(text)), report, file.name)]
    parts.append(_signature(file, public_key))
    if file.name == SOURCE:
        from labelaudit.release.verify.beside import check_pages, check_sums

        progress("checking the files beside the report", 0, 0)
        parts += [check_sums(file.parent), check_pages(report, file.parent, templates)]
    else:
        why = f"not checked: they are of {SOURCE}, and this is {file.name}"
        parts.append(Found(unchecked=(f"the files beside it: {why}",)))
    if data is None:
        parts.append(Found(unchecked=("the data: none was named",)))
    else:
        from labelaudit.release.verify.data import check_data

        folder = file.parent if file.name == SOURCE else None
        parts.append(
            check_data(report, folder, data, options, n_threads=n_threads, progress=progress)
        )
    return together(parts)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file}: cannot be read: {error}", hint="name the report.json of a scan"
        ) from error


def _report_itself(document: Mapping[str, object], report: Report, name: str) -> Found:
    """Hold a report against its own checksums."""
    wrong = altered(document)
    differences = tuple(Difference("report", at) for at in wrong)
    if not has_checksums(document):
        why = "a number that the data does not give again could be any"
        said = f"{name}: version {report.schema_version} of the schema has no checksums: {why}"
        return Found(unchecked=() if wrong else (said,), differences=differences)
    n = len(report.checksums) + 1
    right = f"{n - len(wrong):,} of {n:,}" if wrong else f"all {n:,}"
    return Found((f"{name}: {right} checksums hold",), differences=differences)


def _signature(file: Path, public_key: str | None) -> Found:
    """Hold the signature beside a report against the key of who is to have issued it."""
    from labelaudit.release.signature import check_signature, signatures_beside

    if public_key is not None:
        return check_signature(file, public_key)
    found = signatures_beside(file)
    why = "not checked: name the issuer's key with --public-key"
    return Found(unchecked=tuple(f"{each.name}: {why}" for each in found))
