"""The page on manifests: every example is read as the page says."""

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from labelaudit.cli import app

PAGE = (Path(__file__).parents[1] / "docs/manifests.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```\w+ (\S+)\n(.*?)```", PAGE, flags=re.DOTALL))
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)
    for line in block.splitlines()
]
SAID: dict[str, dict[str, object]] = {
    "classes.csv": {"task": "multiclass", "class_names": ["cat", "dog"]},
    "severity.csv": {"class_names": ["none", "mild", "severe"]},
    "sets.jsonl": {"task": "multilabel", "class_names": ["cat", "indoor"], "unlabelled": 0},
    "separated.csv": {"task": "multilabel", "class_names": ["cat", "dog", "indoor"]},
    "findings.csv": {"task": "multilabel", "class_names": ["edema", "fracture"]},
    "ages.csv": {"task": "regression", "unlabelled": 1, "metadata": ["site"]},
    "wide.csv": {"unlabelled": 0, "judgements": [3, 2, 2]},
    "long.csv": {"items": 1, "unlabelled": 1, "judgements": [2, 1, 2]},
    "both.csv": {"items": 1, "unlabelled": 0, "judgements": [2, 1, 2]},
    "votes.jsonl": {"unlabelled": 0, "judgements": [4, 2, 0]},
    "named.jsonl": {"unlabelled": 2, "judgements": [2, 1, 2]},
}


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the page's files, but for the configuration, and go where they are."""
    for name, text in FILES.items():
        if name != "labelaudit.toml":
            (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def inspected(line: str) -> dict[str, object]:
    program, *arguments = shlex.split(line)
    assert program == "labelaudit"
    run = CliRunner().invoke(app, [*arguments, "--json"])
    assert run.exit_code == 0, run.output
    found: dict[str, object] = json.loads(run.stdout)
    return found


def test_every_example_has_a_command() -> None:
    read = {shlex.split(line)[2] for line in COMMANDS}
    assert read == set(SAID)
    assert set(FILES) == {*SAID, "judgements.csv", "labelaudit.toml"}


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("line", COMMANDS)
def test_commands_read_what_the_page_says(line: str) -> None:
    facts = inspected(line)
    judgements = facts["judgements"]
    assert isinstance(judgements, dict)
    facts["judgements"] = list(judgements.values())
    expected = SAID[shlex.split(line)[2]]
    if "--annotations" in line:
        expected = expected | {"judgements": [2, 1, 2]}
    assert {name: facts[name] for name in expected} == expected


def test_the_configuration_takes_the_place_of_options(written: Path) -> None:
    (written / "labelaudit.toml").write_text(FILES["labelaudit.toml"], encoding="utf-8")
    facts = inspected("labelaudit inspect ages.csv")
    assert (facts["task"], facts["metadata"]) == ("regression", ["site"])
    assert facts["targets"] == {"lowest": 41.5, "median": 41.5, "highest": 41.5}
