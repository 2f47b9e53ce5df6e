"""Nothing of an item, a person or a class of few items is in what a public scan writes."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

pytestmark = pytest.mark.slow

N = 90
SECRETS = {
    "file": "zebrafilename",
    "folder": "quaggafolder",
    "group": "okapipatient",
    "annotator": "bonoboannotator",
    "metadata": "tapirward",
    "metadata column": "axolotlcolumn",
    "tiny class": "narwhalclass",
    "smaller class": "dugongclass",
    "exif": "pangolinowner",
    "comment": "lemurcomment",
    "xmp": "gibbonxmp",
    "text": "manateetext",
    "id": "numbatid",
    "model file": "wombatvectors",
}
PUBLIC = {"report.json", "report.html"}


def write_images(where: Path) -> Path:
    """Write a table of images of which every name and hidden field is distinctive."""
    rng = np.random.default_rng(0)
    folder = where / "scans" / SECRETS["folder"]
    folder.mkdir(parents=True)
    lines = [f"path,label,split,group,{SECRETS['metadata column']},annotator_1,annotator_2"]
    for at in range(N):
        label = "alpha" if at % 2 else "beta"
        label = SECRETS["tiny class"] if at < 3 else label
        label = SECRETS["smaller class"] if at in {20, 21} else label
        level = 60 if label == "alpha" else 160
        pixels = rng.integers(level, level + 90, (24, 24, 3), dtype=np.uint8)
        name = f"{SECRETS['file']}{at:03}.{'jpg' if at % 3 else 'png'}"
        save(Image.fromarray(pixels), folder / name)
        cells = [
            f"{SECRETS['folder']}/{name}",
            label,
            "test" if at % 3 == 0 else "train",
            f"{SECRETS['group']}{at // 4}",
            f"{SECRETS['metadata']}{at % 2}",
            label,
            "alpha" if at % 9 == 0 else label,
        ]
        lines.append(",".join(cells))
    table = where / "scans" / "table.csv"
    text = "\n".join(lines).replace("annotator_1", f"{SECRETS['annotator']}_1")
    table.write_text(text.replace("annotator_2", f"{SECRETS['annotator']}_2"), encoding="utf-8")
    return table


def save(image: Image.Image, path: Path) -> None:
    """Save an image with an owner, a place, a comment and XMP in it."""
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRETS['xmp']}</x:xmpmeta>"
    exif = Image.Exif()
    exif[0x013B] = exif[0x8298] = exif[0x010E] = SECRETS["exif"]  # artist, copyright, description
    exif.get_ifd(0x8825)[0x001D] = SECRETS["exif"]  # the date of the place
    if path.suffix == ".png":
        info = PngInfo()
        info.add_text("Comment", SECRETS["comment"])
        info.add_itxt("XML:com.adobe.xmp", xmp)
        image.save(path, pnginfo=info, exif=exif)
    else:
        image.save(path, exif=exif, comment=SECRETS["comment"].encode(), xmp=xmp.encode())


def options(table: Path) -> list[str]:
    names = [f"{SECRETS['annotator']}_{at}" for at in (1, 2)]
    return [
        str(table),
        *("--metadata-column", SECRETS["metadata column"], "--group-column", "group"),
        *(part for name in names for part in ("--annotator-column", name)),
    ]


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "labelaudit", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=cwd,
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Return what the files of a folder hold, compressed and encoded parts unpacked."""
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            found[file.name] = file.read_bytes()
            if file.suffix == ".parquet":
                found[file.name] += str(pq.read_table(file).to_pylist()).encode()
            else:
                found[file.name] += b"".join(packed(found[file.name]))
    return found


def packed(content: bytes) -> Iterable[bytes]:
    """Return what is in base64 in a file, such as pictures."""
    for each in re.findall(rb"[A-Za-z0-9+/]{80,}={0,2}", content):
        yield base64.b64decode(each + b"=" * (-len(each) % 4))


