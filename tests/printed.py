"""What a page prints of the measures, read back from its elements."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

from labelaudit.render import text
from labelaudit.report import MeasureResult, Report, Table

UNKNOWN = "\N{EN DASH}"


def articles(page: str) -> dict[str, Element]:
    """Return the section of each measure by its name."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return {node.get("id", ""): node for node in tree.iter("article")}


def words(node: Element) -> str:
    """Return the text of an element."""
    return " ".join("".join(node.itertext()).split())


def with_attribute(node: Element, name: str) -> Iterator[tuple[str, Element]]:
    """Yield the elements that have an attribute, and what it is."""
    for each in node.iter():
        if name in each.attrib:
            yield each.attrib[name], each


def contradictions(page: str, report: Report) -> list[str]:
    """Return what the sections of a page print otherwise than the report has it."""
    found = []
    for name, article in articles(page).items():
        result = report.measure(name)
        assert result is not None, name
        found += [f"{name}: {each}" for each in _of_values(article, result)]
        for table in result.tables:
            for shown, node in with_attribute(article, "data-table"):
                if shown == table.name:
                    found += [f"{name}: {table.name}: {each}" for each in _of_rows(node, table)]
    return found


def _of_values(article: Element, result: MeasureResult) -> Iterator[str]:
    values = {value.name: value for value in result.values}
    for name, node in with_attribute(article, "data-value"):
        expected = text.number(values[name].value, values[name].unit)
        if words(node) != expected:
            yield f"{name} is {expected}, printed {words(node)}"
    for name, node in with_attribute(article, "data-interval"):
        if words(node) != text.interval(values[name]):
            yield f"{name} is {text.interval(values[name])}, printed {words(node)}"


def _of_rows(node: Element, table: Table) -> Iterator[str]:
    """Yield the rows that are printed and are not in the table, by the columns that are shown."""
    shown = [name for name, _ in with_attribute(node, "data-column")]
    at = [[column.name for column in table.columns].index(name) for name in shown]
    expected = {
        tuple(UNKNOWN if row[n] is None else _cell(row[n], table.columns[n].unit) for n in at)
        for row in table.rows
    }
    for line in list(node.iter("tr"))[1:]:
        cells = tuple(words(cell) for cell in line)
        if cells not in expected:
            yield f"no row {cells}"


def _cell(cell: object, unit: str) -> str:
    assert cell is None or isinstance(cell, str | int | float)
    return " ".join(text.number(cell, unit).split())
