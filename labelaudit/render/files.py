"""Every rendering of a report, by the name of its file."""

from pathlib import Path

from labelaudit.render.html import to_html
from labelaudit.render.json import to_json
from labelaudit.render.svg import to_svg
from labelaudit.report import Report


def rendered_files(report: Report, templates: Path | None = None) -> dict[str, bytes]:
    """Return the files that are made from a report alone.

    Parameters
    ----------
    report
        The report.
    templates
        Folder of templates that replace ours, file by file.
    """
    return {
        "report.json": to_json(report).encode(),
        "report.html": to_html(report, templates).encode(),
        "label.svg": to_svg(report).encode(),
    }
