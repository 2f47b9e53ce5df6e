"""Inline drawings, each beside the numbers that it draws."""

from collections.abc import Callable, Mapping
from typing import Final

from markupsafe import Markup

from labelaudit.render.charts.along import along
from labelaudit.render.charts.association import association
from labelaudit.render.charts.bars import bar, interval
from labelaudit.render.charts.crossing import crossing
from labelaudit.render.charts.curve import curve
from labelaudit.render.charts.density import density
from labelaudit.render.charts.long_tail import long_tail
from labelaudit.render.charts.map import embedding_map
from labelaudit.render.charts.pair_agreement import pair_agreement
from labelaudit.render.charts.pairs import matrix
from labelaudit.render.charts.profiles import profiles
from labelaudit.render.charts.property_grid import property_grid
from labelaudit.render.charts.ranges import ranges
from labelaudit.render.charts.risks import risks
from labelaudit.render.charts.rows import dumbbell, forest
from labelaudit.render.charts.strip import strip

DRAWINGS: Final[Mapping[str, Callable[..., Markup]]] = {
    "along": along,
    "association": association,
    "bar": bar,
    "crossing": crossing,
    "curve": curve,
    "density": density,
    "dumbbell": dumbbell,
    "embedding_map": embedding_map,
    "forest": forest,
    "interval_chart": interval,
    "long_tail": long_tail,
    "matrix": matrix,
    "pair_agreement": pair_agreement,
    "profiles": profiles,
    "property_grid": property_grid,
    "ranges": ranges,
    "risks": risks,
    "strip": strip,
}
