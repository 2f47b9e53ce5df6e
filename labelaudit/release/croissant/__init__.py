"""A report written into a Croissant file, 1.0 or 1.1, beside what others wrote there.

The formats are those of https://docs.mlcommons.org/croissant and of its Responsible AI
extension; numbers are also given in the W3C's Data Quality Vocabulary.
"""

from collections.abc import Mapping
from typing import Final, Literal

from labelaudit.json_ld import parsed
from labelaudit.release.croissant.made import made
from labelaudit.release.croissant.merge import merged
from labelaudit.report import Report

Version = Literal["1.0", "1.1"]
REQUIRED: Final = ("name", "description", "license", "url", "creator", "datePublished")


def attached(
    report: Report,
    existing: str | None,
    files: Mapping[str, bytes],
    *,
    version: Version = "1.1",
    where: str = "croissant.json",
) -> str:
    """Return a Croissant file that carries a report.

    What was in the file stays, byte for byte: keys that are not known, their order, the way in
    which numbers and texts are written. What labelaudit wrote before is replaced, so that a
    second run with the same report changes nothing.

    Parameters
    ----------
    report
        The report.
    existing
        Text of the Croissant file; None to make one.
    files
        Files to be listed in it, such as ``report.html``, by their paths relative to it.
    version
        Version of a file that is made; one that exists keeps its own.
    where
        Name of the existing file in messages.

    Raises
    ------
    InputError
        When the existing file is no JSON object, or holds something else where Croissant has an
        object or a list.
    """
    text = made(report, version, files) if existing is None else existing
    return merged(report, text, files, where)


def missing(text: str, where: str = "croissant.json") -> tuple[str, ...]:
    """Name the properties that Croissant requires of every dataset and a file does not have."""
    from labelaudit.json_ld import context_of

    document = parsed(text, where)
    context = context_of(document)
    there = {context.local(key) for key, value in document.items() if value not in (None, "", [])}
    return tuple(name for name in REQUIRED if name not in there)
