"""Items by risk as columns: those on which all agree, and then from low to high."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts import WIDTH, as_float, count_axis, figure, nice_end, outline
from labelaudit.report import Table

LEFT: Final = 52
TOP: Final = 14
BOTTOM: Final = 170


def risks(table: Table) -> Markup:
    """Return how many items have which risk; empty when a table says nothing of it.

    Parameters
    ----------
    table
        With columns ``above``, undefined for a risk of 0 alone, ``up_to`` and ``items``.
    """
    columns = {column.name: number for number, column in enumerate(table.columns)}
    if not table.rows or not {"above", "up_to", "items"} <= set(columns):
        return Markup()
    counts = [as_float(row[columns["items"]]) for row in table.rows]
    if max(counts) <= 0:
        return Markup()
    ends = [as_float(row[columns["up_to"]]) for row in table.rows]
    end, step = nice_end(max(counts)), (WIDTH - LEFT) / len(counts)
    tops = [BOTTOM - (BOTTOM - TOP) * count / end for count in counts]
    drawn = count_axis(end, LEFT, TOP, BOTTOM)
    drawn += Markup('<path class="columns" d="{}"/>').format(outline(tops, BOTTOM, LEFT, step))
    for at, (count, upper) in enumerate(zip(counts, ends, strict=True)):
        x = LEFT + step * (at + 0.5)
        above = table.rows[at][columns["above"]]
        words = "none" if above is None else f"to {text.number(upper)}"
        drawn += Markup('<text x="{:.1f}" y="187" text-anchor="middle">{}</text>').format(x, words)
        if count:
            drawn += Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
                x, tops[at] - 4, text.number(count)
            )
    summary = f"Items by risk: {text.number(counts[0])} with none, the highest up to "
    return figure(height=196, name=summary + text.number(ends[-1]), drawn=drawn)
