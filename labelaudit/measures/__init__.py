"""One file per measure: a pure function from named inputs to findings."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.registry import declared
from labelaudit.report import FAMILIES, Scalar, Table, Value

MARK = "__measure__"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """All that a rule found, worst first; its name is the rule's in ``issues.parquet``.

    The scan adds paths and thumbnails, and shows the first in a gallery.

    Attributes
    ----------
    items
        Rows of the dataset, worst first.
    scores
        What they are sorted by, as long as ``items``; or None.
    suggested
        Class that the evidence points to, ``-1`` for none; or None.
    groups
        Number of the group that an item is shown in; or None.
    details
        The evidence for each, in words; or empty.
    classes
        Class that each finding is about where an item has several, ``-1`` for none; or None.
    evidence
        What is known of each finding, in columns as long as ``items``.
    neighbors
        Items that each is seen beside, ``-1`` for none, shape ``(len(items), n)``; or None.
    """

    name: str
    title: str
    items: NDArray[np.int64]
    scores: NDArray[np.float64] | None = None
    suggested: NDArray[np.int32] | None = None
    groups: NDArray[np.int64] | None = None
    details: tuple[str, ...] = ()
    classes: NDArray[np.int32] | None = None
    evidence: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    neighbors: NDArray[np.int32] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Findings:
    """What a measure returns.

    Attributes
    ----------
    values, tables, notes, parameters
        As they are printed in the report.
    rankings
        Items to look at.
    columns
        One value an item, for ``items.parquet``; those named ``*_label`` hold classes.
    exports
        Other tables by the name of their file, ending in ``.parquet``, for others to use. Their
        column ``item`` holds rows of the dataset; the scan puts path and hash in its place.
    """

    values: tuple[Value, ...] = ()
    tables: tuple[Table, ...] = ()
    rankings: tuple[Ranking, ...] = ()
    notes: tuple[str, ...] = ()
    parameters: Mapping[str, Scalar] = field(default_factory=dict)
    columns: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    exports: Mapping[str, pa.Table] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Description:
    """What the decorator of a measure says about it."""

    family: str
    title: str
    order_matters: bool = False


Measure = Callable[..., Findings]
_M = TypeVar("_M", bound=Measure)


def measure(*, family: str, title: str, order_matters: bool = False) -> Callable[[_M], _M]:
    """Register a function as a measure; its parameters name the inputs it wants.

    Parameters
    ----------
    family
        One of `FAMILIES`.
    title
        Heading of its section.
    order_matters
        Whether it measures the order of the items; no other may depend on it.
    """
    if family not in FAMILIES:
        raise ValueError(f"no family {family!r}; there are {', '.join(FAMILIES)}")

    def mark(function: _M) -> _M:
        if not inspect.getdoc(function):
            raise ValueError(
                f"{function.__name__} has no docstring: a report prints its first line"
            )
        setattr(function, MARK, Description(family, title, order_matters))
        return function

    return mark


def describe(function: Measure) -> Description:
    """Return what was said when the measure was registered."""
    found = getattr(function, MARK)
    assert isinstance(found, Description)  # noqa: S101 - only the decorator sets it
    return found


def summary(function: Measure) -> str:
    """Return the first sentence of a measure's documentation."""
    return inspect.getdoc(function).partition("\n")[0]  # type: ignore[union-attr]


def load_measures() -> dict[str, Measure]:
    """Return every measure, by family, then name."""
    found: dict[str, Measure] = declared(__name__, MARK, group="labelaudit.measures")
    order = list(FAMILIES)
    return dict(
        sorted(found.items(), key=lambda pair: (order.index(describe(pair[1]).family), pair[0]))
    )
