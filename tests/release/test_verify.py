"""``labelaudit verify`` as a consumer runs it: each kind of tampering is told, and named."""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import minisign
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from labelaudit.cli import main
from labelaudit.release.sums import parsed_sums, sums_of, sums_text
from labelaudit.release.verify.beside import PAGES, SOURCE, TABLES
from labelaudit.render.checksums import with_checksums
from labelaudit.render.files import RENDERINGS
from labelaudit.render.json import from_json, to_json

Document = dict[str, Any]


class Run(NamedTuple):
    code: int
    out: str
    err: str

    def has(self, heading: str, *lines: str) -> bool:
        """Return whether these lines, and no others, stand below a heading."""
        told = self.out.splitlines()
        if f"✕ {heading}" not in told:
            return False
        below = told[told.index(f"✕ {heading}") + 1 :]
        n = next((at for at, line in enumerate(below) if not line.startswith("    ")), len(below))
        return [line.strip() for line in below[:n]] == list(lines)

    @property
    def headings(self) -> list[str]:
        return [line[2:] for line in self.out.splitlines() if line.startswith("✕ ")]


class Place(NamedTuple):
    report: Path
    data: Path


def run(*arguments: str | Path) -> Run:
    """Run the command line in this process."""
    out, err = StringIO(), StringIO()
    before = sys.argv
    sys.argv = ["labelaudit", *map(str, arguments)]
    try:
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
    finally:
        sys.argv = before
    return Run(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def verify(place: Place, *arguments: str | Path) -> Run:
    return run("verify", place.report, place.data, *arguments)


def drawn(seed: int) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def scan(*arguments: str | Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "labelaudit", "scan", *map(str, arguments), "--no-cache", "-q"],
        capture_output=True,
        check=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Return a small dataset of class folders and the folder of its scan."""
    folder = tmp_path_factory.mktemp("scanned")
    for seed in range(24):
        split, label = ("train", "test")[seed % 4 == 0], ("cat", "dog", "fox")[seed % 3]
        file = folder / "data" / split / label / f"{seed:02}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        drawn(seed).save(file)
    shutil.copy(folder / "data/train/cat/03.png", folder / "data/train/cat/copy.png")
    scan(folder / "data", "-o", folder / "report")
    return Place(folder / "report" / "report.json", folder / "data")


@pytest.fixture
def whole(scanned: Place, tmp_path: Path) -> Place:
    """Return a copy of the scan with every file."""
    shutil.copytree(scanned.data, tmp_path / "data")
    shutil.copytree(scanned.report.parent, tmp_path / "report")
    return Place(tmp_path / "report" / "report.json", tmp_path / "data")


@pytest.fixture
def place(scanned: Place, tmp_path: Path) -> Place:
    """Return a copy of the scan with the report and the table of its items alone."""
    shutil.copytree(scanned.data, tmp_path / "data")
    (tmp_path / "report").mkdir()
    for name in (SOURCE, "items.parquet"):
        shutil.copy(scanned.report.parent / name, tmp_path / "report")
    return Place(tmp_path / "report" / "report.json", tmp_path / "data")


def edit(place: Place, change: Callable[[Document], None], *, checksums: bool = False) -> None:
    """Edit a report; with the checksums, as one does who knows of them."""
    document = json.loads(place.report.read_text())
    change(document)
    if checksums:
        document = with_checksums(document)
    place.report.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")


def value(document: Document, measure: str, name: str) -> Document:
    result = next(each for each in document["measures"] if each["name"] == measure)
    found: Document = next(each for each in result["values"] if each["name"] == name)
    return found


def test_what_nobody_touched_is_verified(whole: Place) -> None:
    found = verify(whole)
    assert found.code == 0, found.out
    assert not found.headings
    assert found.out.splitlines()[-1].startswith("VERIFIED: ")
    assert "25 items" in found.out
    assert "? " not in found.out
    sums = whole.report.parent / "SHA256SUMS"
    assert set(parsed_sums(sums.read_bytes())) == {
        path.name for path in whole.report.parent.iterdir() if path != sums
    }
    quiet = verify(whole, "--quiet")
    assert (quiet.code, quiet.out.strip()) == (0, "")


def test_a_flipped_label_is_named(place: Place) -> None:
    (place.data / "train/cat/03.png").rename(place.data / "train/dog/03.png")
    found = verify(place)
    assert found.code == 1
    assert found.has("1 item that was renamed or moved", "train/cat/03.png: now train/dog/03.png")
    assert found.has("1 item with another label", "train/dog/03.png: cat -> dog")
    assert "measures/integrity/values/contradictory_duplicates_count: the report says 0" in (
        found.out
    )
    assert "measures/class_imbalance/tables/classes/cat/count" in found.out


def test_a_swapped_file_is_named(place: Place) -> None:
    first, second = place.data / "train/dog/01.png", place.data / "train/fox/02.png"
    first.rename(place.data / "kept")
    second.rename(first)
    (place.data / "kept").rename(second)
    found = verify(place)
    assert found.code == 1
    assert found.has(
        "2 items with other bytes",
        "train/dog/01.png: it decodes to something else",
        "train/fox/02.png: it decodes to something else",
    )
    assert found.has("1 number that the data does not give", digests(found))


def digests(found: Run) -> str:
    """Return the line of the digest."""
    return next(line.strip() for line in found.out.splitlines() if "dataset/digest" in line)


def test_a_file_that_was_encoded_again_without_loss_is_named(place: Place) -> None:
    file = place.data / "test/dog/04.png"
    with Image.open(file) as image:
        pixels = np.asarray(image)
        image.save(file, compress_level=0)
    with Image.open(file) as image:
        assert (np.asarray(image) == pixels).all()
    found = verify(place)
    assert found.code == 1
    assert found.has(
        "1 item with other bytes", "test/dog/04.png: encoded again: it decodes to the same"
    )
    file.write_bytes(b"no image")
    (line,) = [line for line in verify(place).out.splitlines() if "04.png" in line]
    assert line.startswith("    test/dog/04.png: it cannot be decoded: ")


def test_an_added_file_is_named(place: Place) -> None:
    drawn(99).save(place.data / "train/fox/new.png")
    found = verify(place)
    assert found.code == 1
    assert found.has("1 item that was added", "train/fox/new.png")
    assert "dataset/n_items: the report says 25, the data gives 26" in found.out
    assert "dataset/splits/train: the report says 19, the data gives 20" in found.out


def test_a_removed_file_is_named(place: Place) -> None:
    (place.data / "train/cat/copy.png").unlink()
    found = verify(place)
    assert found.code == 1
    assert found.has("1 item that is missing", "train/cat/copy.png")
    assert (
        "measures/integrity/values/exact_duplicates_count: the report says 1, the data gives 0"
    ) in found.out


def test_a_renamed_file_and_one_in_another_split_are_named(place: Place) -> None:
    (place.data / "train/dog/01.png").rename(place.data / "train/dog/one.png")
    (place.data / "train/fox/02.png").rename(place.data / "test/fox/02.png")
    found = verify(place)
    assert found.code == 1
    assert found.has(
        "2 items that were renamed or moved",
        "train/dog/01.png: now train/dog/one.png",
        "train/fox/02.png: now test/fox/02.png",
    )
    assert found.has("1 item in another split", "test/fox/02.png: train -> test")


def test_a_renamed_class_is_named_with_all_of_its_items(place: Place) -> None:
    for split in ("train", "test"):
        (place.data / split / "fox").rename(place.data / split / "wolf")
    found = verify(place)
    assert found.code == 1
    assert "dataset/class_names: the data has no class fox" in found.out
    assert "dataset/class_names: the report has no class wolf" in found.out
    assert "8 items with other labels" in found.headings
    assert "8 items that were renamed or moved" in found.headings


def test_of_many_differences_the_first_are_named_and_the_rest_counted(place: Place) -> None:
    for file in place.data.rglob("*.png"):
        file.write_bytes(file.read_bytes() + b"\0")
    found = verify(place)
    assert found.code == 1
    assert "25 items with other bytes" in found.headings
    assert "    ... and 5 more" in found.out.splitlines()


def test_without_the_table_of_items_counts_tell_and_no_item_is_named(place: Place) -> None:
    (place.report.parent / "items.parquet").unlink()
    (place.data / "train/cat/03.png").rename(place.data / "train/dog/03.png")
    found = verify(place)
    assert found.code == 1
    assert "which items differ: items.parquet is not beside the report" in found.out
    assert "03.png" not in found.out
    assert "measures/class_imbalance/tables/classes/cat/count: the report says 9" in found.out


def test_a_number_that_the_data_gives_again_is_told_twice(place: Place) -> None:
    edit(place, lambda document: document["dataset"].update(n_unlabelled=3))
    found = verify(place)
    assert found.code == 1
    assert found.has("1 part of the report that is not as it was written", "dataset/n_unlabelled")
    assert found.has(
        "1 number that the data does not give",
        "dataset/n_unlabelled: the report says 3, the data gives 0",
    )


def test_a_number_that_only_a_model_gives_is_told_by_its_checksum(place: Place) -> None:
    def lower(document: Document) -> None:
        value(document, "label_noise", "model_estimated_error_rate")["value"] = 0.001

    edit(place, lower)
    found = verify(place)
    assert found.code == 1
    assert found.has(
        "1 part of the report that is not as it was written",
        "measures/label_noise/values/model_estimated_error_rate",
    )
    assert found.headings == ["1 part of the report that is not as it was written"]


def test_who_knows_of_the_checksums_is_told_by_the_data(place: Place) -> None:
    def lower(document: Document) -> None:
        value(document, "integrity", "exact_duplicates_count")["value"] = 0

    edit(place, lower, checksums=True)
    found = verify(place)
    assert found.code == 1
    assert found.headings == ["1 number that the data does not give"]
    assert "exact_duplicates_count: the report says 0, the data gives 1" in found.out


def test_checksums_that_were_taken_out_are_missed(place: Place) -> None:
    edit(place, lambda document: document.pop("checksums"))
    found = verify(place)
    assert found.code == 1
    assert found.has("1 part of the report that is not as it was written", "checksums: removed")


def test_a_report_of_before_checksums_is_verified_as_far_as_it_goes(place: Place) -> None:
    def older(document: Document) -> None:
        document["schema_version"] = "1.3"
        for name in ("checksums", "policy"):
            del document[name]
        del document["run"]["checksum"]

    edit(place, older)
    found = verify(place)
    assert found.code == 0
    assert "? report.json: version 1.3 of the schema has no checksums" in found.out


def test_an_edited_run_is_named(place: Place) -> None:
    edit(place, lambda document: document["run"].update(started="2020-01-01T00:00:00+00:00"))
    found = verify(place)
    assert found.code == 1
    assert found.has("1 part of the report that is not as it was written", "run")


def test_an_edited_page_is_named_and_what_it_should_say(whole: Place) -> None:
    page = whole.report.parent / "report.html"
    text = page.read_text()
    start = text.index("<h1")
    page.write_text(text[:start] + text[start:].replace("25 items", "95 items", 1))
    assert page.read_text() != text
    found = verify(whole)
    assert found.code == 1
    assert found.headings == ["2 files that are not as they were written"]
    (line,) = [line for line in found.out.splitlines() if "is not what report.json gives" in line]
    number = page.read_text().split("95 items")[0].count("\n") + 1
    assert "report.html: is not what report.json gives (by our templates; " in line
    assert f": line {number:,} says " in line
    said, should = line.split(" and should say ")
    assert "95 items" in said
    assert "25 items" in should
    sums = whole.report.parent / "SHA256SUMS"
    others = parsed_sums(sums.read_bytes()) | sums_of({"report.html": page.read_bytes()})
    sums.write_text(sums_text(others))
    assert verify(whole).headings == ["1 file that is not as it was written"]


@pytest.mark.slow
def test_a_page_of_other_templates_is_verified_with_them(whole: Place, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    ours = Path(__file__).parents[2] / "templates" / "limits.html"
    (mine / "limits.html").write_text(ours.read_text() + "<p>Ours.</p>\n")
    assert run("render", whole.report, "--templates", mine).code == 0
    assert verify(whole).headings == ["1 file that is not as it was written"]
    assert verify(whole, "--templates", mine).code == 0


def test_an_edited_picture_or_table_is_named_by_the_sums(whole: Place) -> None:
    folder = whole.report.parent
    issues = folder / "issues.csv"
    issues.write_bytes(issues.read_bytes() + b"\n")
    svg = folder / "label.svg"
    svg.write_text(svg.read_text().replace("Label", "Lapel", 1))
    (folder / "card.md").unlink()
    found = verify(whole)
    assert found.code == 1
    named = {line.strip().partition(":")[0] for line in found.out.splitlines() if "    " in line}
    assert named == {"issues.csv", "label.svg"}
    assert "? SHA256SUMS lists card.md, which is not there" in found.out.splitlines()


def test_edited_sums_are_named(whole: Place) -> None:
    sums = whole.report.parent / "SHA256SUMS"
    lines = sums.read_text().splitlines(keepends=True)
    sums.write_text("".join(line for line in lines if "issues.csv" not in line))
    assert verify(whole).has(
        "1 file that is not as it was written", "issues.csv: is not in SHA256SUMS"
    )
    sums.write_text("".join(lines).replace(lines[0][:8], "00000000"))
    assert "its SHA-256 is " in verify(whole).out
    sums.write_text("".join(lines) + "../../etc/passwd\n")
    found = verify(whole)
    assert found.code == 1
    assert "SHA256SUMS: " in found.out


@pytest.mark.parametrize("column", ["given_label", "content_sha256", "split", "path"])
def test_an_edited_table_of_items_is_named_and_names_nothing(place: Place, column: str) -> None:
    file = place.report.parent / "items.parquet"
    table = pq.read_table(file)
    cells = table[column].to_pylist()
    cells[0] = "edited"
    at = table.column_names.index(column)
    pq.write_table(table.set_column(at, column, [cells]), file)
    files = [file, place.report]
    sums = {each.name: sha256(each.read_bytes()).hexdigest() for each in files}
    (place.report.parent / "SHA256SUMS").write_text(sums_text(sums))
    found = verify(place)
    assert found.code == 1
    assert found.headings == ["1 file that is not as it was written"]
    assert "items.parquet: its items have the digest " in found.out


@pytest.mark.parametrize("column", ["path", "decoded_sha256"])
@pytest.mark.parametrize("kind", ["twice", "times", "dictionary", "numbers"])
def test_a_crafted_table_of_items_breaks_nothing(place: Place, column: str, kind: str) -> None:
    file = place.report.parent / "items.parquet"
    table = pq.read_table(file)
    at = table.column_names.index(column)
    if kind == "twice":
        table = table.append_column(column, table[column])
    elif kind == "numbers":
        table = table.set_column(at, column, pa.array([[1]] * len(table)))
    elif kind == "times":
        table = table.set_column(at, column, pa.array([2**62] * len(table), pa.timestamp("us")))
    else:
        table = table.set_column(at, column, table[column].dictionary_encode())
    pq.write_table(table, file)
    image = next(place.data.rglob("*.png"))
    image.write_bytes(image.read_bytes() + b"more")
    assert verify(place).code == 1


@pytest.mark.parametrize("is_packed", [True, False])
@pytest.mark.parametrize("is_list", [True, False])
def test_a_small_table_that_unpacks_to_many_gigabytes_is_not_read(
    place: Place, *, is_packed: bool, is_list: bool
) -> None:
    file = place.report.parent / "items.parquet"
    n = 2_500
    texts: pa.Array = pa.DictionaryArray.from_arrays(pa.array([0] * n, pa.int32()), ["x" * 2**21])
    if is_list:
        texts = pa.ListArray.from_arrays(pa.array(range(n + 1), pa.int32()), texts)
    other = pa.array(["a"] * n)
    table = pa.table({"path": other, "content_sha256": other, "given_label": texts, "split": other})
    pq.write_table(table, file, store_schema=is_packed)
    assert file.stat().st_size < 100_000
    found = verify(place)
    assert found.code == 1
    assert "items.parquet: it unpacks to 5,242,8" in found.out


def test_what_a_bundle_adds_to_signed_sums_is_held_against_its_own_list(whole: Place) -> None:
    folder = whole.report.parent
    gate = folder / "gate.json"
    gate.write_text('{"decision": "fail"}')
    assert "? gate.json: no list of sums has it" in verify(whole).out
    sums = folder / "SHA256SUMS-more"
    sums.write_text(sums_text(sums_of({gate.name: gate.read_bytes()})))
    found = verify(whole)
    assert found.code == 0
    assert "? who issued gate.json: SHA256SUMS-more is not signed" in found.out
    gate.write_text('{"decision": "pass"}')
    found = verify(whole)
    assert found.code == 1
    assert "gate.json: its SHA-256 is " in found.out
    sums.write_text("../../etc/passwd\n")
    assert verify(whole).code == 1


def test_a_name_that_no_file_can_have_and_a_number_out_of_range_break_nothing(whole: Place) -> None:
    sums = whole.report.parent / "SHA256SUMS"
    sums.write_text(f"{sums.read_text()}{'0' * 64}  {'a' * 5000}\n")
    assert verify(whole).code == 0
    text = whole.report.read_text()
    whole.report.write_text(text.replace('"run": {', '"more": 1e999, "run": {', 1))
    found = verify(whole)
    assert found.code == 2
    assert "a number in it is too large" in found.err


@pytest.mark.parametrize("kind", ["other columns", "numbers", "no table", "many rows"])
def test_a_table_of_items_that_is_none_breaks_nothing(place: Place, kind: str) -> None:
    file = place.report.parent / "items.parquet"
    table = pq.read_table(file)
    if kind == "other columns":
        pq.write_table(table.drop_columns(["given_label"]), file)
    elif kind == "numbers":
        at = table.column_names.index("path")
        pq.write_table(table.set_column(at, "path", [list(range(25))]), file)
    elif kind == "many rows":
        pq.write_table(table.take([0] * 100_000), file)
    else:
        file.write_bytes(b"PAR1 no table PAR1")
    found = verify(place)
    assert found.code == 1
    assert "✕ 1 file that is not as it was written\n    items.parquet: " in found.out


def test_a_report_alone_is_held_against_itself(place: Place) -> None:
    found = run("verify", place.report)
    assert found.code == 0
    assert "? the data: none was named" in found.out
    edit(place, lambda document: document["dataset"].update(digest="0" * 64))
    assert run("verify", place.report).has(
        "1 part of the report that is not as it was written", "dataset/digest"
    )


@pytest.mark.parametrize("text", ["", "{}", "[" * 50_000, '{"schema_version": "2.0"}', "\x00"])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(text)
    found = run("verify", file, tmp_path)
    assert found.code == 2
    assert "Traceback" not in found.err


def test_data_that_is_not_there_is_an_error(place: Place) -> None:
    found = run("verify", place.report, place.data / "nowhere")
    assert found.code == 2
    assert "there is no such file or folder" in found.err


def test_names_with_controls_and_commands_are_shown_as_such(place: Place) -> None:
    name = "::error::\x1b[31mforged\u202e.png"
    drawn(5).save(place.data / "train" / "dog" / "plain.png")
    (place.data / "train/dog/plain.png").rename(place.data / "train/dog" / name)
    found = verify(place)
    assert found.code == 1
    assert "\x1b" not in found.out + found.err
    assert "\u202e" not in found.out
    assert "[U+001B]" in found.out
    edit(place, lambda document: document.update({"\n::error::forged\x1b": 1}))
    told = run("verify", place.report)
    assert told.code == 1
    assert not any(line.lstrip().startswith("::") for line in told.out.splitlines())
    assert "\x1b" not in told.out


def test_another_file_that_is_no_item_is_told_and_no_difference(place: Place) -> None:
    (place.data / ".DS_Store").write_bytes(b"\0")
    found = verify(place)
    assert found.code == 0
    assert "files that are no items: there are 1, and were 0 at the scan" in found.out


@pytest.mark.slow
def test_a_table_is_read_as_it_was_at_the_scan(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    rows = []
    for seed in range(12):
        drawn(seed).save(data / f"{seed}.png")
        rows.append({"what": f"{seed}.png", "is": ("cat;dog", "dog", "")[seed % 3], "of": seed % 2})
    table = data / "items.csv"

    def write() -> None:
        with table.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    write()
    said = ("--image-column", "what", "--label-column", "is", "--label-separator", ";")
    scan(table, *said, "--group-column", "of", "-o", tmp_path / "report")
    place = Place(tmp_path / "report" / "report.json", table)
    assert verify(place).code == 0
    rows[3]["is"] = "dog;fox"
    write()
    found = verify(place)
    assert found.code == 1
    assert found.has("1 item with another label", "3.png: cat, dog -> dog, fox")
    (data / "4.png").unlink()
    assert "4.png: its file is not there" in verify(place).out


@pytest.mark.slow
@pytest.mark.parametrize("privacy", ["public", "team"])
def test_a_report_that_was_closed_is_verified(whole: Place, tmp_path: Path, privacy: str) -> None:
    closed = Place(tmp_path / privacy / "report.json", whole.data)
    made = run("render", whole.report, "--privacy", privacy, "-o", closed.report.parent)
    assert made.code == 0, made.err
    assert verify(closed).code == 0, verify(closed).out
    (whole.data / "train/cat/03.png").rename(whole.data / "train/dog/03.png")
    found = verify(closed)
    assert found.code == 1
    assert "03.png" not in found.out


def test_no_report_is_made_of_one_that_was_edited(place: Place, tmp_path: Path) -> None:
    edit(place, lambda document: document["dataset"].update(n_items=3))
    made = run("render", place.report, "--privacy", "public", "-o", tmp_path / "public")
    assert made.code == 2
    assert "dataset/n_items" in made.err
    assert not (tmp_path / "public").exists()


@pytest.mark.slow
def test_pages_that_are_made_again_are_as_their_sums(whole: Place) -> None:
    for name in PAGES:
        (whole.report.parent / name).unlink()
    assert run("render", whole.report).code == 0
    assert verify(whole).code == 0
    edit(whole, lambda document: document["dataset"].update(n_items=3))
    assert run("render", whole.report).code == 0
    found = verify(whole)
    assert "report.json: its SHA-256 is " in found.out


def test_a_report_of_another_version_is_not_drawn_or_counted_again(whole: Place) -> None:
    edit(whole, lambda document: document.update(tool_version="0.0.1"), checksums=True)
    (whole.report.parent / "SHA256SUMS").unlink()
    found = verify(whole)
    assert found.code == 0, found.out
    assert "not drawn again: made by labelaudit 0.0.1" in found.out
    assert "numbers of measures: computed by labelaudit 0.0.1" in found.out


def test_every_file_that_is_made_of_a_report_is_known() -> None:
    assert set(PAGES) | {SOURCE} == set(RENDERINGS)
    assert not set(PAGES) & set(TABLES)


def signed(place: Place) -> str:
    """Sign the sums of a release and return the key that they are signed with."""
    sums = place.report.with_name("SHA256SUMS")
    pair = minisign.KeyPair.generate()
    signature = bytes(pair.secret_key.sign(sums.read_bytes(), trusted_comment="version 1"))
    sums.with_name("SHA256SUMS.minisig").write_bytes(signature + b"\n")
    key: bytes = pair.public_key.to_base64()
    return key.decode()


def test_a_signature_finds_who_edited_all_that_can_be_computed_again(whole: Place) -> None:
    key = signed(whole)
    found = verify(whole, "--public-key", key)
    assert found.code == 0, found.out
    assert "its comment: version 1" in found.out

    def lower(document: Document) -> None:
        value(document, "label_noise", "model_estimated_error_rate")["value"] = 0.001

    edit(whole, lower, checksums=True)
    assert run("render", whole.report).code == 0
    sums = whole.report.with_name("SHA256SUMS")
    there = {path.name: path.read_bytes() for path in whole.report.parent.iterdir()}
    sums.write_text(sums_text(sums_of({name: there[name] for name in there if "SUMS" not in name})))
    assert verify(whole).code == 0  # nothing but the signature can tell
    forged = verify(whole, "--public-key", key)
    assert forged.code == 1
    assert forged.headings == ["1 signature that does not hold"]


def test_a_signature_is_asked_for_where_a_key_is_given(whole: Place) -> None:
    key = signed(whole)
    assert "not checked: name the issuer's key with --public-key" in verify(whole).out
    whole.report.with_name("SHA256SUMS.minisig").unlink()
    missing = verify(whole, "--public-key", key)
    assert missing.code == 1
    assert missing.headings == ["1 signature that does not hold"]
    assert verify(whole, "--public-key", "").code == 2


def test_without_the_library_a_key_is_an_error(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "minisign", None)
    found = verify(place, "--public-key", "RWQ")
    assert found.code == 2
    assert "pip install 'labelaudit[sign]'" in found.err


def test_files_beside_a_report_of_another_name_are_of_another_report(whole: Place) -> None:
    other = Place(whole.report.with_name("older.json"), whole.data)
    shutil.copy(whole.report, other.report)
    (whole.report.with_name("report.html")).write_text("edited")
    (whole.report.with_name("items.parquet")).write_text("edited")
    found = verify(other)
    assert found.code == 0, found.out
    assert "? the files beside it: not checked" in found.out
    (whole.data / "train/cat/copy.png").unlink()
    assert verify(other).code == 1


def test_a_report_reads_back_with_its_checksums(place: Place) -> None:
    text = place.report.read_text()
    assert to_json(from_json(text)) == text
