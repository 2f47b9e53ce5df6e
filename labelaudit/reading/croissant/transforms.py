"""What a source does to each value: a pattern that takes a part of it, in time linear in it."""

import re
import warnings

import pyarrow as pa
import pyarrow.compute as pc

from labelaudit.errors import InputError
from labelaudit.reading.cells import flat, is_text
from labelaudit.reading.rows import quoted


def applied(
    values: pa.Array, transforms: tuple[tuple[str, str], ...], where: str
) -> tuple[pa.Array, pa.Array | None]:
    """Return values with what transforms make of them.

    Parameters
    ----------
    values
        One a record.
    transforms
        Patterns with one group; the others are refused but for the separator, which is left to
        who reads the labels.
    where
        The source as messages name it.

    Returns
    -------
    The values, and which of them a pattern is not of (None where there is no pattern); such a
    value stays as it is.
    """
    missed = None
    for name, said in transforms:
        if name == "separator":
            continue
        if name != "regex":
            raise InputError(
                f"{where}: transform: {name} is not read here",
                hint="of the transforms regex and separator are read; write the values as they "
                "should be",
            )
        values, wrong = _part(values, said, where)
        missed = wrong if missed is None else pc.or_(missed, wrong)
    return values, missed


def separator_of(transforms: tuple[tuple[str, str], ...]) -> str:
    """Return what parts several labels in a value; empty when nothing does."""
    return next((said for name, said in transforms if name == "separator"), "")


def _part(values: pa.Array, pattern: str, where: str) -> tuple[pa.Array, pa.Array]:
    """Return what the group of a pattern takes, from the beginning of each value."""
    cells = flat(values)
    if not (is_text(cells.type) or pa.types.is_null(cells.type)):
        raise InputError(
            f"{where}: regex: the values are {cells.type}, not text",
            hint="leave out the transform",
        )
    cells = cells.cast(pa.large_string())
    try:
        with warnings.catch_warnings(
            action="ignore"
        ):  # of sets that a later Python reads otherwise
            groups = re.compile(pattern).groups
    except (re.error, RecursionError, OverflowError) as error:
        raise _bad(where, pattern, str(error)) from None
    if groups != 1:
        raise _bad(where, pattern, f"it has {groups} groups, and one is read")
    anchored = f"^(?:{pattern})"
    try:
        hit = pc.match_substring_regex(cells, anchored)
        part = pc.replace_substring_regex(cells, anchored + r"[\s\S]*", r"\1")
    except pa.ArrowException as error:
        raise _bad(where, pattern, str(error).partition("\n")[0]) from None
    hit = hit.fill_null(True)  # noqa: FBT003 - pyarrow's signature
    return pc.if_else(hit, part, cells), pc.invert(hit)


def _bad(where: str, pattern: str, why: str) -> InputError:
    return InputError(
        f"{where}: regex {quoted(pattern)} cannot be read; {why}",
        hint="write a pattern with one group, without looking around and back references",
    )
