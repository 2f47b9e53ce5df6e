"""From a scan to judgements beside the dataset, without a browser."""

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from labelaudit.verdicts import VERDICTS_FILE, read_verdicts

PROGRAM = [sys.executable, "-m", "labelaudit"]
SAMPLE = Path(__file__).parents[2] / "sample_data"


def labelaudit(*arguments: str | Path, where: Path, code: int = 0) -> str:
    """Run the program in a folder; return what it printed, or its error."""
    run = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        cwd=where,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr
    return run.stderr if code else run.stdout


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scan a copy of the sample data; return the folder that holds it and the report."""
    where = tmp_path_factory.mktemp("once")
    shutil.copytree(SAMPLE, where / "data")
    labelaudit("scan", "data", "-o", "out", "--no-cache", "-q", where=where)
    return where


@pytest.fixture
def scanned(once: Path, tmp_path: Path) -> Path:
    """Return a copy of its own of that folder."""
    return Path(shutil.copytree(once, tmp_path / "scanned"))


def fill(sheet: Path, filled: Path, *words: str, reviewer: str = "Ada") -> None:
    """Fill in the sheet, the words in turn."""
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        row |= {"verdict": words[number % len(words)], "reviewer": reviewer}
    with filled.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.slow
def test_from_a_scan_to_verdicts_beside_the_dataset(scanned: Path) -> None:
    said = labelaudit("review", "out/report.json", "--budget", "100", where=scanned)
    assert "100 items drawn at random from " in said
    assert "--import verdicts.csv" in said
    out = {path.name for path in (scanned / "out").iterdir()}
    assert out >= {"review.html", "review.csv", "review-plan.json"}
    assert (scanned / "out" / "review.html").stat().st_size < 1_000_000

    fill(scanned / "out" / "review.csv", scanned / "ada.csv", "given", "given", "suggested", "")
    said = labelaudit("review", "out/report.json", "--import", "ada.csv", where=scanned)
    assert "75 judgements taken in, by Ada 75" in said
    assert "given 50, suggested 25, neither 0, both 0, unsure 0" in said
    assert "25 not judged yet" in said
    assert "the next scan prints the audited rate" in said
    verdicts = read_verdicts(scanned / "data" / VERDICTS_FILE)
    assert len(verdicts) == 75
    assert set(verdicts.reviewer) == {"Ada"}
    assert len(set(verdicts.audit)) == 1
    assert (verdicts.stratum_drawn <= verdicts.stratum_size).all()

    fill(scanned / "out" / "review.csv", scanned / "bo.csv", "given", reviewer="")
    fill(scanned / "out" / "review.csv", scanned / "ada.csv", "given")
    both = ["--import", "ada.csv", "--import", "bo.csv", "--reviewer", "Bo"]
    said = labelaudit("review", "out/report.json", *both, where=scanned)
    assert "200 judgements taken in, by Ada 100, Bo 100" in said
    assert "25 of before, replaced by another verdict" in said
    assert len(read_verdicts(scanned / "data" / VERDICTS_FILE)) == 200

    said = labelaudit("scan", "data", "-o", "again", "--no-cache", "-q", where=scanned)
    assert re.search(r"Audited: \d+ items judged by people", said)
    report = json.loads((scanned / "again" / "report.json").read_text())
    before = json.loads((scanned / "out" / "report.json").read_text())
    assert report["dataset"] == before["dataset"]


@pytest.mark.slow
def test_the_next_sample_leaves_out_what_was_judged_and_old_files_still_fit(scanned: Path) -> None:
    review = ["review", "out/report.json", "--budget", "100"]
    labelaudit(*review, where=scanned)
    fill(scanned / "out" / "review.csv", scanned / "first.csv", "given")
    labelaudit("review", "out/report.json", "--import", "first.csv", where=scanned)
    before = read_verdicts(scanned / "data" / VERDICTS_FILE)
    said = labelaudit(*review, where=scanned)
    assert "left out: what 100 verdicts speak of already" in said
    fill(scanned / "out" / "review.csv", scanned / "second.csv", "neither")
    labelaudit("review", "out/report.json", "--import", "second.csv", where=scanned)
    after = read_verdicts(scanned / "data" / VERDICTS_FILE)
    assert len(set(after.audit)) == 2
    assert not set(before.content) & set(after.content[100:])
    labelaudit("review", "out/report.json", "--import", "first.csv", where=scanned)


@pytest.mark.slow
def test_labels_may_be_corrected_while_others_still_judge(scanned: Path) -> None:
    labelaudit("review", "out/report.json", "--budget", "50", where=scanned)
    fill(scanned / "out" / "review.csv", scanned / "late.csv", "given")
    manifest = scanned / "data" / "metadata.csv"
    manifest.write_text(manifest.read_text().replace("0121.png,nine", "0121.png,four"))
    labelaudit("scan", "data", "-o", "out", "--no-cache", "-q", where=scanned)
    said = labelaudit("review", "out/report.json", "--import", "late.csv", where=scanned)
    assert "50 judgements taken in" in said


def test_a_review_is_repeated_by_its_seed(scanned: Path) -> None:
    def drawn(*options: str) -> dict[str, bytes]:
        labelaudit("review", "out/report.json", "--budget", "20", *options, where=scanned)
        names = ("review.html", "review.csv")
        return {name: (scanned / "out" / name).read_bytes() for name in names}

    first = drawn()
    assert drawn("--seed", "1") != first
    assert drawn() == first


def test_a_list_of_fixes_says_nothing_of_the_rate(scanned: Path) -> None:
    said = labelaudit("review", "out/report.json", "--fix", "--budget", "9", where=scanned)
    assert "9 items, likeliest errors first" in said
    assert "say nothing of the rate" in said
    assert "says nothing of the rate" in (scanned / "out" / "review.html").read_text()
    fill(scanned / "out" / "review.csv", scanned / "fixes.csv", "suggested")
    said = labelaudit("review", "out/report.json", "--import", "fixes.csv", where=scanned)
    assert "9 of a list of fixes, which say nothing of the rate" in said
    assert set(read_verdicts(scanned / "data" / VERDICTS_FILE).audit) == {""}
    with (scanned / "data" / "faults.csv").open(encoding="utf-8", newline="") as file:
        wrong = {row["file"] for row in csv.DictReader(file) if row["fault"] == "wrong label"}
    found = set(read_verdicts(scanned / "data" / VERDICTS_FILE).path)
    assert len(found & wrong) >= 7


@pytest.mark.slow
def test_verdicts_of_a_manifest_lie_beside_it_and_elsewhere_if_asked(scanned: Path) -> None:
    labelaudit("scan", "data/metadata.csv", "-o", "table", "--no-cache", "-q", where=scanned)
    review = ["review", "table/report.json"]
    labelaudit(*review, "--budget", "30", "-o", "mine", where=scanned)
    fill(scanned / "mine" / "review.csv", scanned / "filled.csv", "given")
    taken = [*review, "-o", "mine", "--import", "filled.csv"]
    labelaudit(*taken, where=scanned)
    assert (scanned / "data" / VERDICTS_FILE).is_file()
    said = labelaudit(*taken, "--verdicts", "elsewhere.csv", where=scanned)
    assert "the next scan with --verdicts elsewhere.csv prints" in said
    assert len(read_verdicts(scanned / "elsewhere.csv")) == 30


def test_a_sheet_is_not_replaced_before_its_judgements_are_taken_in(scanned: Path) -> None:
    review = ["review", "out/report.json"]
    labelaudit(*review, "--budget", "20", where=scanned)
    sheet = scanned / "out" / "review.csv"
    fill(sheet, sheet, "given", "")
    before = sheet.read_bytes()
    error = labelaudit(*review, "--fix", where=scanned, code=2)
    assert "10 judgements in it are not taken in yet" in error
    assert sheet.read_bytes() == before
    labelaudit(*review, "--import", "out/review.csv", where=scanned)
    labelaudit(*review, "--fix", where=scanned)


def test_what_is_printed_takes_in_what_was_drawn_elsewhere(scanned: Path) -> None:
    said = labelaudit("review", "out/report.json", "--budget", "9", "-o", "my own", where=scanned)
    assert "review out/report.json --output 'my own' --import verdicts.csv" in said
    sheet = scanned / "my own" / "review.csv"
    fill(sheet, scanned / "verdicts.csv", "neither")
    text = (scanned / "verdicts.csv").read_text()
    (scanned / "verdicts.csv").write_text(text.replace(",neither", "x,neither"))
    (command,) = (line for line in said.splitlines() if line.startswith("then: "))
    said = labelaudit(*shlex.split(command)[2:], where=scanned)
    assert "9 with a label that was changed in the file; labels are not read from it" in said


def test_texts_are_reviewed_without_a_model(tmp_path: Path) -> None:
    lines = [f't{number},"<b>It\'s number {number}</b>",{number % 2}' for number in range(40)]
    (tmp_path / "texts.csv").write_text("\n".join(["id,text,label", *lines]))
    labelaudit("scan", "texts.csv", "-o", "out", "-q", where=tmp_path)
    said = labelaudit("review", "out/report.json", where=tmp_path)
    assert "40 items drawn at random" in said
    page = (tmp_path / "out" / "review.html").read_text()
    assert "<b>It" not in page
    assert "number 39" in page
    error = labelaudit("review", "out/report.json", "--fix", where=tmp_path, code=2)
    assert "no probability of an error" in error


def test_options_of_the_manifest_come_from_the_configuration(scanned: Path) -> None:
    (scanned / "labelaudit.toml").write_text('split-column = "nonsense"\noutput = "elsewhere"')
    error = labelaudit("review", "out/report.json", where=scanned, code=2)
    assert "nonsense" in error
    (scanned / "labelaudit.toml").write_text('output = "elsewhere"')
    labelaudit("review", "out/report.json", "--budget", "5", where=scanned)
    assert (scanned / "out" / "review.html").is_file()


def damaged(scanned: Path, how: str) -> list[str]:
    """Change what lies beside a report; return further options."""
    data = scanned / "data"
    if how == "image":
        (data / "images" / "0121.png").write_bytes((data / "images" / "0122.png").read_bytes())
        return ["--budget", "400"]
    if how == "label":
        manifest = data / "metadata.csv"
        manifest.write_text(manifest.read_text().replace("0121.png,nine", "0121.png,four"))
    elif how == "items":
        (scanned / "out" / "items.parquet").write_bytes(b"PAR1")
    elif how == "rows":
        manifest = data / "metadata.csv"
        manifest.write_text("\n".join(manifest.read_text().splitlines()[:-1]))
    elif how == "moved":
        data.rename(scanned / "moved")
    elif how == "plan":
        (scanned / "out" / "review-plan.json").write_text("{}")
    elif how == "verdicts":
        (data / VERDICTS_FILE).write_text("content,verdict\n")
    return []


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("image", "images/0121.png: it has the hash "),
        ("label", "images/0121.png, four; in the report images/0121.png, nine"),
        ("items", "items.parquet: cannot be read"),
        ("rows", "404 items; the report is of 405"),
        ("moved", "was made of data, which is not there"),
        ("plan", "no plan of a review"),
        ("verdicts", "labelaudit-verdicts.csv: line 1: columns are missing"),
    ],
)
def test_what_does_not_fit_is_refused(scanned: Path, how: str, said: str) -> None:
    options = damaged(scanned, how)
    error = labelaudit("review", "out/report.json", *options, where=scanned, code=2)
    assert said in error
    assert "hint: " in error
    assert not (scanned / "out" / "review.html").exists()


@pytest.mark.slow
def test_datasets_that_cannot_be_judged_are_refused(scanned: Path) -> None:
    scan = ["scan", "data/multi_label.csv", "--label-separator", "|", "-o", "many", "-q"]
    labelaudit(*scan, "--no-cache", where=scanned)
    error = labelaudit("review", "many/report.json", where=scanned, code=2)
    assert "several labels" in error
    assert "issues.csv" in error
    (scanned / "bare.csv").write_text("id,label\na,x\nb,y\nc,x\nd,y\n")
    labelaudit("scan", "bare.csv", "-o", "bare", "-q", where=scanned)
    error = labelaudit("review", "bare/report.json", where=scanned, code=2)
    assert "names no images or texts" in error


@pytest.mark.slow
def test_judgements_that_do_not_fit_are_refused_and_change_nothing(scanned: Path) -> None:
    labelaudit("review", "out/report.json", "--budget", "20", where=scanned)
    sheet, filled = scanned / "out" / "review.csv", scanned / "filled.csv"
    take_in = ["review", "out/report.json", "--import", "filled.csv"]
    fill(sheet, filled, "given", "yes")
    error = labelaudit(*take_in, where=scanned, code=2)
    assert "10 problems in 20 rows; nothing was imported" in error
    assert "line 3: verdict is none of given, suggested, neither, both, unsure" in error
    fill(sheet, filled, "")
    assert "no item is judged yet" in labelaudit(*take_in, where=scanned, code=2)
    fill(sheet, filled, "given")
    shutil.copytree(scanned / "data", scanned / "other")
    for image in (scanned / "other" / "images").iterdir():
        image.write_bytes(b"another")
    error = labelaudit(*take_in, "--data", "other", where=scanned, code=2)
    assert "20 of 20 judged items are not in this dataset" in error
    (scanned / "out" / "review-plan.json").unlink()
    assert "draw a sample" in labelaudit(*take_in, where=scanned, code=2)
    assert not (scanned / "data" / VERDICTS_FILE).exists()
    for option in (["--fix"], ["--budget", "5"], ["--seed", "0"]):
        error = labelaudit(*take_in, *option, where=scanned, code=2)
        assert f"{option[0]} can have no effect" in error
    error = labelaudit("review", "out/report.json", "--fix", "--seed", "1", where=scanned, code=2)
    assert "--seed can have no effect" in error
    error = labelaudit("review", "out/report.json", "--reviewer", "Bo", where=scanned, code=2)
    assert "nobody has judged yet" in error


@pytest.mark.slow
def test_the_command_that_a_report_names_runs_beside_the_report(scanned: Path) -> None:
    said = labelaudit("review", "report.json", "--budget", "60", where=scanned / "out")
    assert "60 items drawn at random" in said
