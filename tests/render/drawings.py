"""Every drawing of what scans may hold: many names, long ones, other scripts, odd numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from markupsafe import Markup

from labelaudit.render.charts.along import along
from labelaudit.render.charts.association import association
from labelaudit.render.charts.bars import interval
from labelaudit.render.charts.crossing import crossing
from labelaudit.render.charts.curve import curve
from labelaudit.render.charts.density import density
from labelaudit.render.charts.long_tail import long_tail
from labelaudit.render.charts.pair_agreement import pair_agreement
from labelaudit.render.charts.pairs import matrix
from labelaudit.render.charts.profiles import profiles
from labelaudit.render.charts.property_grid import property_grid
from labelaudit.render.charts.ranges import ranges
from labelaudit.render.charts.risks import risks
from labelaudit.render.charts.rows import dumbbell, forest
from labelaudit.render.charts.strip import strip
from labelaudit.report import Column, Scalar, Table, Value

ANIMALS = ("antelope", "badger", "cougar", "dingo", "egret", "ferret", "gecko", "heron")
ARABIC = ("ظبي", "غرير", "أسد الجبال", "كلب بري", "مالك الحزين", "ابن مقرض")
CHINESE = ("羚羊", "獾", "美洲狮", "澳洲野犬", "白鹭", "雪貂")
LONG = tuple(f"{'a very long name of a class ' * 8}{name}"[-200:] for name in ANIMALS)


@dataclass(frozen=True)
class Odd:
    """What a drawing is made of.

    Attributes
    ----------
    names
        Of classes, splits, annotators or models.
    unit
        What the largest number is.
    share
        What the largest share is.
    """

    names: Sequence[str]
    unit: float = 2400
    share: float = 0.5

    def amounts(self, most: float) -> list[float]:
        """Return a number for each name, falling to a small part of the largest."""
        return [most / (1 + at) for at in range(len(self.names))]

    def counts(self) -> list[int]:
        """Return a count for each name."""
        return [round(amount) for amount in self.amounts(self.unit)]


ODD = {
    "plain": Odd(ANIMALS),
    "two": Odd(ANIMALS[:2]),
    "one": Odd(ANIMALS[:1]),
    "none": Odd(()),
    "thousand": Odd([f"{ANIMALS[at % 8]} {at:03}" for at in range(1000)]),
    "arabic": Odd(ARABIC),
    "chinese": Odd(CHINESE),
    "long": Odd(LONG),
    "huge": Odd(ANIMALS, unit=9.87e14, share=1.0),
    "tiny": Odd(ANIMALS, unit=3, share=1e-9),
    "zero": Odd(ANIMALS, unit=0, share=0.0),
}


def table(names: str, rows: Sequence[tuple[Scalar, ...]], unit: str = "") -> Table:
    """Return a table; columns of counts and shares have their unit."""
    columns = []
    for name in names.split():
        last = name.rpartition("_")[2]
        known = "count" if last in {"count", "together"} else "share" if last == "share" else unit
        columns.append(Column(name=name, unit=known))
    return Table(name="any", title="Any", columns=tuple(columns), rows=tuple(rows))


def drawn_along(odd: Odd) -> Markup:
    rows = [
        (100 * at + 1, 100 * at + 100, share) for at, share in enumerate(odd.amounts(odd.share))
    ]
    return along(table("from_item to_item same_label_share", rows))


def drawn_association(odd: Odd) -> Markup:
    rows = [
        (one, other, 50 - at % 50, max(-1.0, odd.share - 0.1 * (at % 13)), 0.001)
        for at, (one, other) in enumerate(combinations(odd.names[:40], 2))
    ]
    return association(table("label other_label together npmi adjusted_p_value", rows))


def drawn_interval(odd: Odd) -> Markup:
    value = odd.share if odd.names else None
    return interval(Value(name="v", title="V", value=value, low=odd.share / 2, high=odd.share))


def drawn_crossing(odd: Odd) -> Markup:
    rows = [
        (name, 0.95 - 0.006 * at, min(0.1 + (0.03 + 0.01 * (at % 3)) * at, 1.0))
        for at, name in enumerate(odd.names)
    ]
    rate = Value(name="r", title="R", value=odd.share / 8, low=odd.share / 10, high=odd.share / 6)
    return crossing(table("model on_right_labels on_wrong_labels", rows), rate)


def drawn_curve(odd: Odd) -> Markup:
    rows = [
        (2.0 ** (at % 40 + 1), amount, 0.8 * amount, 1.2 * amount)
        for at, amount in enumerate(odd.amounts(odd.unit))
    ]
    return curve(table("samples kf low high", rows))


def drawn_density(odd: Odd) -> Markup:
    width = odd.unit / 100 or 1.0
    rows = [
        (at * width, (at + 1) * width, count, 0.9 * count, at % 5 == 4)
        for at, count in enumerate(odd.counts())
    ]
    return density(table("from to count smoothed_count sparse", rows))


def drawn_dumbbell(odd: Odd) -> Markup:
    rows = [
        ("train", "test", name, share, share / 2)
        for name, share in zip(odd.names, odd.amounts(odd.share), strict=True)
    ]
    drawn = table("split other_split class share other_share", rows)
    return dumbbell(drawn, "share", "other_share", ("train", "test"))


def drawn_forest(odd: Odd) -> Markup:
    rows = [
        ("camera", name, share, share - odd.share / 3, share + odd.share / 9)
        for name, share in zip(odd.names, odd.amounts(odd.share), strict=True)
    ]
    return forest(table("by slice difference low high", rows), "difference", 0)


def drawn_long_tail(odd: Odd) -> Markup:
    kinds = ("many", "medium", "few")
    rows = [
        (name, count, kinds[min(3 * at // len(odd.names), 2)])
        for at, (name, count) in enumerate(zip(odd.names, odd.counts(), strict=True))
    ]
    return long_tail(table("class count shots", rows))


def drawn_matrix(odd: Odd) -> Markup:
    rows = [
        (one, other, round(odd.unit / (1 + at)))
        for at, (one, other) in enumerate(combinations(odd.names[:40], 2))
    ]
    return matrix(table("given suggested count", rows))


def drawn_mirrored(odd: Odd) -> Markup:
    rows = [
        (one, other, round(odd.unit / (1 + at)))
        for at, (one, other) in enumerate(combinations(odd.names[:40], 2))
    ]
    return matrix(table("label other_label count", rows), mirrored=True)


def drawn_pair_agreement(odd: Odd) -> Markup:
    rows = [
        (one, other, 90 - at % 80, max(odd.share - 0.01 * (at % 30), 0.0))
        for at, (one, other) in enumerate(combinations(odd.names[:40], 2))
    ]
    return pair_agreement(table("annotator other shared_items agreement", rows))


def drawn_profiles(odd: Odd) -> Markup:
    splits = [name.replace(" ", "_") for name in odd.names[:5]]
    columns = (Column(name="class"), *(Column(name=name, unit="count") for name in splits))
    rows: list[tuple[Scalar, ...]] = [
        (f"class {at}", *(count // (1 + at) for count in odd.counts()[:5]))
        for at in range(max(len(odd.names), 2))
    ]
    return profiles(Table(name="any", title="Any", columns=columns, rows=tuple(rows)))


def drawn_property_grid(odd: Odd) -> Markup:
    rows = [
        (each, name, share, 0.9 if at % 2 else 0.1)
        for each in ("brightness", "width", "file size")
        for at, (name, share) in enumerate(zip(odd.names, odd.amounts(odd.share), strict=True))
    ]
    return property_grid(table("property class separation auc", rows))


def drawn_ranges(odd: Odd) -> Markup:
    rows = [
        (name, share / 2, share)
        for name, share in zip(odd.names, odd.amounts(odd.share), strict=True)
    ]
    return ranges(table("label low high", rows), "low", "high")


def drawn_risks(odd: Odd) -> Markup:
    risky = ("none", *(f"{at / 10:g} to {at / 10 + 0.1:.1g}" for at in range(5)))
    rows = [(risk, count) for risk, count in zip(risky, odd.counts(), strict=False)]
    return risks(table("risk items", rows))


def drawn_strip(odd: Odd) -> Markup:
    rows: list[tuple[Scalar, ...]] = [
        (name, number)
        for name, number in zip(odd.names[:11], odd.amounts(odd.unit)[:11], strict=True)
    ]
    own = Value(name="v", title="V", value=odd.unit / 3)
    return strip(table("dataset number", rows), own)


DRAWN: dict[str, Callable[[Odd], Markup]] = {
    name.removeprefix("drawn_"): made
    for name, made in list(globals().items())
    if name.startswith("drawn_")
}
