"""Shares along a file, as one line each."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.parts import WIDTH, as_float, figure, is_amount, nice_end
from labelaudit.report import Table

LEFT: Final = 44
LINES: Final = ("line", "model", "dashed")
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
    if len(table.rows) < 2 or not known:  # noqa: PLR2004 - a line
        return Markup()
    last = as_float(table.rows[-1][1])
    end = min(nice_end(max(known)), 1)
    top = LEGEND * len(shares) + 10
    bottom = top + 150
    drawn = _axis(end, top, bottom, last)
    for number, (at, kind) in enumerate(zip(shares, LINES, strict=False)):
        path, pen = "", "M"
        for row in table.rows:
            if not is_amount(row[at]):
                pen = "M"
                continue
            middle = (as_float(row[0]) + as_float(row[1])) / 2
            x = LEFT + (WIDTH - LEFT) * middle / last
            y = bottom - (bottom - top) * as_float(row[at]) / end
            path, pen = f"{path}{pen}{x:.1f} {y:.1f}", "L"
        y = LEGEND * number + 10
        drawn += Markup(
            '<path class="{kind}" d="{path}"/><path class="{kind}" d="M{left} {y}h24"/>'
            '<text x="{words}" y="{below}">{name}</text>'
        ).format(
            kind=kind,
            path=path,
            left=LEFT,
            y=y,
            words=LEFT + 32,
            below=y + 4,
            name=text.visible(text.heading(table.columns[at].name)),
        )
    names = ", ".join(text.heading(table.columns[at].name) for at in shares)
    summary = (
        f"{names} along the file, from {text.number(min(known), 'share')} to "
        f"{text.number(max(known), 'share')}"
    )
    return figure(height=bottom + 22, name=summary, drawn=drawn)


def _axis(end: float, top: float, bottom: float, last: float) -> Markup:
    drawn = Markup()
    for part in (0, 0.5, 1):
        y = bottom - (bottom - top) * part
        drawn += Markup(
            '<path class="grid" d="M{} {:.1f}H{}"/>'
            '<text x="{}" y="{:.1f}" text-anchor="end">{}</text>'
        ).format(LEFT, y, WIDTH, LEFT - 6, y + 4, text.number(end * part, "share"))
    return drawn + Markup(
        '<text x="{}" y="{y}">first item</text><text x="{}" y="{y}" text-anchor="end">'
        "item {}</text>"
    ).format(LEFT, WIDTH, text.number(round(last)), y=bottom + 16)
