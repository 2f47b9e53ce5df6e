"""What is wrong with the options or the dataset is said before a model is pulled."""

from pathlib import Path

import pytest

from labelaudit.cli.scan import scan
from labelaudit.embeddings.hub import resolve
from labelaudit.errors import InputError


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a dataset in a folder where no model may be looked for."""

    def pulled(said: str, **_: object) -> Path:
        raise AssertionError(f"{said} was pulled")

    monkeypatch.setattr(resolve, "find_model", pulled)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "data.csv"
    path.write_text("text,label\ngood film,yes\nbad film,no\n", encoding="utf-8")
    return path


def test_a_dataset_that_is_not_there_costs_no_pull(table: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv"):
        scan(table.with_name("none.csv"), model="dinov2-small", quiet=True)


def test_a_column_that_is_not_there_costs_no_pull(table: Path) -> None:
    with pytest.raises(InputError, match="body"):
        scan(table, model="dinov2-small", text_column="body", quiet=True)


def test_a_key_that_is_none_costs_no_pull(table: Path) -> None:
    with pytest.raises(InputError, match="there is no key 'sise'"):
        scan(table, model="dinov2-small", declare=["sise=[8, 8]"], quiet=True)


def test_a_class_map_that_is_none_costs_no_pull(table: Path) -> None:
    names = table.with_name("names.json")
    names.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="not a JSON file"):
        scan(table, model="dinov2-small", class_map=names, pred_probs_from_model=True, quiet=True)


def test_a_sound_scan_looks_for_its_model(table: Path) -> None:
    with pytest.raises(AssertionError, match="dinov2-small was pulled"):
        scan(table, model="dinov2-small", quiet=True)
