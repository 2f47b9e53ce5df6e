"""The pages of a comparison and of a history in a real browser."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("playwright")
pytest.importorskip("axe_playwright_python")
from attacks import poisoned
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "release"))
from versions import CASES, corrected, full, with_value

from labelaudit.release.diff.files import diff_files
from labelaudit.release.history.files import history_files
from labelaudit.release.history.gather import history
from labelaudit.report import Report, Value

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPENED = "document.querySelectorAll('details').forEach((node) => { node.open = true; })"
# Words that leave their drawing, and words on the same level that lie on others.
MISPLACED = """() => [...document.querySelectorAll("svg.chart, svg.shift")].flatMap((picture) => {
  const frame = picture.getBoundingClientRect();
  const words = [...picture.querySelectorAll("text")]
    .map((node) => ({ says: node.textContent.trim(), box: node.getBoundingClientRect() }))
    .filter(({ says, box }) => says && box.width);
  return words.filter(({ box }, at) =>
    box.left < frame.left - 2 || box.right > frame.right + 2 ||
    box.top < frame.top - 2 || box.bottom > frame.bottom + 2 ||
    words.slice(at + 1).some(({ box: other }) =>
      Math.min(box.right, other.right) - Math.max(box.left, other.left) > 2 &&
      Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > box.height / 3)
  ).map(({ says }) => says);
})"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium"),
]


def other_model(report: Report) -> Report:
    assert report.embedding is not None
    return replace(report, embedding=replace(report.embedding, model="x", model_sha256="e" * 64))


def estimated(share: float, half: float) -> Report:
    """Return a report with estimates of several sizes, each on its interval."""
    report = full()
    for at, size in enumerate((1.0, 1e-4, 1e7)):
        value = Value(
            name=f"made_{at}_share" if size == 1 else f"made_{at}",
            title=f"Made {at}",
            value=share * size,
            low=(share - half) * size,
            high=(share + half) * size,
            interval="95 %",
            better=("lower", "higher", "neither")[at],
            unit="share" if size == 1 else "",
        )
        report = with_value(report, "integrity", value)
    return report


def made_pages() -> dict[str, bytes]:
    """Return the pages of comparisons and histories, some of them poisoned."""
    pairs = {
        "corrected": (full(), corrected()),
        "estimates": (estimated(0.04, 0.002), estimated(0.09, 0.003)),
        "models": (full(), other_model(corrected())),
        "texts": (CASES["texts"](), CASES["multilabel"]()),
        "hostile": (poisoned(full(), 3), poisoned(corrected(), 12)),
    }
    found = {}
    for name, (old, new) in pairs.items():
        found[f"diff-{name}.html"] = diff_files(old, new, ("html",))[1]["diff.html"]
    rows = {
        "plain": [full(), CASES["nothing_measured"](), corrected(), other_model(full())],
        "long": [
            replace(full(), dataset=replace(full().dataset, name=f"animals of version {at}"))
            for at in range(30)
        ],
        "hostile": [poisoned(full(), at) for at in (0, 9, 18)],
    }
    for name, reports in rows.items():
        entries = [(f"v{at}/report.json", report) for at, report in enumerate(reports)]
        made = history_files(history(entries), ("html", "svg"))
        found |= {f"{file}-{name}.{file[8:]}": content for file, content in made.items()}
    return found


PAGES = made_pages()
WITH_DRAWINGS = {"diff-estimates.html", "history-plain.html", "history-long.html"}
NAMES = [name for name in PAGES if name.endswith(".html")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("compared")
    for name, content in PAGES.items():
        (found / name).write_bytes(content)
    return found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_says_nothing_and_opens_nothing(
    page: Page, folder: Path, name: str
) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto((folder / name).as_uri())
    if name.endswith(".html"):
        page.evaluate(OPENED)
    page.wait_for_timeout(200)
    assert [url for url in asked[1:] if not url.startswith("data:")] == []
    assert said == []


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_serious_in_light_and_in_dark(
    page: Page, folder: Path, name: str
) -> None:
    page.goto((folder / name).as_uri())
    page.evaluate(OPENED)
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(
            """async (rules) => (await axe.run({ runOnly: rules })).violations
              .filter(({ impact }) => impact === "serious" || impact === "critical")
              .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))""",
            TAGS,
        )
        assert found == [], scheme


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_a_narrow_screen_and_has_one_heading_of_all(
    page: Page, folder: Path, name: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto((folder / name).as_uri())
    page.evaluate(OPENED)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    levels = page.eval_on_selector_all(
        "h1, h2, h3, h4, h5", "(nodes) => nodes.map((node) => Number(node.tagName[1]))"
    )
    assert levels.count(1) == 1
    assert all(second - first <= 1 for first, second in pairwise(levels))


@pytest.mark.parametrize("name", NAMES)
def test_no_words_of_a_drawing_collide_or_are_cut(page: Page, folder: Path, name: str) -> None:
    page.goto((folder / name).as_uri())
    page.evaluate(OPENED)
    drawn = page.locator("svg.chart, svg.shift").count()
    assert drawn >= (3 if name in WITH_DRAWINGS else 0)
    assert page.evaluate(MISPLACED) == []


def test_a_page_is_printed_without_the_contents(page: Page, folder: Path) -> None:
    page.goto((folder / "diff-corrected.html").as_uri())
    page.emulate_media(media="print")
    assert not page.locator("nav.contents").is_visible()
    assert page.locator("h1").is_visible()
