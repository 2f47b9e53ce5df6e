"""``labelaudit render`` as a person runs it: which files it writes, and for whom."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from labelaudit.render.json import from_json

GOLDEN = Path(__file__).parents[1] / "render" / "golden" / "full" / "report.json"
MADE = {
    "report.html", "label.svg", "label-dark.svg", "label.png", "summary.md", "card.md",
    "metrics.json",
}  # fmt: skip


def render(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "labelaudit", "render", *map(str, arguments)],
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "source" / "report.json"
    file.parent.mkdir()
    file.write_bytes(GOLDEN.read_bytes())
    return file


def test_every_rendering_is_made_beside_the_report_which_stays_as_it_is(source: Path) -> None:
    run = render(source)
    assert run.returncode == 0, run.stderr
    assert names(source.parent) == {"report.json"} | MADE
    assert source.read_bytes() == GOLDEN.read_bytes()
    assert "animals-v2" in run.stdout.splitlines()[0]
    assert run.stdout.splitlines()[-1].endswith("report.html")


def test_only_the_formats_asked_for_are_made(source: Path, tmp_path: Path) -> None:
    run = render(source, "-o", tmp_path / "some", "--format", "md", "--format", "svg")
    assert run.returncode == 0, run.stderr
    made = {name for name in MADE if name.endswith((".md", ".svg"))}
    assert names(tmp_path / "some") == made
    # the last lines are where to look, and name no page that was not made
    assert {Path(line).name for line in run.stdout.splitlines()[-len(made) :]} == made


def test_who_reads_the_first_line_only_has_it(source: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    run = subprocess.run(
        [sys.executable, "-m", "labelaudit", "render", source],
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        timeout=120,
    )
    os.close(writer)
    assert (run.returncode, run.stderr) == (0, b"")
    assert names(source.parent) == {"report.json"} | MADE


def test_a_format_that_there_is_not_is_refused_before_anything_is_written(source: Path) -> None:
    run = render(source, "--format", "gif")
    assert run.returncode == 2
    assert "--format gif: there is no such format" in run.stderr
    assert "there are html, json, md, png, svg" in run.stderr
    assert names(source.parent) == {"report.json"}


def test_a_report_for_others_is_written_with_its_renderings(source: Path, tmp_path: Path) -> None:
    public = tmp_path / "public"
    run = render(source, "-o", public, "--privacy", "public")
    assert run.returncode == 0, run.stderr
    assert names(public) == {"report.json", "SHA256SUMS"} | MADE
    assert from_json((public / "report.json").read_text(encoding="ascii")).privacy == "public"
    for name in MADE - {"label.png"} | {"report.json"}:
        assert b"IMG_4711" not in (public / name).read_bytes(), name
    assert "IMG_4711" not in run.stdout


@pytest.mark.parametrize("name", ["report.json", "mine.json"])
def test_a_report_for_others_needs_a_folder_of_its_own(source: Path, name: str) -> None:
    run = render(source.rename(source.with_name(name)), "--privacy", "team")
    assert run.returncode == 2
    assert "one that is team shows less, and needs another folder" in run.stderr
    assert names(source.parent) == {name}


def test_no_picture_of_a_fuller_report_is_left_beside_a_public_one(
    source: Path, tmp_path: Path
) -> None:
    fuller = tmp_path / "fuller"
    assert render(source, "-o", fuller).returncode == 0
    (fuller / "report.json").write_bytes(source.read_bytes())
    run = render(source, "-o", fuller, "--privacy", "public", "--format", "svg")
    assert run.returncode == 2
    assert f"{fuller / 'report.json'}: is full" in run.stderr
    assert (fuller / "report.json").read_bytes() == source.read_bytes()


def test_no_page_of_a_lost_report_is_left_beside_a_public_one(source: Path, tmp_path: Path) -> None:
    public = tmp_path / "public"
    assert render(source, "-o", public, "--privacy", "public").returncode == 0
    found = tmp_path / "found"
    found.mkdir()
    (found / "report.html").write_text("of another level", encoding="utf-8")
    closed = ("-o", found, "--privacy", "public", "--format", "md")
    for run in (render(source, *closed), render(public / "report.json", *closed)):
        assert run.returncode == 2
        assert "holds report.html, which name items or show them" in run.stderr
    assert names(found) == {"report.html"}
    assert render(public / "report.json", "--format", "md").returncode == 0
    assert render(source, "-o", found, "--privacy", "public").returncode == 0


def test_a_report_is_not_opened_again(source: Path, tmp_path: Path) -> None:
    assert render(source, "-o", tmp_path / "team", "--privacy", "team").returncode == 0
    run = render(tmp_path / "team" / "report.json", "-o", tmp_path / "full", "--privacy", "full")
    assert run.returncode == 2
    assert "cannot become full" in run.stderr
    assert not (tmp_path / "full").exists()


def test_its_own_level_changes_nothing(source: Path, tmp_path: Path) -> None:
    run = render(source, "-o", tmp_path / "same", "--privacy", "full", "--format", "svg")
    assert run.returncode == 0, run.stderr
    assert names(tmp_path / "same") == {"label.svg", "label-dark.svg"}
