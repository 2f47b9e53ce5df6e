"""Items by risk as columns: those on which all agree, and then from low to high."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.axis import axis_to, fitting
from labelaudit.render.charts.parts import WIDTH, as_float, figure, outline
from labelaudit.render.fit import estimated_width
from labelaudit.report import Table

TOP: Final = 20
BOTTOM: Final = 170


def risks(table: Table) -> Markup:
    """Return how many items have which risk; empty when a table says nothing of it.

    Parameters
    ----------
    table
        With columns ``risk``, in words, the lowest first, and ``items``.
    """
    columns = {column.name: number for number, column in enumerate(table.columns)}
    if not table.rows or not {"risk", "items"} <= set(columns):
        return Markup()
    counts = [as_float(row[columns["items"]]) for row in table.rows]
    names = [text.visible(str(row[columns["risk"]])) for row in table.rows]
    if max(counts) <= 0:
        return Markup()
    axis = axis_to(max(counts), TOP, BOTTOM, "count")
    step = (WIDTH - axis.left) / len(counts)
    tops = [axis.y(count) for count in counts]
    drawn = axis.drawn()
    drawn += Markup('<path class="columns" d="{}"/>').format(outline(tops, BOTTOM, axis.left, step))
    for at, (name, count) in enumerate(zip(names, counts, strict=True)):
        x = axis.left + step * (at + 0.5)
        y = 187 + 16 * (at % 2)  # on two levels, as ranges are wider than their columns
        inside = min(x, WIDTH - estimated_width(name, 12) / 2)
        drawn += Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            inside, y, name
        )
        if count:
            drawn += Markup(
                '<text x="{:.1f}" y="{:.1f}" text-anchor="middle" class="over">{}</text>'
            ).format(x, tops[at] - 4, fitting(count, step))
    summary = ", ".join(
        f"{name} {text.number(count)}" for name, count in zip(names, counts, strict=True)
    )
    return figure(height=212, name=f"Items by risk: {summary}", drawn=drawn)
