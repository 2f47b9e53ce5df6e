"""A history as Markdown: a row a report, the newest first."""

from typing import Final

from labelaudit.release.history.parts import History, Point
from labelaudit.release.history.words import around, gist, labels, number, verdict
from labelaudit.render import text
from labelaudit.render.markdown.escape import code, prose
from labelaudit.render.markdown.parts import table

MOST_ROWS: Final = 50
MOST_SKIPPED: Final = 20


def to_markdown(history: History) -> str:
    """Return a history as Markdown.

    Parameters
    ----------
    history
        Any history.
    """
    names = labels(history)
    order = range(len(history.entries))[::-1]
    rows = []
    for at in order[:MOST_ROWS]:
        entry = history.entries[at]
        numbers = [_cell(series.points[at], series.unit) for series in history.series]
        changed = " (changed)" if entry.model_changed else ""
        model = f"{code(entry.model)}{changed}" if entry.model else "none"
        when = prose(entry.started)
        rows.append([code(names[at]), when, verdict(entry.verdict), *numbers, model])
    heads = ("Report", "Scanned", "Verdict", *(prose(each.title) for each in history.series))
    more = len(history.entries) - MOST_ROWS
    parts = [
        f"## How the label of {code(history.entries[-1].name)} went",
        f"{prose(gist(history))}.",
        *(f"> **Note:** {prose(caution)}." for caution in history.cautions),
        "\n".join(table((*heads, "Model"), rows, right=range(3, len(heads)))),
        *([f"{text.counted(more, 'older report')} in `history.json`."] if more > 0 else []),
        *_skipped(history),
    ]
    return "\n\n".join(parts) + "\n"


def _cell(point: Point, unit: str) -> str:
    ends = around(point.low, point.high, unit) if point.value is not None else ""
    said = prose(number(point, unit)) + (f" ({prose(ends)})" if ends else "")
    return f"{said} **{verdict(point.verdict)}**" if point.verdict in {"fail", "check"} else said


def _skipped(history: History) -> list[str]:
    if not history.skipped:
        return []
    lines = [
        f"- {code(each.file)}: {prose(each.reason)}" for each in history.skipped[:MOST_SKIPPED]
    ]
    more = len(history.skipped) - MOST_SKIPPED
    lines += [f"- and {text.counted(more, 'more file')}"] if more > 0 else []
    return ["### Files left out", "\n".join(lines)]
