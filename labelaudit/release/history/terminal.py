"""A history in a terminal: a row a report, as many numbers as there is room for."""

import textwrap
from typing import Final

from rich.console import Group
from rich.text import Text

from labelaudit.release.diff.terminal import in_columns
from labelaudit.release.history.parts import History, Point, Series
from labelaudit.release.history.words import around, gist, is_nothing, labels, number, verdict
from labelaudit.render import text

MOST_SKIPPED: Final = 5
LONGEST: Final = 24
DAY: Final = 10
BOLD, DIM = "bold", "dim"
STYLES: Final = {"fail": "bold red", "check": "bold yellow", "pass": "green"}


def to_terminal(history: History, *, width: int = 80) -> Group:
    """Return a history as rich prints it: the oldest report first, the newest last.

    Parameters
    ----------
    history
        Any history.
    width
        Columns of the terminal.
    """
    lines = [
        *_wrapped(f"{gist(history)}.", width, BOLD),
        *(line for said in history.cautions for line in _wrapped(f"Note: {said}.", width, DIM)),
        Text(),
    ]
    columns = [_names(history), _days(history), _verdicts(history)]
    used = sum(max(cell.cell_len for cell in column) + 2 for column in columns)
    left = []
    for series in _chosen(history):
        column = [_head(series), *(_cell(point, series.unit) for point in series.points)]
        wide = max(cell.cell_len for cell in column) + 2
        if used + wide > width and len(columns) > 3:  # noqa: PLR2004 - what tells the reports apart
            left.append(series.title)
        else:
            columns.append(column)
            used += wide
    lines += in_columns(list(zip(*columns, strict=True)), width)
    if left:
        lines += _wrapped(f"Not shown here: {', '.join(left)}", width, DIM)
    lines += [Text(), *_skipped(history, width)] if history.skipped else []
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return Group(*lines)


def _chosen(history: History) -> list[Series]:
    """Return the numbers that are not the same 0 in all reports, the label's first ones first."""
    return [series for series in history.series if not is_nothing(series)]


def _names(history: History) -> list[Text]:
    cells = [Text("report", DIM), *(Text(text.visible(name), BOLD) for name in labels(history))]
    for cell in cells:
        cell.truncate(LONGEST, overflow="ellipsis")
    return cells


def _days(history: History) -> list[Text]:
    days = (Text(text.visible(entry.started[:DAY])) for entry in history.entries)
    return [Text("scanned", DIM), *days]


def _verdicts(history: History) -> list[Text]:
    cells = (
        Text(verdict(entry.verdict), STYLES.get(entry.verdict, DIM)) for entry in history.entries
    )
    return [Text("verdict", DIM), *cells]


def _head(series: Series) -> Text:
    return Text(text.visible(series.title).lower(), DIM)


def _cell(point: Point, unit: str) -> Text:
    """Return a number with its interval; marked where it is not comparable with the last."""
    ends = around(point.low, point.high, unit) if point.value is not None else ""
    said = f"{number(point, unit)} ({ends})" if ends else number(point, unit)
    style = STYLES[point.verdict] if point.verdict in {"fail", "check"} else ""
    return Text(f"/ {said}" if point.broken else said, style)


def _skipped(history: History, width: int) -> list[Text]:
    """Return the files that are left out."""
    lines = [Text(f"{text.counted(len(history.skipped), 'file')} left out", BOLD)]
    for each in history.skipped[:MOST_SKIPPED]:
        lines += _wrapped(f"{each.file}: {each.reason}", width, DIM)
    more = len(history.skipped) - MOST_SKIPPED
    return [*lines, *([Text(f"{more:,} more", DIM)] if more > 0 else [])]


def _wrapped(words: str, width: int, style: str) -> list[Text]:
    return [Text(line, style) for line in textwrap.wrap(text.visible(words), max(width, 20))]
