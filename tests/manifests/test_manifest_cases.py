"""Golden errors: each folder of ``cases`` holds a manifest and what is said about it.

``UPDATE_CASES=1 pytest tests/manifests/test_manifest_cases.py`` writes them anew.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from labelaudit.errors import InputError
from labelaudit.manifests import Options, open_dataset

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(folder for folder in CASES.glob("*/*") if folder.is_dir())


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_error_says_where_what_and_what_next(case: Path) -> None:
    found = _error(case).replace(str(case), "CASE") + "\n"
    expected = case / "expected.txt"
    if os.environ.get("UPDATE_CASES"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")
    assert "\nhint: " in found


def test_cases_are_found() -> None:
    assert len(FOLDERS) > 50


def _error(case: Path) -> str:
    """Return what the reader says about the one manifest or folder of a case."""
    (path,) = [case / "data"] if (case / "data").is_dir() else case.glob("manifest.*")
    given = case / "options.json"
    said = json.loads(given.read_text(encoding="utf-8")) if given.exists() else {}
    options: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
    }
    if "annotations" in options:
        options["annotations"] = case / options["annotations"]
    with pytest.raises(InputError) as error:
        open_dataset(path, Options(**options))
    return str(error.value)
