"""A history in words: how reports are called, and how numbers are printed."""

from typing import Final

from labelaudit.release.diff.words import around, verdict
from labelaudit.release.history.parts import Entry, History, Point, Series
from labelaudit.render import text
from labelaudit.render.charts.trend import Dot
from labelaudit.render.judgements import WORDS

DAY: Final = 10  # characters of a time that are its day
NO_NUMBER: Final = "\N{EN DASH}"

__all__ = ["around", "dots", "gist", "is_nothing", "labels", "number", "verdict"]


def labels(history: History) -> list[str]:
    """Return what tells the reports apart: their datasets, folders or days, or their numbers.

    Parameters
    ----------
    history
        Any history.
    """
    ways = (
        [entry.name for entry in history.entries],
        [_folder(entry) for entry in history.entries],
        [entry.started[:DAY] for entry in history.entries],
    )
    numbered = [f"{at}" for at in range(1, len(history.entries) + 1)]
    return next((way for way in ways if len(set(way)) == len(way) and all(way)), numbered)


def dots(series: Series, names: list[str]) -> list[Dot]:
    """Return a number over all reports as it is drawn.

    Parameters
    ----------
    series
        The number.
    names
        Of the reports.
    """
    return [
        Dot(
            name=name,
            value=point.value,
            low=point.low,
            high=point.high,
            limit=point.limit,
            is_broken=bool(point.broken),
        )
        for name, point in zip(names, series.points, strict=True)
    ]


def is_nothing(series: Series) -> bool:
    """Tell whether a number was 0 in every report that has it."""
    return not any(point.value or point.high for point in series.points)


def number(point: Point, unit: str) -> str:
    """Return a number as it is printed; a dash where there is none."""
    if point.value is None:
        ends = around(point.low, point.high, unit)
        return ends or NO_NUMBER
    return text.number(point.value, unit)


def gist(history: History) -> str:
    """Say of how many reports a history is, and how the first and the last came out.

    Parameters
    ----------
    history
        Any history.
    """
    first, last = history.entries[0], history.entries[-1]
    if len(history.entries) == 1:
        return f"1 report, of {first.started[:DAY]}: {WORDS[first.verdict]}"
    days = list(dict.fromkeys(entry.started[:DAY] for entry in (first, last)))
    when = f"from {days[0]} to {days[1]}" if len(days) > 1 else f"of {days[0]}"
    return (
        f"{len(history.entries):,} reports {when}: {WORDS[first.verdict]} in the first, "
        f"{WORDS[last.verdict]} in the last"
    )


def _folder(entry: Entry) -> str:
    """Return the folder that a report is in, else its file."""
    parts = entry.file.split("/")
    return parts[-2] if len(parts) > 1 else parts[-1].removesuffix(".json")
