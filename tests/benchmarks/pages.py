"""What the page and the label of a dataset weigh, how fast they show, and whether all can use them.

Run ``python tests/benchmarks/pages.py [DATA] [--screenshots DIR] [--keep DIR] [--only NAME ...]``.
Datasets are made (``page_sets.py``), scanned by the installed program and opened in Chromium; DATA
is a folder with ``cifar10-test.tar``, which is left out without it. ``--keep`` keeps what was made
and scanned in a folder, and renders it again where it is there already.

*paint* is the first contentful paint, in milliseconds, the median of three visits on this machine;
*sheets* are A4 pages as printed; *axe* counts the rules of WCAG 2.2 AA that axe-core finds broken,
serious and critical ones, in light and in dark; *said* are messages of the console; *wide* are the
widths of a screen, of 320 and 380 pixels, at which the page has to be scrolled sideways.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from page_sets import PageSet, page_sets
from page_visits import ARGUMENTS, CHROMIUM, Visit, screenshots, visited
from playwright.sync_api import sync_playwright

HEADS = ("dataset", "items", "classes", "measured", "page", "json", "label", "label-dark", "png")
SEEN = ("requests", "paint", "sheets", "axe", "said", "wide")
LABELAUDIT = (sys.executable, "-m", "labelaudit")


def reported(dataset: PageSet, folder: Path) -> Path:
    """Return the folder of a dataset's report: scanned, or rendered again if it was."""
    output = folder / dataset.name / "report"
    data = folder / dataset.name / "data"
    if (output / "report.json").is_file():
        command: list[str | Path] = ["render", output / "report.json"]
    else:
        data.mkdir(parents=True, exist_ok=True)
        arguments = dataset.make(data, np.random.default_rng(0))
        command = ["scan", *arguments, "-o", output, "-q", "--no-cache"]
    done = subprocess.run(
        [*LABELAUDIT, *command], capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise SystemExit(f"{dataset.name}: exit {done.returncode}\n{done.stderr}")
    return output


def row(dataset: PageSet, report: Path, visit: Visit) -> list[str]:
    """Return a row of the table."""
    read = json.loads((report / "report.json").read_text(encoding="utf-8"))
    facts, measures = read["dataset"], read["measures"]
    measured = sum(each["status"] == "measured" for each in measures)
    names = ("report.html", "report.json", "label.svg", "label-dark.svg", "label.png")
    sizes = [
        f"{(report / name).stat().st_size:,}" if (report / name).is_file() else "-"
        for name in names
    ]
    axe = "/".join(str(len(found)) for found in visit.faults.values())
    return [
        *(dataset.name, f"{facts['n_items']:,}", f"{len(facts['class_names']):,}"),
        *(f"{measured}/{len(measures)}", *sizes),
        *(str(visit.requests), f"{visit.paint:.0f}", str(visit.sheets), axe),
        *(str(len(visit.said)), " ".join(map(str, visit.overflow)) or "none"),
    ]


def main() -> None:
    """Print a row a dataset."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--screenshots", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--items", type=int, default=50_000, help="of the sets of 1,000 classes")
    said = parser.parse_args()
    sets = [
        each for each in page_sets(said.data, said.items) if not said.only or each.name in said.only
    ]
    print("| " + " | ".join((*HEADS, *SEEN)) + " |")
    print("| " + " | ".join("---" for _ in (*HEADS, *SEEN)) + " |", flush=True)
    notes = []
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for dataset in sets:
            report = reported(dataset, said.keep or Path(made))
            visit = visited(browser, report / "report.html")
            print("| " + " | ".join(row(dataset, report, visit)) + " |", flush=True)
            notes += [
                f"{dataset.name}, {scheme}: {fault}"
                for scheme, found in visit.faults.items()
                for fault in found
            ]
            notes += [f"{dataset.name}, console: {each}" for each in visit.said]
            if said.screenshots:
                screenshots(browser, report / "report.html", said.screenshots, dataset.name)
        browser.close()
    print("", *notes, sep="\n")


if __name__ == "__main__":
    main()
