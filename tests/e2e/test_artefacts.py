"""Nothing that is written says on which machine, by whom, or where in its folders."""

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

pytestmark = pytest.mark.slow

PLACES = {
    "folder": "ocelotfolder",
    "home": "kinkajouhome",
    "user": "coatiuser",
    "host": "servalhost",
    "working folder": "jaguarundicwd",
    "temporary folder": "margaytmp",
    "cache": "caracalcache",
    "variable": "fossavariable",
}
N = 60
SHORTEST = 8  # a shorter name is found by chance among the bytes of a picture
TEMPLATE = "<section><h3>Mine: {{ measure.title }}</h3></section>"
# A measure of another package that breaks, and one that cannot be had, each over a place.
BREAKING = '''
from pathlib import Path
from labelaudit.errors import MissingInputError
from labelaudit.measures import Findings, measure

@measure(family="integrity", title="Breaks")
def breaks(dataset: object) -> Findings:
    """Break."""
    open(Path.home() / "with a space" / "absent.npy")

@measure(family="integrity", title="Lacks")
def lacks(dataset: object) -> Findings:
    """Lack."""
    raise MissingInputError(f"no file {Path.cwd() / 'absent.csv'} is there")
'''


def everything(root: Path) -> dict[str, Path]:
    """Write a dataset and all that a scan can be given, in folders with distinctive names."""
    rng = np.random.default_rng(0)
    base = root / PLACES["folder"]
    for name in ("data", "mine", "templates/measures", "plugin"):
        (base / name).mkdir(parents=True)
    lines = ["path,label,split"]
    for at in range(N):
        level = 120 * (at % 2)
        pixels = rng.integers(level, level + 100, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(base / "data" / f"{at:02}.png")
        lines.append(f"{at:02}.png,c{at % 2},{'test' if at % 3 else 'train'}")
    (base / "data" / "items.csv").write_text("\n".join(lines), encoding="utf-8")
    vectors = rng.normal(size=(N, 4)).astype(np.float32)
    vectors[:, 0] += 4 * (np.arange(N) % 2)
    np.save(base / "mine" / "vectors.npy", vectors)
    probs = np.where(np.eye(2)[np.arange(N) % 2], 0.9, 0.1)
    probs[:5] = probs[:5, ::-1]
    np.save(base / "mine" / "probs.npy", probs)
    for name in ("first", "second"):
        said = [f"{at:02}.png,c{int(rng.integers(2))}" for at in range(N)]
        (base / "mine" / f"{name}.csv").write_text("\n".join(["path,prediction", *said]))
    (base / "templates" / "measures" / "integrity.html").write_text(TEMPLATE)
    (base / "plugin" / "plugin_measures.py").write_text(BREAKING)
    entry = base / "plugin" / "plugin_measures-1.dist-info"
    entry.mkdir()
    (entry / "METADATA").write_text("Metadata-Version: 2.1\nName: plugin-measures\nVersion: 1\n")
    (entry / "entry_points.txt").write_text("[labelaudit.measures]\nplugin = plugin_measures\n")
    return {"data": base / "data" / "items.csv", "mine": base / "mine", "base": base}


def run(root: Path, *arguments: str, plugin: Path | None = None) -> int:
    """Run the program as another user on another machine; what it prints is none of its files."""
    names = ("home", "working folder", "temporary folder", "cache")
    home, cwd, temporary, cache = (root / PLACES[name] for name in names)
    for folder in (home, cwd, temporary, cache):
        folder.mkdir(exist_ok=True)
    environment = os.environ | {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "USER": PLACES["user"],
        "LOGNAME": PLACES["user"],
        "USERNAME": PLACES["user"],
        "HOSTNAME": PLACES["host"],
        "COMPUTERNAME": PLACES["host"],
        "TMPDIR": str(temporary),
        "LABELAUDIT_CACHE": str(cache),
        "LABELAUDIT_NOTE": PLACES["variable"],
        **({"PYTHONPATH": str(plugin)} if plugin else {}),
    }
    command = [sys.executable, "-m", "labelaudit", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, cwd=cwd, env=environment)
    if done.returncode and plugin is None:
        raise AssertionError(done.stderr.decode())
    return done.returncode


def places_in(folder: Path) -> set[tuple[str, str]]:
    """Return the places that the files of a folder name, packed parts unpacked."""
    found = set()
    machine = os.uname().nodename
    names = PLACES | ({"machine": machine} if len(machine) >= SHORTEST else {})
    for file in folder.rglob("*"):
        if not file.is_file():
            continue
        content = file.read_bytes()
        if file.suffix == ".parquet":
            content += str(pq.read_table(file).to_pylist()).encode()
            content += str(pq.read_schema(file).metadata).encode()
        for packed in re.findall(rb"[A-Za-z0-9+/]{80,}={0,2}", content):
            content += base64.b64decode(packed + b"=" * (-len(packed) % 4))
        found |= {
            (file.name, what)
            for what, name in names.items()
            if name.encode() in content or re.search(rb"[\"'>(]/(?:tmp|home|root|Users)/", content)
        }
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what every command writes, all named by absolute paths."""
    root = tmp_path_factory.mktemp("artefacts")
    given = everything(root)
    out = given["base"] / "out"
    mine, data = given["mine"], str(given["data"])
    run(
        root,
        *("scan", data, "-o", str(out / "scan"), "-q"),
        *("--embeddings", str(mine / "vectors.npy"), "--pred-probs", str(mine / "probs.npy")),
        *("--templates", str(given["base"] / "templates")),
        *("--predictions", f"one={mine / 'first.csv'}", "--predictions", str(mine / "second.csv")),
    )
    report = str(out / "scan" / "report.json")
    run(root, "review", report, "--data", data, "-o", str(out / "review"), "--budget", "20")
    sheet = out / "review" / "review.csv"
    sheet.write_text(re.sub(r",,\r?$", ",given,me", sheet.read_text(), flags=re.MULTILINE))
    verdicts = str(out / "review" / "verdicts.csv")
    taken = ("-o", str(out / "review"), "--import", str(sheet), "--verdicts", verdicts)
    run(root, "review", report, "--data", data, *taken)
    run(
        root,
        *("scan", data, "-o", str(out / "again"), "-q", "--verdicts", verdicts),
        *("--allow-unreadable",),
    )
    run(root, "render", str(out / "again" / "report.json"), "-o", str(out / "rendered"))
    run(
        root,
        *("stability", data, "-o", str(out / "stability"), "-q", "--report", report),
        *("--predictions", str(mine / "first.csv"), "--predictions", str(mine / "second.csv")),
    )
    run(root, "familiarity", data, data, "-o", str(out / "familiarity"))
    plugin = given["base"] / "plugin"
    assert run(root, "scan", data, "-o", str(out / "broken"), "-q", plugin=plugin) == 2
    return out


@pytest.mark.parametrize(
    "command", ["scan", "review", "again", "rendered", "stability", "familiarity", "broken"]
)
def test_no_file_names_a_place_of_this_machine(made: Path, command: str) -> None:
    assert list((made / command).iterdir())
    assert places_in(made / command) == set()


def test_the_runs_used_what_they_were_given(made: Path) -> None:
    page = (made / "scan" / "report.html").read_text()
    assert "Mine: Integrity" in page
    assert "vectors.npy" in page
    assert (made / "review" / "verdicts.csv").read_text().count("given") >= 20
    assert "audited" in (made / "again" / "report.json").read_text()


def test_a_broken_measure_says_what_broke_without_the_place(made: Path) -> None:
    report = (made / "broken" / "report.json").read_text()
    assert "FileNotFoundError: [Errno 2] No such file or directory: 'absent.npy'" in report
    assert "no file absent.csv is there" in report
