from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelaudit.dataset import Dataset, Source
from labelaudit.errors import InputError
from labelaudit.inputs.screening import read_screening


def dataset() -> Dataset:
    return Dataset(
        name="pets",
        task="multiclass",
        class_names=("cat", "dog"),
        paths=pa.array(["a", "b", "c"], pa.large_string()),
        labels=np.array([0, 1, -1], dtype=np.int32),
        splits=np.full(3, -1, dtype=np.int32),
        media=None,
        source=Source(format="test", why=(), found=3),
    )


def scanned(folder: Path, **columns: object) -> Path:
    table = {
        "path": ["b", "a"],
        "given_label": ["dog", "cat"],
        "is_label_suspected": [True, False],
        "suggested_label": ["cat", None],
        "label_margin": pa.array([-2.0, None], pa.float32()),
        "error_probability": pa.array([0.7, None], pa.float32()),
    } | columns
    pq.write_table(
        pa.table({k: v for k, v in table.items() if v is not None}), folder / "items.parquet"
    )
    return folder / "report.json"


def test_what_was_suspected_is_matched_by_path(tmp_path: Path) -> None:
    found = read_screening(scanned(tmp_path), dataset())
    assert found.suspected.tolist() == [False, True, False]
    assert found.suggested.tolist() == [-1, 0, -1]
    assert found.margin[1] == -2
    assert np.isnan(found.error_probability[[0, 2]]).all()


def test_a_scan_of_other_labels_is_refused(tmp_path: Path) -> None:
    report = scanned(tmp_path, given_label=["cat", "cat"])
    with pytest.raises(InputError, match="1 items have another label") as caught:
        read_screening(report, dataset())
    assert "b: 'dog', and 'cat' in the scan" in str(caught.value)
    report = scanned(tmp_path, given_label=[None, "cat"])
    with pytest.raises(InputError, match="b: 'dog', and without a label in the scan"):
        read_screening(report, dataset())


def test_a_scan_without_label_noise_and_none_at_all_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did not measure label noise"):
        read_screening(scanned(tmp_path, label_margin=None), dataset())
    with pytest.raises(InputError, match="is not beside it"):
        read_screening(tmp_path / "other" / "report.json", dataset())
