"""How long ``labelaudit verify`` takes, beside ``sha256sum`` over the same files.

``python tests/benchmarks/verify.py [N_FILES]`` makes the files (100,000 by default, 1 to 4 kB each)
in a temporary folder, and a report of them without a model; each command runs three times, so
that the files are in memory, and its shortest time is printed.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import numpy as np

from labelaudit import __version__
from labelaudit.dataset import Dataset
from labelaudit.gather import dataset_facts
from labelaudit.item_tables import item_table
from labelaudit.manifests import open_dataset
from labelaudit.progress import silent
from labelaudit.release.verify.contents import read_contents
from labelaudit.release.verify.recount import recounted
from labelaudit.render.issues import issue_files
from labelaudit.render.json import to_json
from labelaudit.report import MeasureResult, Report, Run

N_CLASSES = 100
RUNS = 3
MEASURED = ("integrity", "class_imbalance")


def main() -> None:
    """Make the files and print the times."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        data, report = Path(folder) / "data", Path(folder) / "report" / "report.json"
        report.parent.mkdir()
        make_files(data, n)
        make_report(data, report)
        program = [sys.executable, "-m", "labelaudit"]
        commands = {
            "sha256sum, one thread": ["sh", "-c", f"find {data} -type f | xargs sha256sum"],
            "python -c pass": [sys.executable, "-c", "pass"],
            "labelaudit --version": [*program, "--version"],
            "verify REPORT": [*program, "verify", str(report)],
            "verify REPORT DATA": [*program, "verify", str(report), str(data)],
            "verify REPORT DATA, --threads 1": [
                *(*program, "verify", str(report), str(data)),
                *("--threads", "1"),
            ],
        }
        for name, command in commands.items():
            print(f"{name:<34} {shortest(command):6.2f} s")
        file = next(data.rglob("*.png"))
        file.write_bytes(b"changed")
        moved = next(data.rglob("*7.png"))
        moved.rename(data / "class000" / "moved.png")
        command = [*program, "verify", str(report), str(data)]
        print(f"{'verify, two items changed':<34} {shortest(command, expected=1):6.2f} s")


def make_files(data: Path, n: int) -> None:
    """Write files of random bytes into class folders."""
    rng = np.random.default_rng(0)
    for number in range(N_CLASSES):
        (data / f"class{number:03}").mkdir(parents=True)
    for number in range(n):
        file = data / f"class{number % N_CLASSES:03}" / f"{number:07}.png"
        file.write_bytes(rng.bytes(int(rng.integers(1_000, 4_000))))


def make_report(data: Path, file: Path) -> None:
    """Write a report of what needs no decoding, and the table of its items."""
    dataset: Dataset = open_dataset(data)
    content, status = read_contents(dataset, n_threads=2, progress=silent)
    empty = Report(
        tool_version=__version__,
        dataset=dataset_facts(dataset, None),
        embedding=None,
        random_state=0,
        measures=tuple(
            MeasureResult(name=name, family="integrity", title="", summary="", status="measured")
            for name in MEASURED
        ),
        run=Run(
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds={},
            provider="",
            node_providers={},
            n_from_cache=0,
            python="",
            packages={},
        ),
    )
    report = recounted(empty, dataset, content, status)
    file.write_text(to_json(replace(report, checksums={})))
    items = item_table(dataset, None, {})
    hashes = [row.tobytes().hex() for row in content]
    at = items.column_names.index("content_sha256")
    items = items.set_column(at, "content_sha256", [hashes])
    tables = issue_files(items, items.slice(0, 0), {})
    file.with_name("items.parquet").write_bytes(tables["items.parquet"])
    assert json.loads(file.read_text())["dataset"]["n_items"] == dataset.n_samples


def shortest(command: list[str], *, expected: int = 0) -> float:
    """Return the shortest time of a command in seconds."""
    times = []
    for _ in range(RUNS):
        before = perf_counter()
        done = subprocess.run(command, capture_output=True, check=False)
        times.append(perf_counter() - before)
        if done.returncode != expected:
            raise SystemExit(done.stdout.decode() + done.stderr.decode())
    return min(times)


if __name__ == "__main__":
    main()