def leaks(folder: Path, printed: str, names: Iterable[str]) -> set[tuple[str, str]]:
    """Return the secrets that a file or the terminal holds."""
    holders = contents(folder) | {"terminal": printed.encode()}
    return {
        (holder, name)
        for holder, content in holders.items()
        for name in names
        if SECRETS[name].encode() in content.lower()
    }


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of scans of the same images at the three levels."""
    where = tmp_path_factory.mktemp("private")
    table = write_images(where)
    for level in ("public", "team", "full"):
        asked = [] if level == "full" else ["--privacy", level]
        done = run("scan", *options(table), "-o", level, "-q", "--no-cache", *asked, cwd=where)
        assert done.returncode == 0, done.stderr
        (where / f"{level}.txt").write_text(done.stdout, encoding="utf-8")
    return where


def test_a_public_scan_holds_no_name_of_an_item_or_person(scans: Path) -> None:
    assert leaks(scans / "public", (scans / "public.txt").read_text(), SECRETS) == set()
    written = {file.name for file in (scans / "public").iterdir()}
    assert written >= PUBLIC
    assert not [name for name in written if name.endswith((".parquet", ".csv"))]
    report = json.loads((scans / "public" / "report.json").read_text())
    assert report["privacy"] == "public"
    assert report["thumbnails"] == {}
    galleries = [each for result in report["measures"] for each in result["galleries"]]
    assert [gallery for gallery in galleries if gallery["samples"]] == []
    assert sum(gallery["omitted"] for gallery in galleries)


def test_the_page_says_who_may_see_it(scans: Path) -> None:
    for level in ("public", "team"):
        page = (scans / level / "report.html").read_text()
        assert re.search(rf"\b{level}\b", page, re.IGNORECASE), level


def test_the_search_finds_what_a_full_scan_holds(scans: Path) -> None:
    found = {name for _, name in leaks(scans / "full", "", SECRETS)}
    named = set(SECRETS) - {"exif", "comment", "xmp", "text", "id", "model file", "group"}
    assert named <= found


def test_no_picture_carries_what_its_file_hid(scans: Path) -> None:
    hidden = ("exif", "comment", "xmp")
    report = json.loads((scans / "full" / "report.json").read_text())
    pictures = [base64.b64decode(each) for each in report["thumbnails"].values()]
    assert pictures
    for picture in pictures:
        chunks = {picture[at : at + 4] for at in range(12, len(picture) - 4)}
        assert not {b"EXIF", b"XMP ", b"ICCP"} & chunks
    assert leaks(scans / "full", (scans / "full.txt").read_text(), hidden) == set()


def test_a_team_scan_has_paths_but_no_picture(scans: Path) -> None:
    report = json.loads((scans / "team" / "report.json").read_text())
    assert report["thumbnails"] == {}
    held = contents(scans / "team")
    assert SECRETS["file"].encode() in held["issues.parquet"]
    assert b"data:image/webp" not in held["report.html"]


def test_a_full_report_becomes_the_public_one(scans: Path, tmp_path: Path) -> None:
    source = scans / "full" / "report.json"
    done = run("render", str(source), "-o", str(tmp_path / "out"), "--privacy", "public", cwd=scans)
    assert done.returncode == 0, done.stderr
    assert leaks(tmp_path / "out", done.stdout, SECRETS) == set()
    reports = [
        json.loads((folder / "report.json").read_text())
        for folder in (scans / "public", tmp_path / "out")
    ]
    for report in reports:
        del report["run"]
    assert reports[0] == reports[1]


def test_a_public_report_cannot_be_opened_up_again(scans: Path, tmp_path: Path) -> None:
    source = scans / "public" / "report.json"
    done = run("render", str(source), "-o", str(tmp_path), "--privacy", "full", cwd=scans)
    assert done.returncode == 2
    assert "the report is public, and cannot become full" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_public_report_is_not_written_beside_files_that_name_items(scans: Path) -> None:
    table = scans / "scans" / "table.csv"
    before = contents(scans / "team")
    done = run("scan", *options(table), "-o", "team", "--privacy", "public", "-q", cwd=scans)
    assert done.returncode == 2
    assert "issues.csv" in done.stderr
    assert contents(scans / "team") == before


def test_people_can_review_a_team_report_and_are_told_why_not_a_public_one(scans: Path) -> None:
    table = scans / "scans" / "table.csv"
    asked = ("--data", *options(table), "--budget", "20", "-o", "asked")
    done = run("review", str(scans / "team" / "report.json"), *asked, cwd=scans)
    assert done.returncode == 0, done.stderr
    done = run("review", str(scans / "public" / "report.json"), *asked, cwd=scans)
    assert done.returncode == 2
    assert "names no item that could be judged" in done.stderr


def test_a_public_scan_of_texts_holds_none(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"{SECRETS['id']}{at}",
            "text": f"{SECRETS['text']} {at % 40}",
            "label": f"c{at % 3}",
        }
        for at in range(60)
    ]
    table = tmp_path / "texts.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = run("scan", str(table), "-o", "out", "-q", "--privacy", "public", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert leaks(tmp_path / "out", done.stdout, ["text", "id"]) == set()


def test_the_name_of_a_file_of_embeddings_is_not_public(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.save(tmp_path / f"{SECRETS['model file']}.npy", rng.normal(size=(60, 4)).astype(np.float32))
    lines = ["id,label", *(f"{SECRETS['id']}{at},c{at % 3}" for at in range(60))]
    (tmp_path / "items.csv").write_text("\n".join(lines), encoding="utf-8")
    done = run(
        *("scan", "items.csv", "-o", "out", "-q", "--privacy", "public"),
        *("--embeddings", f"{SECRETS['model file']}.npy"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert leaks(tmp_path / "out", done.stdout, SECRETS) == set()
