"""What a scan makes of verdicts that lie beside the data."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labelaudit import open_dataset
from labelaudit.errors import InputError
from labelaudit.scan import Scan, ScanOptions, scan
from labelaudit.verdicts import from_rows, write_verdicts

N = 24


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder of cats and dogs in turn."""
    rng = np.random.default_rng(0)
    for at in range(N):
        folder = tmp_path / "data" / ("cat", "dog")[at % 2]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{at:02}.png")
    return tmp_path / "data"


def judge(data: Path, words: dict[str, str]) -> Path:
    """Write verdicts on some images of a sample of all; return the file."""
    lines = []
    for path, word in words.items():
        given = Path(path).parent.name
        line = {
            "content": hashlib.sha256((data / path).read_bytes()).hexdigest(),
            "path": path,
            "given_label": given,
            "suggested_label": {"cat": "dog", "dog": "cat"}[given],
            "verdict": word,
            "reviewer": "Ada",
            "audit": "drawn",
            "stratum": "0",
            "stratum_size": str(N),
            "stratum_drawn": str(len(words)),
            "judged_before": "0",
        }
        lines.append(line)
    file = data.parent / "verdicts.csv"
    write_verdicts(file, from_rows(lines))
    return file


def scanned(data: Path, verdicts: Path) -> Scan:
    return scan(open_dataset(data), ScanOptions(verdicts=verdicts))


def test_a_file_that_was_moved_to_the_right_folder_is_a_corrected_label(data: Path) -> None:
    words = dict.fromkeys(("cat/00.png", "cat/02.png"), "suggested")
    words |= {f"{('cat', 'dog')[at % 2]}/{at:02}.png": "given" for at in (1, *range(3, 12))}
    file = judge(data, words)
    before = scanned(data, file)
    rate = before.report.value("audited_labels", "audited_error_rate")
    # 2 of 12 judged are wrong, so 2 more of the 12 others.
    assert rate is not None
    assert rate.value == pytest.approx(4 / 24)
    wrong = before.issues.filter(np.array(before.issues["rule"]) == "judged_wrong")
    assert wrong["path"].to_pylist() == ["cat/00.png", "cat/02.png"]
    assert wrong["suggested_label"].to_pylist() == ["dog", "dog"]
    for name in ("00.png", "02.png"):
        (data / "cat" / name).rename(data / "dog" / name)
    after = scanned(data, file).report.value("audited_labels", "audited_error_rate")
    assert after is not None
    assert after.value == pytest.approx(2 / 24)


def test_verdicts_on_another_dataset_are_refused_before_a_report_is_made(data: Path) -> None:
    file = judge(data, {"cat/00.png": "given", "cat/02.png": "given", "dog/01.png": "given"})
    (data / "cat" / "00.png").unlink()
    (data / "cat" / "02.png").unlink()
    with pytest.raises(InputError, match="1 of 3 judged items are in this dataset"):
        scanned(data, file)


def test_a_file_of_verdicts_is_checked_before_long_work(data: Path) -> None:
    file = data.parent / "verdicts.csv"
    file.write_text("content,verdict\n")
    options = ScanOptions(verdicts=file, embeddings=data.parent / "none.npy")
    with pytest.raises(InputError, match=r"verdicts.csv: line 1: columns are missing"):
        scan(open_dataset(data), options)
