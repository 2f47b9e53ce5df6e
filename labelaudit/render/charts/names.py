"""Names in drawings: cut to their room, told apart, and read in their own direction."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from markupsafe import Markup, escape

from labelaudit.render import text
from labelaudit.render.fit import ELLIPSIS, clipped, estimated_width

SIZE: Final = 12
STRONG: Final = frozenset({"L", "R", "AL"})  # letters that have a direction
LONGEST_SAID: Final = 60
START: Final = 0.55  # of the room of a name that is cut in its middle


def shortened(names: Sequence[str], room: float) -> list[str]:
    """Return names cut to a width; those that would then look alike are cut in their middle.

    Examples
    --------
    >>> shortened(["a camera by the lake", "a camera by the road", "none"], 70)
    ['a ca…lake', 'a ca…road', 'none']
    """
    seen = [text.visible(name) for name in names]
    cut = [clipped(name, SIZE, room) for name in seen]
    times = Counter(cut)
    return [
        _cut_within(name, room) if short != name and times[short] > 1 else short
        for name, short in zip(seen, cut, strict=True)
    ]


def written(name: str) -> Markup:
    """Return a name for a text element, in its own direction."""
    kinds = map(unicodedata.bidirectional, name)
    first = next((kind for kind in kinds if kind in STRONG), "L")
    if first == "L":
        return escape(name)
    return Markup('<tspan unicode-bidi="plaintext">{}</tspan>').format(name)


def said(name: str) -> str:
    """Return a name for a sentence: a long one without its middle."""
    name = text.visible(name)
    if len(name) <= LONGEST_SAID:
        return name
    return f"{name[: LONGEST_SAID - 20].rstrip()}…{name[-19:].lstrip()}"


def width_of(name: str) -> float:
    """Return about how wide a name is, in pixels."""
    return estimated_width(text.visible(name), SIZE)


def _cut_within(name: str, room: float) -> str:
    """Return a name without its middle."""
    room -= width_of(ELLIPSIS)
    start = _fitting(name, START * room)
    end = _fitting(name[::-1], room - width_of(start))[::-1]
    return f"{start.rstrip()}{ELLIPSIS}{end.lstrip()}"


def _fitting(name: str, room: float) -> str:
    """Return what of a name there is room for."""
    ends = accumulate(map(width_of, name))
    return name[: sum(1 for end in ends if end <= room)]
