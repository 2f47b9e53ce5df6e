"""The package of docs/templates.md, installed beside labelaudit: a measure in three files."""

import json
import os
import re
import subprocess
import sys
import tomllib
from html import unescape
from pathlib import Path

import jsonschema
import pytest
from PIL import Image

pytestmark = pytest.mark.slow

GUIDE = Path(__file__).parents[2] / "docs" / "templates.md"
PACKAGE = "labelaudit_orientations"
TEMPLATE = f"{PACKAGE}/measures/image_orientations.html"
TEST = "tests/test_image_orientations.py"


def files_of_the_guide() -> dict[str, str]:
    """Return the files of the example by their names, as the guide prints them."""
    text = GUIDE.read_text(encoding="utf-8")
    named = r"`([\w./]+\.\w+)`[^`]*?(?:\[`[^`]*`\][^`]*?)?\n\n```\w+\n(.*?)```"
    return dict(re.findall(named, text, flags=re.DOTALL))


def install(project: Path, site: Path) -> None:
    """Put a project where Python finds it, with the metadata that an installer would write."""
    about = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = site / f"{about['name'].replace('-', '_')}-{about['version']}.dist-info"
    info.mkdir(parents=True)
    lines = [f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n"]
    (info / "METADATA").write_text("".join(lines))
    groups = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
        for group, points in about["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("\n".join(groups))
    (site / PACKAGE).symlink_to(project / PACKAGE)


def run(*arguments: str, where: Path, sites: Path | None) -> subprocess.CompletedProcess[str]:
    """Run a module of Python in a folder, beside what is installed in another."""
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": "" if sites is None else str(sites)}
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=where,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def section(page: Path) -> str:
    """Return the section of the new measure."""
    found = re.search(
        r'<article id="image_orientations".*?</article>', page.read_text(), flags=re.DOTALL
    )
    assert found
    return found[0]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the package and a dataset, install the one and scan the other."""
    where = tmp_path_factory.mktemp("guide")
    files = files_of_the_guide()
    assert set(files) == {f"{PACKAGE}/__init__.py", TEMPLATE, TEST, "pyproject.toml"}
    for name, text in files.items():
        (where / "package" / name).parent.mkdir(parents=True, exist_ok=True)
        (where / "package" / name).write_text(text, encoding="utf-8")
    install(where / "package", where / "site")
    for at, size in enumerate([(8, 12), (9, 16), (12, 8), (8, 8)]):
        folder = where / "<b>pets" / ("cat", "dog")[at % 2]
        folder.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, (60 * at, 0, 0)).save(folder / f"{at}.png")
    done = run("labelaudit", "scan", "<b>pets", "-q", where=where, sites=where / "site")
    assert done.returncode == 0, done.stderr
    return where


def test_the_page_has_a_section_made_by_the_template(project: Path) -> None:
    found = section(project / "labelaudit-report" / "report.html")
    assert '<b data-value="portrait_share">50%</b> of the images in' in found
    assert "&lt;b&gt;pets" in found
    assert 'data-table="orientations"' in found
    assert '<svg class="chart"' in found


def test_the_report_is_valid_and_has_what_was_measured(project: Path) -> None:
    schema = json.loads(run("labelaudit", "schema", where=project, sites=None).stdout)
    report = json.loads((project / "labelaudit-report" / "report.json").read_text())
    jsonschema.validate(report, schema)
    [found] = [each for each in report["measures"] if each["name"] == "image_orientations"]
    assert found["tables"][0]["rows"] == [["upright", 2], ["lying", 1], ["square", 1]]


def test_its_definition_is_explained(project: Path) -> None:
    done = run("labelaudit", "explain", "image_orientations", where=project, sites=project / "site")
    assert done.stdout.startswith("Orientations (image_orientations), family Integrity")
    assert "Upright: higher than wide" in done.stdout
    gone = run("labelaudit", "explain", "image_orientations", where=project, sites=None)
    assert "image_orientations" not in gone.stdout.partition("\n")[0]


def test_its_own_test_passes(project: Path) -> None:
    arguments = ("pytest", "-q", "-p", "no:cacheprovider", TEST)
    done = run(*arguments, where=project / "package", sites=project / "site")
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_elsewhere_its_report_is_rendered_by_the_default_template(project: Path) -> None:
    report = "labelaudit-report/report.json"
    done = run("labelaudit", "render", report, "-o", "elsewhere", where=project, sites=None)
    assert done.returncode == 0, done.stderr
    found = unescape(section(project / "elsewhere" / "report.html"))
    assert "of the images in" not in found
    assert 'data-value="portrait_share">50%<' in found
    assert 'data-table="orientations"' in found


def test_a_template_that_breaks_loses_the_page_and_not_the_numbers(project: Path) -> None:
    template = project / "package" / TEMPLATE
    whole = template.read_text()
    template.write_text("<p>fine\n</p>{{ measure.orientation }}")
    try:
        arguments = ("labelaudit", "scan", "<b>pets", "-q", "-o", "broken")
        done = run(*arguments, where=project, sites=project / "site")
        mine = project / "mine" / "measures"
        mine.mkdir(parents=True)
        (mine / "image_orientations.html").write_text("<p>mine</p>")
        own = ("broken/report.json", "--templates", "mine")
        again = run("labelaudit", "render", *own, where=project, sites=project / "site")
    finally:
        template.write_text(whole)
    assert done.returncode == 2
    where = "labelaudit-orientations: measures/image_orientations.html: line 2: "
    assert where in done.stderr
    assert "no attribute 'orientation'" in done.stderr
    assert "hint: update or uninstall labelaudit-orientations" in done.stderr
    assert "Traceback" not in done.stderr
    assert again.returncode == 0, again.stderr
    assert "<p>mine</p>" in section(project / "broken" / "report.html")
