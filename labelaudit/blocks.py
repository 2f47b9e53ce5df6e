"""Rows in blocks, so that nothing as long as a dataset times its classes ever exists."""

from collections.abc import Iterator

BLOCK = 8192


def row_blocks(n_rows: int, step: int = BLOCK) -> Iterator[slice]:
    """Yield the slices that cut ``n_rows`` rows into blocks.

    Examples
    --------
    >>> list(row_blocks(5, 2))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    for start in range(0, n_rows, step):
        yield slice(start, min(start + step, n_rows))
