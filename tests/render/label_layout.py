"""Where the texts of a label lie, without a browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree as ET

from labelaudit.render.fit import estimated_width

SVG = "{http://www.w3.org/2000/svg}"
ASCENT, DESCENT = 0.72, 0.2  # of Latin letters, in em


@dataclass(frozen=True)
class Placed:
    """A text of the label and the box that it takes."""

    says: str
    left: float
    right: float
    top: float
    bottom: float

    def covers(self, other: "Placed") -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0 and down > 0


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own output


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in parsed(svg).iter(f"{SVG}text")]


def placed(svg: str) -> list[Placed]:
    return list(_placed(parsed(svg), 0, 0))


def _placed(node: ET.Element, x: float, y: float) -> Iterator[Placed]:
    moved = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", node.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    if node.tag == f"{SVG}text":
        yield _box(node, x, y)
    for child in node:
        yield from _placed(child, x, y)


def _box(node: ET.Element, x: float, y: float) -> Placed:
    size = float(node.get("font-size", ""))
    x, y = x + float(node.get("x", "0")), y + float(node.get("y", "0"))
    width = float(node.get("textLength", "0")) or sum(
        estimated_width(words, size, bold=bold) for words, bold in _spans(node)
    )
    left = x - width if node.get("text-anchor") == "end" else x
    said = "".join(node.itertext())
    return Placed(said, left, left + width, y - ASCENT * size, y + DESCENT * size)


def _spans(node: ET.Element) -> Iterator[tuple[str, bool]]:
    yield node.text or "", False
    for span in node:
        yield span.text or "", span.get("font-weight") == "700"
        yield span.tail or "", False


def misplaced(svg: str, *, margin: float = 11) -> list[str]:
    """Return the texts that leave the box of a label, or cover others."""
    found = placed(svg)
    root = parsed(svg)
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    outside = [
        each.says
        for each in found
        if each.left < margin
        or each.right > width - margin
        or each.top < margin
        or each.bottom > height - margin
    ]
    covering = [
        f"{first.says} / {second.says}"
        for first, second in combinations(found, 2)
        if first.covers(second)
    ]
    return outside + covering
