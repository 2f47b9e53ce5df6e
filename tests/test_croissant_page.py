"""The page on Croissant: its example is read as the page says, here and elsewhere."""

import json
import re
import subprocess
import sys
from pathlib import Path

import mlcroissant
import pytest
from typer.testing import CliRunner

from labelaudit.cli import app
from labelaudit.cli.config import known_options
from labelaudit.reading.croissant.fetch import MOST_BYTES
from labelaudit.release.croissant import words

PAGE = (Path(__file__).parents[1] / "docs/croissant.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```\w+ (\S+)\n(.*?)```", PAGE, flags=re.DOTALL))


@pytest.mark.filterwarnings("ignore")  # of what mlcroissant imports
def test_the_example_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    assert "\nlabelaudit inspect croissant.json\n" in PAGE
    run = CliRunner().invoke(app, ["inspect", "croissant.json", "--json"])
    assert run.exit_code == 0, run.output
    found = json.loads(run.stdout)
    assert found["class_names"] == ["duck", "goose"]
    assert found["splits"] == {"test": 1, "train": 1}
    assert found["first_items"] == ["a.png", "b.png"]
    dataset = mlcroissant.Dataset("croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    assert [each["birds/kind"] for each in dataset.records("birds")] == [0, 1]


def test_a_file_of_another_hash_ends_with_2(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "birds.csv").write_text("file,kind,part\na.png,1,train\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "labelaudit", "inspect", tmp_path / "croissant.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert "sha256: found " in run.stderr
    assert "Traceback" not in run.stderr


def test_no_configuration_asks_to_fetch() -> None:
    assert {"record_set", "label_column"} <= known_options()
    assert "fetch" not in known_options()


def test_what_the_page_names_is_so() -> None:
    for name in words.PROPERTIES:
        assert f"`{name}`" in PAGE
    assert f"at most {MOST_BYTES >> 30} GiB" in PAGE
