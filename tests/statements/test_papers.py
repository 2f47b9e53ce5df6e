"""What papers state: each folder of ``cases`` holds papers and, worked by hand, what they state."""

import json
from pathlib import Path

import pytest

from labelaudit.report import TOPICS
from labelaudit.statements import read_papers

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(folder for folder in CASES.iterdir() if folder.is_dir())


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: case.name)
def test_what_is_stated_and_where(case: Path) -> None:
    expected = json.loads((case / "stated.json").read_text(encoding="utf-8"))
    found = read_papers(case / "beside")
    stated = {said.topic: [said.text, said.source] for said in found.statements}
    assert stated == expected["statements"]
    assert list(found.unread) == expected["unread"]
    assert list(stated) == [topic for topic in TOPICS if topic in stated]
