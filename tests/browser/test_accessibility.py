"""Pages that all can use: by eye, by ear, by keyboard, on a phone, on paper."""

import re
import shutil
import sys
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("playwright")
pytest.importorskip("axe_playwright_python")
from playwright.sync_api import Browser, Page, sync_playwright

from labelaudit.render.html import to_html
from labelaudit.review.page import to_page

sys.path.insert(0, str(Path(__file__).parents[1] / "render"))
sys.path.insert(0, str(Path(__file__).parents[1] / "review"))
from drawings import DRAWN, ODD
from pet_photos import asked, plan
from reports import CASES, THUMBNAILS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MOST_SHEETS = 11  # twelve is what is promised

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium"),
]

# What can be focused, seen and reached: all that the tab key should come to.
REACHABLE = """() => [...document.querySelectorAll(
  "a[href], button, input, select, textarea, summary, [tabindex='0']"
)].filter((node) => node.checkVisibility() && !node.disabled)"""

# The focused element: which it is, whether it shows its focus and whether it is seen itself.
FOCUSED = """() => {
  const node = document.activeElement;
  if (node === document.body) return null;
  const style = getComputedStyle(node), box = node.getClientRects()[0];
  const x = Math.min(Math.max(box.left + Math.min(box.width, innerWidth) / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height, innerHeight) / 2, 0), innerHeight - 1);
  const seen = document.elementFromPoint(x, y);
  return {
    at: Number(node.dataset.at),
    says: `${node.tagName} ${(node.ariaLabel ?? node.textContent).trim().slice(0, 60)}`,
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: Boolean(seen) && (node.contains(seen) || seen.contains(node)),
  };
}"""

