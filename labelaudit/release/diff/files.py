"""The files of a comparison, by name."""

from collections.abc import Collection
from typing import Final

from labelaudit.release.diff.compare import alike, leveled
from labelaudit.release.diff.markdown import to_markdown
from labelaudit.release.diff.page import to_html
from labelaudit.release.diff.parts import Diff
from labelaudit.release.documents import document
from labelaudit.report import Report

FORMATS: Final = ("html", "md", "json")


def diff_files(old: Report, new: Report, formats: Collection[str]) -> tuple[Diff, dict[str, bytes]]:
    """Return a comparison, and its files ``diff.html``, ``diff.md`` and ``diff.json``.

    Parameters
    ----------
    old, new
        The reports.
    formats
        Which of the files.
    """
    shown = leveled(old, new)
    diff = alike(*shown, (old.privacy, new.privacy))
    files = {}
    if "html" in formats:
        files["diff.html"] = to_html(diff, {**shown[0].thumbnails, **shown[1].thumbnails})
    if "md" in formats:
        files["diff.md"] = to_markdown(diff)
    if "json" in formats:
        files["diff.json"] = document(diff)
    return diff, {name: content.encode() for name, content in files.items()}
