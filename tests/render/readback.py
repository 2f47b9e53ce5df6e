"""What a rendering prints, read back: the inverse of how numbers are printed, and its own code."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import html5lib

from labelaudit.limits import judged, named
from labelaudit.render.galleries import beside
from labelaudit.render.text import visible
from labelaudit.report import Column, Gallery, MeasureResult, Report, Scalar, Table, Value

TOKEN = re.compile(r"(?<![\w.,-])[<>]?-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e-?\d+)?%?(?![\w%])")
PRINTED = re.compile(
    r"([<>]?)(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e-?\d+)?)(%?)(?: (.+))?", re.DOTALL
)
UNKNOWN = {"undefined", "\N{EN DASH}", "no estimate", "not measured", "n/a"}
WITHOUT_UNIT = {"", "count", "ratio"}
BOUNDS = {"<": "0.001", ">": "99.9"}  # of a share that is not none, and not all


def words(node: Element) -> str:
    """Return the text of an element, but for the drawings in it."""
    return " ".join("".join(_texts(node)).split())


def _texts(node: Element) -> Iterator[str]:
    yield node.text or ""
    for child in node:
        if tag_of(child) not in {"svg", "script", "style"}:
            yield from _texts(child)
        yield child.tail or ""


def tag_of(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]


def reads_as(printed: str, value: Scalar, unit: str = "") -> bool:
    """Tell whether a print is one of a field: within half a unit of its third digit."""
    if value is None:
        return printed in UNKNOWN
    if isinstance(value, bool):
        return printed == ("yes" if value else "no")
    if isinstance(value, str):
        return " ".join(printed.split()) == " ".join(visible(value).split())
    return _number_reads_as(printed, value, unit)


def _number_reads_as(printed: str, value: float, unit: str) -> bool:
    found = PRINTED.fullmatch(printed)
    if found is None:
        return False
    bound, digits, percent, said_unit = found.groups()
    if bool(percent) != (unit == "share") or said_unit not in (None, visible(unit)):
        return False
    number, expected = float(digits.replace(",", "")), 100 * value if percent else value
    if bound:
        return (
            digits == BOUNDS[bound]
            and bool(percent)
            and (0 < expected < number if bound == "<" else number < expected < 100)
        )
    return math.isclose(number, expected, rel_tol=1e-12, abs_tol=_half_a_unit(expected))


def _half_a_unit(number: float) -> float:
    if number == 0 or isinstance(number, int):
        return 0
    third = 0 if abs(number) >= 100 else math.floor(math.log10(abs(number))) - 2
    return 0.5 * 10.0**third * (1 + 1e-9)


def interval_reads_as(printed: str, value: Value) -> bool:
    """Tell whether a print is the interval of a value."""
    ends = printed.split(" to ")
    unit = value.unit if value.unit == "share" else ""
    return (
        len(ends) == 2
        and reads_as(ends[0], value.low, unit)
        and reads_as(ends[1], value.high, unit)
    )


@dataclass
class Page:
    """A page or picture, with the measure that each of its elements is of."""

    root: Element
    report: Report
    problems: list[str] = field(default_factory=list)
    seen: set[tuple[str, str, str]] = field(default_factory=set)

    def check(self) -> list[str]:
        """Return what on the page is not as in the report, or is in the report only."""
        self._walk(self.root, None, None)
        return self.problems

    def _walk(self, node: Element, measure: MeasureResult | None, gallery: str | None) -> None:
        if tag_of(node) == "article":
            measure = self.report.measure(node.get("id", ""))
        gallery = node.get("data-gallery", gallery)
        if measure is not None and "data-gallery" in node.attrib:
            self.seen.add((measure.name, "gallery", node.get("data-gallery", "")))
        for kind in ("value", "interval", "limit", "share"):
            if f"data-{kind}" in node.attrib:
                self._marked(node, kind, measure)
        if "data-table" in node.attrib:
            self._table(node, measure, gallery)
        for child in node:
            self._walk(child, measure, gallery)

    def _marked(self, node: Element, kind: str, measure: MeasureResult | None) -> None:
        name, said = node.get(f"data-{kind}", ""), words(node)
        if kind == "limit":
            self.problems += [] if limit_reads_as(said, name, self.report) else [f"{name}: {said}"]
            return
        found, of = field_of(self.report, name, measure)
        if found is None:
            self.problems.append(f"{kind} {name}: there is no such field; {said}")
        elif not READERS[kind](said, found, self.report.dataset.n_items):
            self.problems.append(f"{kind} {of}.{found.name}: printed as {said!r}")
        elif measure is not None:
            self.seen.add((measure.name, kind, found.name))

    def _table(self, node: Element, measure: MeasureResult | None, gallery: str | None) -> None:
        name = node.get("data-table", "")
        if measure is None:
            self.problems += joined_problems(node, self.report) if name == "classes" else []
            return
        self.seen.add((measure.name, "table", name))
        found = [table_problems(node, each) for each in measure.tables if each.name == name]
        found += [
            table_problems(node, as_table(each), whole=False)
            for each in measure.galleries
            if each.name == name == gallery
        ]
        if not found or all(found):
            problems = min(found, key=len) if found else ["no such table"]
            self.problems += [f"{measure.name}, table {name}: {each}" for each in problems]


def field_of(report: Report, name: str, measure: MeasureResult | None) -> tuple[Value | None, str]:
    """Return the number of a name, beside or within the section of its measure, and of whom."""
    values = {} if measure is None else {value.name: value for value in measure.values}
    if measure is not None and name in values:
        return values[name], measure.name
    for result in report.measures:
        for value in result.values:
            if f"{result.name}.{value.name}" == name:
                return value, result.name
    for judgement in judged(report):  # of a class or a split, of which a table has the number
        if judgement.field == name and judgement.found is not None:
            return judgement.found, judgement.limit.measure
    if name.startswith("dataset."):
        amount = getattr(report.dataset, name.removeprefix("dataset."))
        return Value(name=name, title="", value=amount, unit="count"), "dataset"
    return None, ""


def limit_reads_as(said: str, name: str, report: Report) -> bool:
    """Tell whether a print is the limit of a number: 0, or a sign and what it may be at most."""
    for limit in report.limits:
        if named(limit) == name and limit.rise_at_most is None:
            found = report.value(limit.measure, limit.value)
            share = limit.of_items or limit.value.rpartition("_")[2] in {"share", "rate"}
            unit = "share" if share or (found is not None and found.unit == "share") else ""
            sign, _, number = said.rpartition(" ")
            ends = {"": 0, "\N{LESS-THAN OR EQUAL TO}": limit.at_most}
            end = {**ends, "\N{GREATER-THAN OR EQUAL TO}": limit.at_least}.get(sign)
            return end is not None and reads_as(number, end, "" if sign == "" else unit)
    return False


READERS: dict[str, Callable[[str, Value, int], bool]] = {
    "value": lambda said, found, _: reads_as(said, found.value, found.unit),
    "interval": lambda said, found, _: interval_reads_as(said, found),
    "share": lambda said, found, n_items: reads_as(
        said.partition(" ")[0], (found.value or 0) / n_items, "share"
    ),
}


def as_table(gallery: Gallery) -> Table:
    """Return what is known of the samples of a gallery as a table."""
    names = ("path", "split", "given_label", "suggested_label", "score", "group")
    return Table(
        name=gallery.name,
        title=gallery.title,
        columns=tuple(Column(name=name) for name in (*names, "detail", "excerpt", "beside")),
        rows=tuple(
            (
                *(getattr(sample, name) for name in names),
                sample.detail or None,
                sample.excerpt,
                beside(sample) or None,
            )
            for sample in gallery.samples
        ),
    )


def cells_of(row: Element) -> list[str]:
    return [words(cell) for cell in row if tag_of(cell) in {"td", "th"}]


def rows_of(node: Element) -> tuple[list[Element], list[list[str]]]:
    """Return the heads of a table, and its rows as they are printed."""
    heads = [cell for cell in node.iter() if tag_of(cell) == "th" and cell.get("scope") == "col"]
    body = [part for part in node.iter() if tag_of(part) == "tbody"]
    return heads, [cells_of(row) for part in body for row in part if tag_of(row) == "tr"]


def table_problems(node: Element, table: Table, *, whole: bool = True) -> list[str]:
    """Return the rows that are not of a table, in the order of the table."""
    heads, rows = rows_of(node)
    at = {column.name: place for place, column in enumerate(table.columns)}
    names = [head.get("data-column", "") for head in heads]
    if not set(names) <= set(at):
        return [f"columns {set(names) - set(at)}"]
    places = [at[name] for name in names]
    problems, start = [], 0
    for row in rows:
        matches = (
            number
            for number in range(start, len(table.rows))
            if len(row) == len(places)
            and all(
                reads_as(cell, table.rows[number][place], table.columns[place].unit)
                for cell, place in zip(row, places, strict=True)
            )
        )
        found = next(matches, None)
        problems += [f"no row {row}"] if found is None else []
        start = start if found is None else found + 1
    left = len(table.rows) - len(rows) if whole else 0
    if left and f"{left:,} more row" not in words(node):
        problems.append(f"{left} rows are left out without a word")
    return problems


def joined_problems(node: Element, report: Report) -> list[str]:
    """Return the cells of the table of classes that are not those of their measures."""
    heads, rows = rows_of(node)
    problems = []
    for at, head in enumerate(heads):
        measure, _, rest = head.get("data-source", "").partition(".")
        name, _, column = rest.partition(".")
        result = report.measure(measure)
        for table in () if result is None else result.tables:
            if table.name == name:
                place = [each.name for each in table.columns].index(column)
                unit = table.columns[place].unit
                known = {visible(str(row[0])): row[place] for row in table.rows}
                problems += [
                    f"classes: {row[0]}, {column}: {row[at]}"
                    for row in rows
                    if not reads_as(row[at], known.get(row[0]), unit)
                ]
    return problems


def missing_from(page: Page) -> list[str]:
    """Return the numbers, tables and galleries that are in the report only."""
    wanted = set()
    for result in page.report.measures:
        if result.status == "measured":
            wanted |= {
                (result.name, "value", each.name)
                for each in result.values
                if each.value is not None
            }
            wanted |= {(result.name, "table", each.name) for each in result.tables if each.rows}
            wanted |= {
                (result.name, "gallery", each.name) for each in result.galleries if each.samples
            }
    return [" ".join(each) for each in sorted(wanted - page.seen)]


def parsed(page: str) -> Element:
    root: Element = html5lib.parse(page, namespaceHTMLElements=False)
    return root
