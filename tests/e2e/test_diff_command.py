"""``labelaudit diff`` and ``labelaudit history``, as they are run."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "release"))
from versions import corrected, full

from labelaudit.privacy import published
from labelaudit.render.json import to_json
from labelaudit.report import Report

CHECKOUT = Path(__file__).parents[2]


def run(*arguments: str, where: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "labelaudit", *arguments],
        cwd=where,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def write(report: Report, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(to_json(report), encoding="utf-8")


@pytest.fixture
def where(tmp_path: Path) -> Path:
    write(full(), tmp_path / "old" / "report.json")
    write(corrected(), tmp_path / "new" / "report.json")
    return tmp_path


def test_two_reports_are_compared_on_the_terminal_and_no_file_is_written(where: Path) -> None:
    before = sorted(where.rglob("*"))
    done = run("diff", "old/report.json", "new/report.json", where=where)
    assert (done.returncode, done.stderr) == (0, "")
    assert "animals-v3" in done.stdout
    assert "4 gone, 0 new" in done.stdout
    assert sorted(where.rglob("*")) == before


@pytest.mark.slow
def test_folders_serve_as_reports_and_files_are_written(where: Path) -> None:
    done = run("diff", "old", "new", "-o", "out", where=where)
    assert done.returncode == 0, done.stderr
    assert {file.name for file in (where / "out").iterdir()} == {
        "diff.html",
        "diff.md",
        "diff.json",
    }
    assert str(where) not in "".join(
        file.read_text(encoding="utf-8") for file in (where / "out").iterdir()
    )
    done = run("diff", "old", "new", "--format", "json", "-o", "one", where=where)
    assert [file.name for file in (where / "one").iterdir()] == ["diff.json"]
    first, second = ((where / name / "diff.json").read_bytes() for name in ("out", "one"))
    assert first == second


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("diff", "old", "gone.json"), "gone.json: cannot be read"),
        (("diff", "old", "broken.json"), "broken.json: no report"),
        (("diff", "old", "new", "--format", "pdf"), "there are html, md, json"),
        (("diff", "old", "new", "-o", "broken.json/x"), "cannot be written"),
        (("diff", "old"), "NEW"),
        (("history", "empty"), "holds no report"),
        (("history", "gone"), "is not there"),
        (("history", "old", "--format", "png"), "there are html, svg, md, json"),
    ],
)
def test_what_cannot_be_done_is_2_with_a_hint(
    where: Path, arguments: tuple[str, ...], said: str
) -> None:
    (where / "broken.json").write_text("{}")
    (where / "empty").mkdir()
    done = run(*arguments, where=where)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.slow
def test_a_public_comparison_is_not_put_beside_what_names_items(where: Path) -> None:
    write(published(corrected(), "public"), where / "public" / "report.json")
    (where / "old" / "issues.csv").write_text("path\n")
    done = run("diff", "old", "public", "-o", "old", where=where)
    assert done.returncode == 2
    assert "issues.csv" in done.stderr
    done = run("diff", "old", "public", "-o", "out", where=where)
    assert done.returncode == 0
    assert json.loads((where / "out" / "diff.json").read_text())["privacy"] == "public"


@pytest.mark.slow
def test_a_history_is_one_of_all_reports_below_a_folder(where: Path) -> None:
    (where / "old" / "coco.json").write_text("{}")
    later = replace(full().run, started="2027-01-02T00:00:00+00:00")
    write(replace(full(), run=later), where / "newest" / "report.json")
    done = run("history", ".", "-o", "out", where=where)
    assert done.returncode == 0, done.stderr
    assert "3 reports" in done.stdout
    assert "old/coco.json: no report" in done.stdout
    loaded = json.loads((where / "out" / "history.json").read_text())
    files = [entry["file"] for entry in loaded["entries"]]
    assert files == ["old/report.json", "new/report.json", "newest/report.json"]
    names = {file.name for file in (where / "out").iterdir()}
    assert names == {f"history.{suffix}" for suffix in ("html", "svg", "md", "json")}
    assert not any(str(where) in (where / "out" / name).read_text("utf-8") for name in names)


@pytest.mark.slow
def test_the_commands_of_the_document_run(where: Path) -> None:
    document = (CHECKOUT / "docs" / "diff.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```sh\n(.*?)```", document, flags=re.DOTALL)
    lines = [line.partition("#")[0].split() for line in block.splitlines()]
    assert len(lines) == 4
    for words in lines:
        assert words[0] == "labelaudit"
        done = run(*words[1:], where=where)
        assert done.returncode == 0, done.stderr
    written = {file.name for folder in ("changes", "trend") for file in (where / folder).iterdir()}
    assert all(f"`{name}`" in document for name in written)


@pytest.mark.slow
def test_the_document_names_every_part_of_a_comparison(where: Path) -> None:
    run("diff", "old", "new", "-o", "out", where=where)
    document = (CHECKOUT / "docs" / "diff.md").read_text(encoding="utf-8")
    table = document.partition("| of `diff.json` |")[2]
    loaded = json.loads((where / "out" / "diff.json").read_text())
    for name in loaded.keys() - {"schema_version", "tool_version", "privacy"}:
        assert f"`{name}`" in table, name


def test_one_report_is_a_history_of_one(where: Path) -> None:
    done = run("history", "old/report.json", where=where)
    assert done.returncode == 0
    assert "one report only" in done.stdout
