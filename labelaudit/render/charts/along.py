"""Shares along a file, as one line each."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.axis import Axis, axis_to
from labelaudit.render.charts.parts import WIDTH, as_float, figure, is_amount
from labelaudit.report import Table

LINES: Final = (("line", "none"), ("model", "8 3"), ("dashed", "2 3"))
LEGEND: Final = 18


def along(table: Table) -> Markup:
    """Return each column of shares over the middle of its part of the file.

    Parameters
    ----------
    table
        The first two columns are the first and the last item of each part. Up to three columns
        of shares are drawn; where one is undefined, its line is broken.
    """
    shares = [at for at, column in enumerate(table.columns) if column.unit == "share"]
    shares = shares[: len(LINES)]
    known = [as_float(row[at]) for row in table.rows for at in shares if is_amount(row[at])]
    last = as_float(table.rows[-1][1]) if table.rows else 0.0
    if len(table.rows) < 2 or not known or last <= 0:  # noqa: PLR2004 - a line
        return Markup()
    top = LEGEND * len(shares) + 10
    axis = axis_to(max(known), top, top + 150, "share")
    room = WIDTH - axis.left
    drawn = axis.drawn() + _ends(axis, last)
    for number, (at, (kind, dash)) in enumerate(zip(shares, LINES, strict=False)):
        path, pen = "", "M"
        for row in table.rows:
            if not is_amount(row[at]):
                pen = "M"
                continue
            middle = (as_float(row[0]) + as_float(row[1])) / 2
            x = axis.left + room * middle / last
            path, pen = f"{path}{pen}{x:.1f} {axis.y(as_float(row[at])):.1f}", "L"
        y = LEGEND * number + 10
        drawn += Markup(
            '<path class="{kind}" stroke-dasharray="{dash}" d="{path}"/>'
            '<path class="{kind}" stroke-dasharray="{dash}" d="M{left} {y}h24"/>'
            '<text x="{words}" y="{below}">{name}</text>'
        ).format(
            kind=kind,
            dash=dash,
            path=path,
            left=axis.left,
            y=y,
            words=axis.left + 32,
            below=y + 4,
            name=text.visible(text.heading(table.columns[at].name)),
        )
    names = ", ".join(text.heading(table.columns[at].name) for at in shares)
    summary = (
        f"{names} along the file, from {text.number(min(known), 'share')} to "
        f"{text.number(max(known), 'share')}"
    )
    return figure(height=round(axis.bottom) + 22, name=summary, drawn=drawn)


def _ends(axis: Axis, last: float) -> Markup:
    """Write which items are at the ends."""
    return Markup(
        '<text x="{}" y="{y}">first item</text><text x="{}" y="{y}" text-anchor="end">'
        "item {}</text>"
    ).format(axis.left, WIDTH, text.number(round(last)), y=axis.bottom + 16)
