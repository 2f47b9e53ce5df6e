"""Rows in blocks, so that nothing as long as a dataset times its classes ever exists."""

from collections.abc import Iterator

BLOCK = 8192
MOST_CELLS = 2**22


def row_blocks(n_rows: int, step: int = BLOCK) -> Iterator[slice]:
    """Yield the slices that cut ``n_rows`` rows into blocks.

    Examples
    --------
    >>> list(row_blocks(5, 2))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    for start in range(0, n_rows, step):
        yield slice(start, min(start + step, n_rows))


def rows_at_once(n_columns: int) -> int:
    """Return how many rows of a wide table fit into a block.

    Examples
    --------
    >>> rows_at_once(80), rows_at_once(4096), rows_at_once(10**6)
    (8192, 1024, 256)
    """
    return min(BLOCK, max(256, MOST_CELLS // max(n_columns, 1)))
