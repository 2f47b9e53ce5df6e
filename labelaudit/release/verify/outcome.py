"""What a verification found: what was held against what, and each thing that differs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "signature",
    "file",
    "report",
    "number",
    "missing",
    "added",
    "renamed",
    "bytes",
    "label",
    "split",
]

# What each kind of difference is called, one of them and several.
HEADINGS: Final[dict[Kind, tuple[str, str]]] = {
    "signature": ("signature that does not hold", "signatures that do not hold"),
    "file": ("file that is not as it was written", "files that are not as they were written"),
    "report": (
        "part of the report that is not as it was written",
        "parts of the report that are not as they were written",
    ),
    "number": ("number that the data does not give", "numbers that the data does not give"),
    "missing": ("item that is missing", "items that are missing"),
    "added": ("item that was added", "items that were added"),
    "renamed": ("item that was renamed or moved", "items that were renamed or moved"),
    "bytes": ("item with other bytes", "items with other bytes"),
    "label": ("item with another label", "items with other labels"),
    "split": ("item in another split", "items in other splits"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as the report says.

    Attributes
    ----------
    kind
        One of `HEADINGS`.
    name
        The item's path, the file, or where the number is in the report.
    said
        What is there and what should be; may be empty.
    """

    kind: Kind
    name: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What one check, or all of them, came to.

    Attributes
    ----------
    checked
        What was held against what, in words.
    unchecked
        What could not be, and why.
    differences
        All that differs.
    """

    checked: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()


def together(parts: Iterable[Found]) -> Found:
    """Return what several checks came to, differences by kind and name."""
    found = list(parts)
    order = list(HEADINGS)
    differences = {each: None for part in found for each in part.differences}
    return Found(
        tuple(line for part in found for line in part.checked),
        tuple(line for part in found for line in part.unchecked),
        tuple(sorted(differences, key=lambda each: (order.index(each.kind), each.name))),
    )
