"""A baseline through the commands: what is new in a changed copy of the sample, and what is not."""

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

pytestmark = pytest.mark.slow

POLICY = """
[gate.findings]
suspects = 0
unlabelled = 0
unreadable = 0
exact_duplicates = 0
contradictory_duplicates = 0
duplicates_across_splits = 0
near_duplicates = 0
"""
LOSSLESS: dict[str, dict[str, Any]] = {
    ".png": {"compress_level": 1},
    ".webp": {"lossless": True},
    ".bmp": {},
    ".tif": {"compression": "tiff_lzw"},
}
DOCUMENT = Path(__file__).parents[2] / "docs/baseline.md"
UNTOUCHED = ("images/0002.png", ".jpg")  # one is cut off, one has lost something already

Row = dict[str, str]


@dataclass
class Done:
    """How a command ended, and all that it said."""

    code: int
    said: str


def run(*arguments: object, where: Path | None = None) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "labelaudit", *map(str, arguments)],
        cwd=where,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return Done(done.returncode, done.stdout + done.stderr)


class Scratch:
    """A folder with a copy of the sample, its baseline and a policy."""

    def __init__(self, folder: Path, sample: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        shutil.copytree(sample / "images", self.data / "images")
        shutil.copy(sample / "metadata.csv", self.data)
        self.baseline = folder / "labelaudit-baseline.json"
        self.policy = folder / "policy.toml"
        self.policy.write_text(POLICY, encoding="utf-8")

    def rows(self) -> list[Row]:
        with (self.data / "metadata.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def write(self, rows: list[Row]) -> None:
        with (self.data / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["file_name", "label", "split"], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def gate(self, *options: object) -> Done:
        return run(
            *("gate", self.folder / "out/report.json", "--policy", self.policy),
            *("--baseline", self.baseline, *options),
        )

    def scanned(self, *options: object) -> None:
        done = run("scan", self.data, "-o", self.folder / "out", "-q", *options)
        assert done.code == 0, done.said

    def new(self) -> list[dict[str, Any]]:
        """Return the new findings, as ``gate.json`` has them."""
        outcome = json.loads((self.folder / "out/gate.json").read_text(encoding="utf-8"))
        return [one for one in outcome["findings"] if one["is_new"]]


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a scan of the sample whose findings are all accepted."""
    folder = tmp_path_factory.mktemp("accepted")
    scratch = Scratch(folder, Path(__file__).parents[2] / "sample_data")
    scratch.scanned("--cache", folder / "cache")
    assert scratch.gate().code == 2, "there is no baseline yet"
    assert scratch.gate("--update-baseline").code == 0
    return folder


@pytest.fixture
def scratch(accepted: Path, tmp_path: Path, sample_data: Path) -> Scratch:
    made = Scratch(tmp_path, sample_data)
    shutil.copy(accepted / "labelaudit-baseline.json", tmp_path)
    shutil.copytree(accepted / "out", tmp_path / "out")
    return made


def test_what_was_accepted_passes_and_without_the_baseline_it_fails(scratch: Scratch) -> None:
    assert scratch.gate().code == 0
    assert scratch.new() == []
    report = scratch.folder / "out/report.json"
    assert run("gate", report, "--policy", scratch.policy).code == 1
    text = scratch.baseline.read_text(encoding="utf-8")
    assert scratch.gate("--update-baseline").code == 0
    assert scratch.baseline.read_text(encoding="utf-8") == text


def renamed_and_encoded(scratch: Scratch) -> None:
    rows = scratch.rows()[::-1]
    for number, row in enumerate(rows):
        old = scratch.data / row["file_name"]
        kind = list(LOSSLESS)[number % len(LOSSLESS)]
        if row["file_name"].endswith(UNTOUCHED):
            kind = old.suffix
        new = old.with_name(f"again-{number:03d}{kind}")
        if row["file_name"].endswith(UNTOUCHED):
            old.rename(new)
        else:
            with Image.open(old) as image:
                image.save(new, **LOSSLESS[kind])
            old.unlink()
        row["file_name"] = f"images/{new.name}"
    scratch.write(rows)


def test_names_order_and_encoding_are_nothing_new(scratch: Scratch) -> None:
    before = {path.read_bytes() for path in (scratch.data / "images").iterdir()}
    renamed_and_encoded(scratch)
    after = {path.read_bytes() for path in (scratch.data / "images").iterdir()}
    assert len(before & after) <= 2
    scratch.scanned()
    done = scratch.gate()
    assert (done.code, scratch.new()) == (0, []), done.said


def clean_items_added(scratch: Scratch) -> None:
    """Add the next digits of each class, which the sample does not use."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    used = {Path(row["file_name"]).stem for row in scratch.rows()}
    names = ["zero", "one", "two", "three", "four", "six"]
    rows = scratch.rows()
    for number in range(600, 660):
        code = int(digits.target[number])
        if code < len(names) and f"{number:04d}" not in used:
            pixels = (255 - digits.images[number] * 255 / 16).astype("uint8")
            image = Image.fromarray(pixels).resize((32, 32), Image.Resampling.BICUBIC)
            image.save(scratch.data / f"images/{number:04d}.png")
            rows.insert(
                number % len(rows),
                {"file_name": f"images/{number:04d}.png", "label": names[code], "split": "train"},
            )
    assert len(rows) >= len(scratch.rows()) + 20
    scratch.write(rows)


def test_more_items_are_new_only_where_they_are_wrong_themselves(scratch: Scratch) -> None:
    old = {row["file_name"] for row in scratch.rows()}
    clean_items_added(scratch)
    scratch.scanned()
    scratch.gate()
    assert old.isdisjoint(one["path"] for one in scratch.new())


def relabelled(scratch: Scratch) -> None:
    rows = scratch.rows()
    row = next(row for row in rows if row["file_name"] == "images/0000.png")
    assert row["label"] == "zero"
    row["label"] = "one"
    scratch.write(rows)


def copied(scratch: Scratch) -> None:
    shutil.copy(scratch.data / "images/0000.png", scratch.data / "images/new-copy.png")
    rows = scratch.rows()
    first = next(row for row in rows if row["file_name"] == "images/0000.png")
    scratch.write([{**first, "file_name": "images/new-copy.png"}, *rows])


@pytest.mark.parametrize(
    ("change", "path", "rule", "others"),
    [
        (relabelled, "images/0000.png", "suspects", []),
        (copied, "images/new-copy.png", "exact_duplicates", ["images/0000.png"]),
    ],
)
def test_a_change_of_one_item_is_the_findings_of_that_item(
    scratch: Scratch,
    change: Callable[[Scratch], None],
    path: str,
    rule: str,
    others: list[str],
) -> None:
    change(scratch)
    scratch.scanned()
    done = scratch.gate()
    assert done.code == 1
    assert {one["path"] for one in scratch.new()} == {path}
    (found,) = [one for one in scratch.new() if one["rule"] == rule]
    assert found["others"] == others
    line = (scratch.data / "metadata.csv").read_text("utf-8").splitlines()[found["line"] - 1]
    assert line.startswith(f"{path},")
    assert path in done.said
    assert scratch.gate("--update-baseline").code == 0
    assert scratch.gate().code == 0
    assert scratch.new() == []


def test_words_of_people_are_kept_and_what_stays_wrong_is_told(scratch: Scratch) -> None:
    text = scratch.baseline.read_text(encoding="utf-8")
    at = text.index('"rule": "suspects"')
    word = '"verdict": "wrong", "note": "it is a four"'
    scratch.baseline.write_text(
        text[:at] + text[at:].replace('"verdict": "accepted"', word, 1), encoding="utf-8"
    )
    done = scratch.gate()
    assert done.code == 0
    assert "judged wrong, and still there (it is a four)" in " ".join(done.said.split())
    scratch.gate("--update-baseline")
    assert word in scratch.baseline.read_text(encoding="utf-8")


def test_what_a_baseline_cannot_be_held_against_is_refused(scratch: Scratch) -> None:
    scratch.scanned("--label-filter", "both")
    done = scratch.gate()
    assert done.code == 2
    assert "label_filter: 'adaptive', now 'both'" in done.said
    assert "--allow-drift" in done.said
    assert scratch.gate("--allow-drift").code in {0, 1}
    assert scratch.gate("--update-baseline").code == 0
    assert scratch.gate().code == 0
    scratch.baseline.write_text("<<<<<<< ours\n", encoding="utf-8")
    assert scratch.gate().code == 2


def test_no_baseline_is_made_of_a_public_report(scratch: Scratch) -> None:
    public = scratch.folder / "public"
    assert run("scan", scratch.data, "-o", public, "-q", "--privacy", "public").code == 0
    new = scratch.folder / "new.json"
    done = run("gate", public / "report.json", "--update-baseline", "--baseline", new)
    assert done.code == 2
    assert "public" in done.said
    assert not new.exists()


def test_the_commands_of_the_document_do_what_it_says(scratch: Scratch) -> None:
    scratch.baseline.unlink()
    shutil.rmtree(scratch.folder / "out")
    policy = "[tool.labelaudit.gate.findings]\nsuspects = 0\n"
    (scratch.folder / "pyproject.toml").write_text(policy, encoding="utf-8")
    (block,) = re.findall("```sh\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    commands = [shlex.split(line, comments=True)[1:] for line in block.splitlines()]
    for arguments in commands:
        done = run(*arguments, where=scratch.folder)
        assert done.code == 0, done.said
    relabelled(scratch)
    failed = run(*commands[-1], where=scratch.folder)
    assert failed.code == 1
    assert "images/0000.png" in failed.said


def test_the_finding_that_the_document_shows_is_one_of_the_sample(scratch: Scratch) -> None:
    (shown,) = re.findall("```json\n(.*?)\n```", DOCUMENT.read_text(encoding="utf-8"))
    start, _, rest = shown.partition('..."')
    assert start in scratch.baseline.read_text(encoding="utf-8")
    assert rest == "}"
