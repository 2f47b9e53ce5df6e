"""Every rendering of a report, by the name of its file."""

from pathlib import Path

from labelaudit.render.html import to_html
from labelaudit.render.json import as_published, to_json
from labelaudit.render.svg import to_svg
from labelaudit.report import Report


def rendered_files(report: Report, templates: Path | None = None) -> dict[str, bytes]:
    """Return the files that are made from a report alone.

    Parameters
    ----------
    report
        The report; its numbers are rounded as in its JSON first.
    templates
        Folder of templates that replace ours, file by file.
    """
    published = as_published(report)
    return {
        "report.json": to_json(published).encode(),
        "report.html": to_html(published, templates).encode(),
        "label.svg": to_svg(published).encode(),
    }
