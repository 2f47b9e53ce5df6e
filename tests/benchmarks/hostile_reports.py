"""Give several tools the same hostile table, and count what of it is alive in their reports.

Run ``python tests/benchmarks/hostile_reports.py [TOOL ...] [--keep FOLDER]``; the tools are
``labelaudit`` (this checkout), ``fg-data-profiling``, ``ydata-profiling``, ``evidently`` and
``great_expectations``, each the newest that pip finds, in a fresh environment of its own that takes
minutes to make. Each profiles 300 rows whose title, description, column names and values are
``<img src=x onerror=alert('WHERE')>`` or ``</script><script>alert('WHERE')</script>`` with its
defaults. Printed are the size of the page, the elements with such a handler and the scripts with
such a call after ``html5lib.parse``, whether there is a content security policy, and the dialogs
and requests beside the page itself in Chromium, when there is one.
"""

import argparse
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import html5lib

WAIT: Final = 3_000  # milliseconds for a page to run what it runs

# Each program is run as: python -c PROGRAM report.html, after the frame is made.
FRAME: Final = """
import sys
import numpy as np
import pandas as pd
page = sys.argv[1]
def img(where): return f"<img src=x onerror=alert('{where}')>"
def script(where): return f"</script><script>alert('{where}')</script>"
rng = np.random.default_rng(0)
frame = pd.DataFrame({
    img("column of numbers"): rng.normal(size=300),
    script("column of texts"): rng.choice([img("value"), "plain", script("value")], 300),
    img("column of categories"): rng.choice([img("category"), "b", script("category")], 300),
    "n": rng.integers(0, 9, 300),
})
title, description = img("title") + script("title"), img("description") + script("description")
"""
PROFILE: Final = """
report = ProfileReport(
    frame,
    title=title,
    dataset={"description": description, "author": img("author")},
    variables={"descriptions": {name: description for name in frame.columns}},
    progress_bar=False,
)
report.to_file(page, silent=True)
"""
PROGRAMS: Final = {
    "fg-data-profiling": (
        """
try:
    from data_profiling import ProfileReport
except ImportError:
    from fg_data_profiling import ProfileReport
"""
        + PROFILE
    ),
    "ydata-profiling": "from ydata_profiling import ProfileReport\n" + PROFILE,
    "evidently": """
from evidently import Dataset, Report
from evidently.presets import DataSummaryPreset
run = Report([DataSummaryPreset()], metadata={"title": title}, tags=[img("tag")]).run(
    Dataset.from_pandas(frame, data_definition=None), None
)
run.save_html(page)
""",
    "great_expectations": """
import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.render.renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView
context = gx.get_context(mode="ephemeral")
asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
suite = gx.ExpectationSuite(name=title)
for name in list(frame.columns)[:3]:
    suite.add_expectation(gxe.ExpectColumnValuesToBeInSet(column=name, value_set=["b"]))
found = batch.validate(suite, result_format="COMPLETE")
document = ValidationResultsPageRenderer(run_info_at_end=True).render(found)
open(page, "w", encoding="utf-8").write(DefaultJinjaPageView().render(document))
""",
    "labelaudit": """
import subprocess
from pathlib import Path
from PIL import Image
folder = Path(page).parent / "data"
folder.mkdir()
names = [f"{row}.png" for row in range(300)]
for name in names:
    Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(folder / name)
frame.insert(0, "path", names)
frame["label"] = rng.choice([img("label"), script("label"), "plain"], 300)
frame["annotator"] = rng.choice([img("annotator"), script("annotator")], 300)
frame["split"] = rng.choice([img("split"), script("split")], 300)
table = folder / (img("title") + ".csv")
frame.to_csv(table, index=False)
columns = [part for name in frame.columns[1:4] for part in ("--metadata-column", name)]
command = ["scan", str(table), "--output", str(Path(page).parent), "--quiet", "--no-cache"]
sys.exit(subprocess.run([sys.executable, "-m", "labelaudit", *command, *columns]).returncode)
""",
}
WITH: Final = {"evidently": ("pandas<3",)}


@dataclass(frozen=True, slots=True)
class Found:
    """What is alive in a page."""

    size: int
    handlers: int
    scripts: int
    policy: bool
    dialogs: int | None
    requests: int | None


def python_of(tool: str, folder: Path) -> Path:
    """Return the Python of a fresh environment that has a tool."""
    if tool == "labelaudit":
        return Path(sys.executable)
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    command = [python, "-m", "pip", "install", "--quiet", tool, *WITH.get(tool, ())]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return python


def version_of(tool: str, python: Path) -> str:
    program = f"from importlib.metadata import version; print(version({tool!r}))"
    done = subprocess.run([python, "-c", program], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def made(tool: str, python: Path, folder: Path) -> Path | None:
    """Return the page that a tool makes of the hostile frame; None when it makes none."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "report.html"
    done = subprocess.run(
        [python, "-W", "ignore", "-c", FRAME + PROGRAMS[tool], page],
        check=False,
        capture_output=True,
        text=True,
    )
    (folder / "log.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    if not page.is_file():
        print(f"{tool}: no page; {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return page


def alive(page: Path) -> Found:
    """Count what of the payloads is alive in a page."""
    source = page.read_text(encoding="utf-8")
    found = list(html5lib.parse(source, namespaceHTMLElements=False).iter())
    handlers = [
        node
        for node in found
        if any(str(name).startswith("on") and "alert(" in at for name, at in node.attrib.items())
    ]
    scripts = [
        node
        for node in found
        if node.tag == "script" and "".join(node.itertext()).strip().startswith("alert('")
    ]
    policies = [
        node for node in found if node.attrib.get("http-equiv") == "Content-Security-Policy"
    ]
    dialogs, requests = visited(page)
    return Found(
        len(source.encode()), len(handlers), len(scripts), bool(policies), dialogs, requests
    )


def visited(page: Path) -> tuple[int | None, int | None]:
    """Return the dialogs that a page opens, and its requests but for itself and its own data."""
    try:
        from playwright.sync_api import Dialog, sync_playwright
    except ImportError:
        return None, None
    import shutil

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        return None, None
    dialogs: list[str] = []
    requests: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.on("dialog", dismiss)
        tab.on("request", lambda request: requests.append(request.url))
        tab.route(lambda url: url.startswith("http"), lambda route: route.abort())
        tab.goto(page.as_uri(), wait_until="commit")
        tab.wait_for_timeout(WAIT)
        browser.close()
    asked = [url for url in requests if not url.startswith(("data:", "blob:"))]
    return len(dialogs), len(asked) - 1


def main() -> None:
    """Print one row a tool."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tools", nargs="*", default=list(PROGRAMS), metavar="TOOL")
    parser.add_argument("--keep", type=Path, help="Folder for the environments and pages.")
    asked = parser.parse_args()
    columns = ("tool", "version", "bytes", "handlers", "scripts", "policy", "dialogs", "requests")
    print("{:20} {:9} {:>10} {:>8} {:>7} {:>6} {:>7} {:>8}".format(*columns))
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        for tool in asked.tools:
            python = python_of(tool, folder / f"{tool}-environment")
            page = made(tool, python, folder / tool)
            if page is None:
                continue
            found = alive(page)
            shown = [
                f"{found.size:,}",
                found.handlers,
                found.scripts,
                "yes" if found.policy else "no",
                *("?" if each is None else each for each in (found.dialogs, found.requests)),
            ]
            print(
                "{:20} {:9} {:>10} {:>8} {:>7} {:>6} {:>7} {:>8}".format(
                    tool, version_of(tool, python), *shown
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
