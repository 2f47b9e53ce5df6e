"""The verdicts beside a dataset are no part of it, whatever its format."""

from collections.abc import Callable
from pathlib import Path

import pytest
import test_equal_digests as formats
from test_equal_digests import CLASSES, DESCRIBED, Item, class_folders, digest_of, items

from labelaudit.dataset import Dataset
from labelaudit.errors import InputError
from labelaudit.manifests import Options, open_dataset
from labelaudit.verdicts import VERDICTS_FILE, from_rows, verdicts_path, write_verdicts

VERDICT = {
    "content": "0" * 64,
    "path": "train/0.ppm",
    "given_label": CLASSES[0],
    "suggested_label": CLASSES[1],
    "verdict": "given",
    "reviewer": "",
    "audit": "",
    "stratum": "-1",
    "stratum_size": "0",
    "stratum_drawn": "0",
    "judged_before": "0",
}


@pytest.mark.parametrize("write", [class_folders, *DESCRIBED])
def test_a_dataset_is_the_same_with_verdicts_beside_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Path, list[Item]], Dataset],
) -> None:
    opened: list[tuple[Path, Options | None]] = []

    def noted(path: Path, options: Options | None = None) -> Dataset:
        opened.append((path, options))
        return open_dataset(path, options)

    monkeypatch.setattr(formats, "open_dataset", noted)
    before = write(tmp_path / "data", items(unlabelled=False))
    path, options = opened[0]
    write_verdicts(verdicts_path(path), from_rows([VERDICT]))
    assert (tmp_path / "data" / VERDICTS_FILE).is_file()
    after = open_dataset(path, options)
    assert digest_of(after) == digest_of(before)
    assert after.source == before.source


def test_a_verdicts_file_is_no_manifest(tmp_path: Path) -> None:
    file = tmp_path / VERDICTS_FILE
    write_verdicts(file, from_rows([VERDICT]))
    with pytest.raises(InputError, match="holds the verdicts on the dataset beside it"):
        open_dataset(file)


def test_only_the_file_at_the_top_is_labelaudits_own(tmp_path: Path) -> None:
    class_folders(tmp_path / "data", items(unlabelled=False))
    write_verdicts(tmp_path / "data" / "train" / VERDICTS_FILE, from_rows([VERDICT]))
    assert open_dataset(tmp_path / "data").source.ignored == {"not an image by its name": 1}
