"""The accuracy of models as lines over the share of wrong labels, and where they cross."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.axis import marks_between, ticks, words
from labelaudit.render.charts.names import said, shortened, written
from labelaudit.render.charts.parts import WIDTH, as_float, figure
from labelaudit.report import Table, Value

COLUMNS: Final = ("model", "on_right_labels", "on_wrong_labels")
MOST: Final = 8  # lines that can be told apart
LEAST_END: Final = 0.2
LEFT, RIGHT, TOP, BOTTOM = 52, 364, 16, 236
LINE: Final = 15  # between names
DASHES: Final = ("none", "14 3", "6 3", "2 3", "9 3 2 3", "6 6", "9 3 2 3 2 3", "1 5")
MOST_SAID: Final = 3  # swaps in words


@dataclass(frozen=True, slots=True)
class Line:
    """A model with its accuracy where the labels are right, and where they are wrong."""

    name: str
    right: float
    wrong: float

    def at(self, share: float) -> float:
        """Return the accuracy where a share of the labels is wrong."""
        return (1 - share) * self.right + share * self.wrong


@dataclass(frozen=True, slots=True)
class Frame:
    """What the axes run over."""

    end: float
    low: float
    high: float

    def x(self, share: float) -> float:
        """Return where a share of wrong labels is drawn."""
        return LEFT + (RIGHT - LEFT) * share / self.end

    def y(self, accuracy: float) -> float:
        """Return where an accuracy is drawn."""
        return BOTTOM - (BOTTOM - TOP) * (accuracy - self.low) / (self.high - self.low)


def crossing(table: Table, rate: Value | None) -> Markup:
    """Return the accuracies of models over the share of wrong labels; empty without any.

    Parameters
    ----------
    table
        A model a row, with its accuracy on right and on wrong labels, the best first.
    rate
        The error rate of the labels, drawn as a band; or None.
    """
    lines = _lines(table)
    if len(lines) < 2:  # noqa: PLR2004 - lines that can cross
        return Markup()
    upper = rate.high if rate is not None and rate.high is not None else 0.0
    end = ticks(min(max(LEAST_END, upper), 1.0))[-1]
    ends = [line.at(share) for line in lines for share in (0, end)]
    margin = max(max(ends) - min(ends), 0.01) * 0.08
    frame = Frame(end, max(min(ends) - margin, 0), min(max(ends) + margin, 1))
    swaps = _swaps(lines, end)
    drawn = _band(frame, rate) + _axes(frame)
    for at, line in enumerate(lines):
        drawn += Markup(
            '<path class="model{}" stroke-dasharray="{}" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>'
        ).format(
            "" if at < 2 else " other",  # noqa: PLR2004 - the two ahead
            DASHES[at],
            *(frame.x(0), frame.y(line.at(0)), frame.x(end), frame.y(line.at(end))),
        )
    return figure(
        height=278,
        name=_summary(lines, swaps, end),
        drawn=drawn + _marks(frame, swaps) + _names(frame, lines),
    )


def _lines(table: Table) -> list[Line]:
    """Return the first models of a table that has the columns."""
    names = [column.name for column in table.columns]
    if not set(COLUMNS) <= set(names):
        return []
    name, right, wrong = (names.index(column) for column in COLUMNS)
    return [
        Line(str(row[name]), as_float(row[right]), as_float(row[wrong]))
        for row in table.rows[:MOST]
        if isinstance(row[right], float) and isinstance(row[wrong], float)
    ]


def _swaps(lines: Sequence[Line], end: float) -> list[tuple[Line, Line, float]]:
    """Return which lines cross, and where."""
    found = []
    for one, other in combinations(lines, 2):
        ahead, behind = one.right - other.right, one.wrong - other.wrong
        if ahead * behind < 0 and ahead / (ahead - behind) <= end:
            found.append((one, other, ahead / (ahead - behind)))
    return found


def _band(frame: Frame, rate: Value | None) -> Markup:
    """Draw the error rate of the labels, as far as it is known."""
    if rate is None or rate.low is None or rate.high is None:
        return Markup()
    start, stop = frame.x(rate.low), frame.x(min(rate.high, frame.end))
    drawn = Markup('<rect class="band" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>').format(
        start, TOP, max(stop - start, 1), BOTTOM - TOP
    )
    if rate.value is not None:
        drawn += Markup('<path class="parting" d="M{:.1f} {}V{}"/>').format(
            frame.x(rate.value), TOP, BOTTOM
        )
    return drawn


def _axes(frame: Frame) -> Markup:
    drawn = Markup()
    for accuracy in marks_between(frame.low, frame.high):
        y = frame.y(accuracy)
        drawn += Markup(
            '<path class="grid" d="M{} {:.1f}H{}"/>'
            '<text x="{}" y="{:.1f}" text-anchor="end">{}</text>'
        ).format(LEFT, y, RIGHT, LEFT - 6, y + 4, words(accuracy, "share"))
    for share in ticks(frame.end):
        x = frame.x(share)
        drawn += Markup(
            '<path class="grid" d="M{:.1f} {}v5"/>'
            '<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>'
        ).format(x, BOTTOM, x, BOTTOM + 19, words(share, "share"))
    return drawn + Markup(
        '<path class="grid" d="M{} {}H{}"/>'
        '<text x="{:.1f}" y="{}" text-anchor="middle" class="head">share of wrong labels</text>'
    ).format(LEFT, BOTTOM, RIGHT, (LEFT + RIGHT) / 2, BOTTOM + 38)


def _marks(frame: Frame, swaps: Sequence[tuple[Line, Line, float]]) -> Markup:
    """Mark where lines cross."""
    drawn = Markup()
    for one, _, share in swaps:
        drawn += Markup('<circle class="swap" cx="{:.1f}" cy="{:.1f}" r="4.5"/>').format(
            frame.x(share), frame.y(one.at(share))
        )
    for one, _, share in swaps[:1]:
        drawn += Markup('<text x="{:.1f}" y="{:.1f}" class="head over">{}</text>').format(
            frame.x(share) + 7, frame.y(one.at(share)) - 7, text.number(share, "share")
        )
    return drawn


def _names(frame: Frame, lines: Sequence[Line]) -> Markup:
    """Write the models beside the ends of their lines, apart from each other."""
    order = sorted(lines, key=lambda line: -line.at(frame.end))
    heights = [frame.y(line.at(frame.end)) for line in order]
    for at in range(1, len(heights)):
        heights[at] = max(heights[at], heights[at - 1] + LINE)
    below = max(heights[-1] - BOTTOM, 0)
    drawn = Markup()
    names = shortened([line.name for line in order], WIDTH - RIGHT - 18)
    for line, name, height in zip(order, names, heights, strict=True):
        drawn += Markup(
            '<path class="grid" d="M{} {:.1f}L{} {:.1f}"/><text x="{}" y="{:.1f}">{}</text>'
        ).format(
            *(RIGHT, frame.y(line.at(frame.end)), RIGHT + 12, height - below),
            *(RIGHT + 16, height - below + 4, written(name)),
        )
    return drawn


def _summary(lines: Sequence[Line], swaps: Sequence[tuple[Line, Line, float]], end: float) -> str:
    """Say in words what the lines show."""
    swapped = [
        f"{said(one.name)} and {said(other.name)} swap at {text.number(share, 'share')}"
        for one, other, share in swaps[:MOST_SAID]
    ]
    if len(swaps) > MOST_SAID:
        swapped.append(f"{len(swaps) - MOST_SAID} more pairs swap")
    start = (
        f"Accuracy of {text.counted(len(lines), 'model')} with 0% to "
        f"{text.number(end, 'share')} of the labels wrong"
    )
    return "; ".join([start, *(swapped or ["none of them swap"])])
