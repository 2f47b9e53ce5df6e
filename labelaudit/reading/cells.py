"""Cells of a table as text, and text as codes: the common ground of every kind of column."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.reading.rows import Problems, quoted

INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
EXACT = 1 << 53  # beyond, a float64 does not know its last digit


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of text as codes.

    Attributes
    ----------
    values
        The different texts, blank ones left out.
    codes
        Position of each cell's text in ``values``, ``-1`` for a blank one.
    at
        Row of each cell when a row has several; None when cells are rows.
    """

    values: tuple[str, ...]
    codes: NDArray[np.int32]
    at: NDArray[np.int64] | None = None

    def rows(self, values: Collection[str]) -> NDArray[np.int64]:
        """Return the rows that hold one of some texts."""
        wanted = np.array([value in values for value in self.values] + [False])
        cells = np.flatnonzero(wanted[self.codes])
        return cells if self.at is None else np.unique(self.at[cells])

    def text(self, row: int) -> str:
        """Return the text of a row that is not blank, fit for a message."""
        return quoted(self.values[self.codes[row]])


def flat(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column in one piece, without dictionary encoding and with 64-bit offsets."""
    cells = column.cast(_wide(column.type))
    if isinstance(cells, pa.ChunkedArray):
        return pa.concat_arrays(cells.chunks) if cells.num_chunks else pa.array([], cells.type)
    return cells


def _wide(kind: pa.DataType) -> pa.DataType:
    """Return the type with 64-bit offsets of what a type holds."""
    if isinstance(kind, pa.BaseExtensionType):
        return _wide(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return _wide(kind.value_type)
    if is_list(kind):
        return pa.large_list(_wide(kind.value_type))
    return pa.large_string() if is_text(kind) else kind


def is_text(kind: pa.DataType) -> bool:
    """Tell whether a type is text."""
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def is_list(kind: pa.DataType) -> bool:
    """Tell whether a type is a list of any kind."""
    return bool(
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


def as_text(
    column: pa.ChunkedArray | pa.Array,
    name: str,
    problems: Problems,
    at: NDArray[np.int64] | None = None,
) -> pa.Array:
    """Return a column as text: whole numbers in decimals, ``true`` and ``false``.

    Parameters
    ----------
    column
        Text, whole numbers (also as floats, where NaN is blank) or booleans.
    name
        What a message calls it.
    problems
        Takes what cannot be text.
    at
        Row of each cell when a row has several.

    Returns
    -------
    A large string array of the same length.
    """
    cells = flat(column)
    kind = cells.type
    if pa.types.is_floating(kind):
        cells = _whole(cells, name, problems, at)
    elif not (
        is_text(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_null(kind)
    ):
        problems.note(
            f"{name} holds {kind}", "it must hold text or whole numbers; name another column"
        )
        cells = pa.nulls(len(cells))
    return cells.cast(pa.large_string())


def _whole(
    cells: pa.Array, name: str, problems: Problems, at: NDArray[np.int64] | None
) -> pa.Array:
    """Return floats that are whole numbers as integers, NaN as null."""
    numbers = cells.cast(pa.float64()).to_numpy(zero_copy_only=False)
    whole = (np.floor(numbers) == numbers) & (np.abs(numbers) < EXACT)
    wrong = np.flatnonzero(~whole & ~np.isnan(numbers))
    rows = wrong if at is None else at[wrong]
    cell = dict(zip(rows.tolist(), wrong.tolist(), strict=True))
    problems.add(
        np.unique(rows),
        lambda row: f"{name}: {numbers[cell[row]]:g} is not a whole number",
        "a label is text or a whole number; name a column of other numbers with --target-column",
    )
    return pa.array(np.where(whole, numbers, 0).astype(np.int64), mask=~whole)


def encode(texts: pa.Array, at: NDArray[np.int64] | None = None) -> Coded:
    """Return text as codes; what is empty or only white space is blank.

    Examples
    --------
    >>> coded = encode(pa.array(["b", None, "a", " "], pa.large_string()))
    >>> coded.values, coded.codes.tolist()
    (('b', 'a'), [0, -1, 1, -1])
    """
    encoded = texts.dictionary_encode()
    values = encoded.dictionary.to_pylist()
    position = np.full(len(values) + 1, -1, dtype=np.int32)
    kept = [code for code, value in enumerate(values) if value.strip()]
    position[kept] = np.arange(len(kept), dtype=np.int32)
    codes = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    return Coded(tuple(values[code] for code in kept), position[codes], at)


def in_order(values: Iterable[str]) -> tuple[str, ...]:
    """Return texts sorted: by number when all are whole numbers, else as text.

    Examples
    --------
    >>> in_order(["10", "9"]), in_order(["10", "9", "a"])
    (('9', '10'), ('10', '9', 'a'))
    """
    texts = sorted(set(values))
    if all(INTEGER.fullmatch(text) for text in texts):
        texts.sort(key=int)
    return tuple(texts)


def recode(coded: Coded, names: Iterable[str]) -> NDArray[np.int32]:
    """Return the position of each cell among some names, ``-1`` where it is none of them."""
    position = {name: code for code, name in enumerate(names)}
    lookup = [*(position.get(value, -1) for value in coded.values), -1]
    return np.array(lookup, dtype=np.int32)[coded.codes]


def blank(texts: pa.Array) -> NDArray[np.bool_]:
    """Tell which texts are null, empty or only white space."""
    empty = pc.equal(pc.utf8_trim_whitespace(texts), "")
    found: NDArray[np.bool_] = empty.fill_null(True).to_numpy(zero_copy_only=False)  # noqa: FBT003 - pyarrow's signature
    return found
