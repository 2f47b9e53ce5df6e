import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelaudit.reading.media import ParquetCells

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def write(path: Path, cells: list[bytes | None], row_group_size: int = 10**6) -> Path:
    column = pa.array([{"bytes": cell, "path": "x"} for cell in cells], IMAGE)
    table = pa.table({"label": list(range(len(cells))), "image": column})
    pq.write_table(table, path, row_group_size=row_group_size, write_batch_size=8)
    return path


@pytest.mark.parametrize("row_group_size", [7, 1000])
@pytest.mark.parametrize("limits", [(2**24, 2**27), (2000, 10**6), (2000, 5000), (1, 1)])
@pytest.mark.parametrize("order", ["ascending", "descending", "shuffled", "to and fro"])
def test_cells_are_found_in_any_order(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    row_group_size: int,
    limits: tuple[int, int],
    order: str,
) -> None:
    """However many rows a block has, and however few blocks are kept, a cell is its row's."""
    for name, limit in zip(("BLOCK", "KEPT"), limits, strict=True):
        monkeypatch.setattr(ParquetCells, name, limit)
    rng = np.random.default_rng(0)
    cells: list[bytes | None] = [rng.bytes(int(rng.integers(0, 300))) for _ in range(100)]
    cells[3] = cells[60] = None
    files = [
        write(tmp_path / "0.parquet", cells[:50], row_group_size),
        write(tmp_path / "1.parquet", [], row_group_size),
        write(tmp_path / "2.parquet", cells[50:], row_group_size),
    ]
    media = ParquetCells(files, "image")
    ways = {
        "ascending": list(range(100)),
        "descending": list(range(99, -1, -1)),
        "shuffled": rng.permutation(100).tolist(),
        "to and fro": [(at * 7) % 20 + at // 20 * 20 for at in range(100)],
    }
    for item in ways[order]:
        if cells[item] is None:
            with pytest.raises(FileNotFoundError, match=f"row {item}: column 'image' holds no"):
                media.read(item)
        else:
            assert media.read(item) == cells[item]


def test_file_that_breaks_off_is_an_error_of_its_items_alone(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    cells: list[bytes | None] = [rng.bytes(1000) for _ in range(40)]
    path = write(tmp_path / "0.parquet", cells, 10)
    second = pq.read_metadata(path).row_group(1).column(1)
    data = bytearray(path.read_bytes())
    at = second.data_page_offset
    data[at : at + 200] = bytes(200)
    path.write_bytes(data)
    media = ParquetCells([path], "image")
    for item in (12, 2, 12, 35):
        if item == 12:
            with pytest.raises((OSError, ValueError)):
                media.read(item)
        else:
            assert media.read(item) == cells[item]


READ = """
import resource, sys
from pathlib import Path
from labelaudit.reading.media import ParquetCells

ParquetCells.KEPT = 2**24
media = ParquetCells([Path(sys.argv[1])], "image")
media.read(0)
used = next(line for line in open("/proc/self/status") if line.startswith("VmData")).split()[1]
resource.setrlimit(resource.RLIMIT_DATA, (int(used) * 1024 + 120_000_000, -1))
print(sum(len(media.read(item)) for item in range(3000)))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell")
def test_row_group_larger_than_memory_is_read(tmp_path: Path) -> None:
    """One row group of 300 MB, in a process that may have 120 MB more than for its first row."""
    path = write(tmp_path / "0.parquet", [bytes([at % 256]) * 100_000 for at in range(3000)])
    assert pq.read_metadata(path).num_row_groups == 1
    command = [sys.executable, "-c", READ, str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stdout == "300000000\n", done.stderr
