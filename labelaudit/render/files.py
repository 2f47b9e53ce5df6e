"""Every rendering of a report, by the name of its file."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from labelaudit.render.html import to_html
from labelaudit.render.json import to_json
from labelaudit.render.markdown.card import to_card
from labelaudit.render.markdown.summary import to_summary
from labelaudit.render.metrics import to_metrics
from labelaudit.render.png import to_png
from labelaudit.render.svg import to_svg
from labelaudit.report import Report

Rendering = Callable[[Report, Path | None], bytes]

RENDERINGS: Final[Mapping[str, Rendering]] = MappingProxyType(
    {
        "report.json": lambda report, _: to_json(report).encode(),
        "report.html": lambda report, templates: to_html(report, templates).encode(),
        "label.svg": lambda report, _: to_svg(report).encode(),
        "label-dark.svg": lambda report, _: to_svg(report, dark=True).encode(),
        "label.png": lambda report, _: to_png(report),
        "summary.md": lambda report, _: to_summary(report).encode(),
        "card.md": lambda report, _: to_card(report).encode(),
        "metrics.json": lambda report, _: to_metrics(report).encode(),
    }
)


def rendered_files(
    report: Report, templates: Path | None = None, names: Collection[str] = RENDERINGS.keys()
) -> dict[str, bytes]:
    """Return the files that are made from a report alone.

    Parameters
    ----------
    report
        The report.
    templates
        Folder of templates that replace ours, file by file.
    names
        Which files; all when not given.
    """
    return {name: RENDERINGS[name](report, templates) for name in RENDERINGS if name in names}