# Text that is cut where letters, words and lines stand wider apart (WCAG 2.2, 1.4.12).
CUT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
  return [...document.querySelectorAll("main *:not(svg, svg *), nav *")].filter((node) => {
    const style = getComputedStyle(node);
    const cuts = ["hidden", "clip"];
    const meant = node.closest(".unseen, .path");
    return !meant && node.textContent.trim() && node.checkVisibility() && (
      (cuts.includes(style.overflowX) && node.scrollWidth > node.clientWidth + 2) ||
      (cuts.includes(style.overflowY) && node.scrollHeight > node.clientHeight + 2)
    );
  }).map((node) => `${node.tagName}.${node.className}: ${node.textContent.trim().slice(0, 60)}`);
}"""

# Words that leave their drawing, and level words that lie on others, by two pixels or more.
MISPLACED = """() => [...document.querySelectorAll("svg")].flatMap((picture) => {
  const frame = picture.getBoundingClientRect();
  const words = [...picture.querySelectorAll("text")]
    .map((node) => ({ node, says: node.textContent.trim(), box: node.getBoundingClientRect() }))
    .filter(({ says, box }) => says && box.width);
  const outside = words.filter(
    ({ box }) => box.left < frame.left - 2 || box.right > frame.right + 2 ||
      box.top < frame.top - 2 || box.bottom > frame.bottom + 2
  );
  const level = words.filter(({ node }) => !/rotate/.test(node.getAttribute("transform")));
  const covering = level.filter(({ box }, at) =>
    level.slice(at + 1).some(({ box: other }) =>
      Math.min(box.right, other.right) - Math.max(box.left, other.left) > 2 &&
      Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > box.height / 3
    )
  );
  return [...outside, ...covering].map(({ says }) => `${picture.id}: ${says}`);
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Render each made-up report, by its name."""
    folder = tmp_path_factory.mktemp("pages")
    found = {case: folder / f"{case}.html" for case in CASES}
    for case, file in found.items():
        file.write_text(to_html(CASES[case]()), encoding="utf-8")
    return found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def broken(page: Page, axe: str, rules: list[str]) -> list[str]:
    """Return what axe-core finds against rules or tags of rules, serious and critical."""
    page.evaluate(axe)
    found = page.evaluate(
        """async (rules) => (await axe.run({ runOnly: rules })).violations
          .filter(({ impact }) => impact === "serious" || impact === "critical")
          .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))""",
        rules,
    )
    return [str(each) for each in found]


@pytest.mark.parametrize("case", CASES)
def test_axe_finds_nothing_serious_in_light_and_in_dark(
    page: Page, pages: dict[str, Path], axe: str, case: str
) -> None:
    page.goto(pages[case].as_uri())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert broken(page, axe, TAGS) == [], scheme


def test_axe_finds_nothing_serious_on_the_page_of_a_review(
    page: Page, axe: str, tmp_path: Path
) -> None:
    look: dict[str, object] = {"webp": THUMBNAILS["t0"], "width": 24, "height": 24}
    drawn = plan(asked("1.png"), asked("2.png"))
    names = {name for item in drawn.items for name in (item.given_label, item.suggested_label)}
    file = tmp_path / "review.html"
    file.write_text(to_page(drawn, [look] * 2, {name: [look] for name in names}, "image"), "utf-8")
    page.goto(file.as_uri())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert broken(page, axe, TAGS) == [], scheme


def test_axe_finds_what_is_wrong(page: Page, pages: dict[str, Path], axe: str) -> None:
    page.goto(pages["full"].as_uri())
    page.evaluate("document.querySelector('main img').removeAttribute('alt')")
    page.evaluate("document.querySelector('h1').setAttribute('lang', 'not a language')")
    found = {each.partition(":")[0] for each in broken(page, axe, TAGS)}
    assert found >= {"image-alt", "valid-lang"}


def test_the_page_has_one_heading_of_all_and_landmarks(
    page: Page, pages: dict[str, Path], axe: str
) -> None:
    page.goto(pages["full"].as_uri())
    two_of_a_title = "table.after(table.cloneNode(true))"
    page.evaluate(f"const table = document.querySelector('article .table'); {two_of_a_title}")
    assert broken(page, axe, ["best-practice"]) == []
    levels = page.eval_on_selector_all(
        "h1, h2, h3, h4, h5", "(nodes) => nodes.map((node) => Number(node.tagName[1]))"
    )
    assert levels.count(1) == 1
    assert all(second - first <= 1 for first, second in pairwise(levels))


def test_texts_stand_out_in_forced_colors(page: Page, pages: dict[str, Path], axe: str) -> None:
    page.goto(pages["full"].as_uri())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, forced_colors="active")
        assert broken(page, axe, ["color-contrast"]) == [], scheme


@pytest.mark.parametrize("width", [1280, 380])
def test_the_keyboard_reaches_all_that_can_be_used(
    page: Page, pages: dict[str, Path], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")  # so that it is scrolled at once
    page.goto(pages["full"].as_uri())
    count = page.evaluate(
        f"""() => {{ const found = ({REACHABLE})();
          found.forEach((node, at) => {{ node.dataset.at = at; }});
          return found.length; }}"""
    )
    found = []
    for _ in range(count):
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUSED))
    assert [each["at"] for each in found] == list(range(count))  # all, in the order of the page
    assert [each["says"] for each in found if not each["outlined"]] == []
    assert [each["says"] for each in found if not each["seen"]] == []


def test_what_is_folded_opens_from_the_keyboard(page: Page, pages: dict[str, Path]) -> None:
    page.goto(pages["full"].as_uri())
    folded = page.locator("main details:not([open]) > summary:visible")
    count = folded.count()
    assert count
    folded.first.focus()
    page.keyboard.press("Enter")
    assert page.locator("main details:not([open]) > summary:visible").count() < count


def test_a_filter_is_emptied_by_escape(page: Page, pages: dict[str, Path]) -> None:
    page.goto(pages["full"].as_uri())
    field = page.locator("input[type=search]:visible").first
    field.focus()
    page.keyboard.type("no such thing")
    page.keyboard.press("Escape")
    assert field.input_value() == ""


def test_nothing_moves_for_who_asked_for_less_motion(page: Page, pages: dict[str, Path]) -> None:
    page.goto(pages["full"].as_uri())
    scrolls = "getComputedStyle(document.documentElement).scrollBehavior"
    moves = """[...document.querySelectorAll("*")].filter((node) => {
      const style = getComputedStyle(node);
      return parseFloat(style.transitionDuration) > 0 || style.animationName !== "none";
    }).length"""
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(scrolls) == "smooth"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(scrolls) == "auto"
    assert page.evaluate(moves) == 0


@pytest.mark.parametrize("case", CASES)
def test_a_page_fits_a_narrow_screen_with_its_texts_spaced(
    page: Page, pages: dict[str, Path], case: str
) -> None:
    for width in (320, 380):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(pages[case].as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


@pytest.mark.parametrize("case", CASES)
def test_a_page_is_printed_on_few_sheets(page: Page, pages: dict[str, Path], case: str) -> None:
    page.goto(pages[case].as_uri())
    printed = page.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= MOST_SHEETS


@pytest.mark.parametrize("case", CASES)
def test_images_say_what_they_show_and_drawings_have_their_numbers_beside(
    page: Page, pages: dict[str, Path], case: str
) -> None:
    page.goto(pages[case].as_uri())
    silent = page.eval_on_selector_all(
        "img, [role=img]",
        """(nodes) => nodes.filter((node) => node.checkVisibility() &&
          !(node.alt ?? node.ariaLabel ?? document.getElementById(
            node.getAttribute("aria-labelledby")?.split(" ")[0])?.textContent)?.trim()
        ).map((node) => node.outerHTML.slice(0, 80))""",
    )
    assert silent == []
    alone = page.eval_on_selector_all(
        "figure.chart",
        """(nodes) => nodes.filter((node) => !node.closest("article, section")
          .querySelector("[data-table]")).map((node) => node.textContent.slice(0, 60))""",
    )
    assert alone == []


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_no_words_of_a_drawing_collide_or_are_cut(
    page: Page, pages: dict[str, Path], tmp_path: Path, name: str
) -> None:
    style = re.findall(r"<style>(.*?)</style>", pages["full"].read_text("utf-8"), re.DOTALL)[0]
    drawn = [
        str(DRAWN[name](odd)).replace("<svg ", f'<svg id="{case}" ', 1) for case, odd in ODD.items()
    ]
    file = tmp_path / "drawings.html"
    body = "".join(f'<figure class="chart">{each}</figure>' for each in drawn)
    file.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{body}", "utf-8")
    page.goto(file.as_uri())
    assert page.locator("svg").count() >= 5
    assert page.evaluate(MISPLACED) == []
