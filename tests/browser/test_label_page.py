"""The committed pages in a real browser: nothing leaves, nothing breaks, nothing runs but ours."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
GOLDEN = Path(__file__).parents[1] / "render" / "golden"
CASES = sorted(folder.name for folder in GOLDEN.iterdir())
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

# Words that leave their picture, and level words that lie on others, by two pixels or more.
MISPLACED = """() => [...document.querySelectorAll("main svg.chart")].flatMap((picture) => {
  const frame = picture.getBoundingClientRect();
  const words = [...picture.querySelectorAll("text")]
    .map((node) => ({ node, says: node.textContent.trim(), box: node.getBoundingClientRect() }))
    .filter(({ says, box }) => says && box.width);
  const outside = words.filter(
    ({ box }) =>
      box.left < frame.left - 2 || box.right > frame.right + 2 ||
      box.top < frame.top - 2 || box.bottom > frame.bottom + 2
  );
  const level = words.filter(({ node }) => !/rotate/.test(node.getAttribute("transform")));
  const covering = level.filter(({ box }, at) =>
    level.slice(at + 1).some(({ box: other }) =>
      Math.min(box.right, other.right) - Math.max(box.left, other.left) > 2 &&
      Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > box.height / 3
    )
  );
  return [...outside, ...covering].map(({ says }) => `${picture.ariaLabel}: ${says}`);
})"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium"),
]


class Visit:
    """A page, and what it said and asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", self.dismiss)
        page.on("request", lambda request: self.asked.append(request.url))

    def dismiss(self, dialog: Dialog) -> None:
        self.said.append(dialog.message)
        dialog.dismiss()

    def open(self, file: Path) -> Page:
        self.page.goto(file.as_uri())
        return self.page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Visit(context.new_page())
    context.close()


def golden(case: str) -> Path:
    return GOLDEN / case / "label.html"


@pytest.mark.parametrize("case", CASES)
def test_a_page_asks_for_nothing_and_complains_of_nothing(visit: Visit, case: str) -> None:
    page = visit.open(golden(case))
    page.mouse.move(400, 400)
    page.wait_for_timeout(100)
    assert visit.said == []
    assert {url.partition(":")[0] for url in visit.asked} <= {"file", "data"}
    assert len([url for url in visit.asked if url.startswith("file:")]) == 1


def test_the_style_is_applied(visit: Visit) -> None:
    page = visit.open(golden("full"))
    assert page.locator(".page").evaluate("node => getComputedStyle(node).display") == "grid"


def test_a_column_sorts_by_its_numbers_both_ways(visit: Visit) -> None:
    page = visit.open(golden("full"))
    table = page.locator("#class_imbalance table").first
    names = table.locator("tbody th")
    table.get_by_role("button", name="Count").click()
    assert names.first.inner_text() == "antelope"
    table.get_by_role("button", name="Count").click()
    assert names.first.inner_text() == "heron"
    assert table.locator("th[aria-sort=ascending]").inner_text().startswith("Count")


def test_what_is_undefined_sorts_last_both_ways(visit: Visit) -> None:
    page = visit.open(golden("full"))
    table = page.get_by_role("table", name="Suspected by class")
    for _ in range(2):
        table.get_by_role("button", name="Share").click()
        assert table.locator("tbody th").last.inner_text() == "ibex"


def test_a_column_sorts_from_the_keyboard(visit: Visit) -> None:
    page = visit.open(golden("full"))
    table = page.get_by_role("table", name="From the given to the suggested label")
    table.get_by_role("button", name="Given").focus()
    page.keyboard.press("Enter")
    assert table.locator("tbody th").first.inner_text() == "antelope"


def test_a_gallery_is_filtered(visit: Visit) -> None:
    page = visit.open(golden("full"))
    cards = page.locator("#label_noise .gallery li:visible")
    assert cards.count() == 11
    page.get_by_label("Filter Most suspected labels").fill("heron")
    assert cards.count() == 2
    assert page.locator("#label_noise output").first.inner_text() == "2 of 11"


def test_the_policy_holds_where_escaping_would_fail(visit: Visit, tmp_path: Path) -> None:
    attack = (
        "<script>document.title = 'pwned'</script>"
        "<img src=x onerror=\"document.title = 'pwned'\">"
        "<img src='https://example.invalid/x.png'>"
        "<p id=attack style='color: red'>x</p>"
    )
    file = tmp_path / "attacked.html"
    source = golden("full").read_text(encoding="utf-8")
    file.write_text(source.replace("</main>", attack + "</main>"), encoding="utf-8")
    page = visit.open(file)
    page.wait_for_timeout(200)
    assert page.title() == "animals-v2: label facts"
    color = page.locator("#attack").evaluate("node => getComputedStyle(node).color")
    assert color != "rgb(255, 0, 0)"
    assert len(visit.said) >= 4
    assert all("Content Security Policy" in said for said in visit.said)


@pytest.mark.parametrize("case", CASES)
def test_everything_is_there_without_javascript(browser: Browser, case: str) -> None:
    def shown(*, javascript: bool) -> list[str]:
        context = browser.new_context(java_script_enabled=javascript)
        page = context.new_page()
        page.goto(golden(case).as_uri())
        texts = page.locator(
            "main td, main dd, main figcaption, main h3, main li"
        ).all_inner_texts()
        context.close()
        return list(texts)

    assert shown(javascript=False) == shown(javascript=True)


@pytest.mark.parametrize("width", [320, 380, 768])
@pytest.mark.parametrize("case", CASES)
def test_a_page_is_never_wider_than_its_window(visit: Visit, case: str, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    page = visit.open(golden(case))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("case", CASES)
def test_every_picture_is_loaded_and_described(visit: Visit, case: str) -> None:
    page = visit.open(golden(case))
    pictures = page.locator("img").evaluate_all(
        "nodes => nodes.map(node => [node.alt, node.complete && node.naturalWidth > 0])"
    )
    assert all(alt and loaded for alt, loaded in pictures)


@pytest.mark.parametrize("width", [380, 1200])
@pytest.mark.parametrize("case", CASES)
def test_no_words_of_a_picture_are_cut_off_or_on_others(
    visit: Visit, case: str, width: int
) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    page = visit.open(golden(case))
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(MISPLACED) == []


def test_dark_and_print_have_their_own_grounds(visit: Visit) -> None:
    page = visit.open(golden("full"))

    def ground() -> object:
        return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    page.emulate_media(color_scheme="dark")
    assert ground() == "rgb(18, 18, 18)"
    assert page.locator("svg.label .paper").evaluate("n => getComputedStyle(n).fill") == ground()
    page.emulate_media(color_scheme="dark", media="print")
    assert ground() == "rgb(255, 255, 255)"


def test_paper_shows_what_is_folded_on_the_screen(visit: Visit) -> None:
    page = visit.open(golden("full"))
    folded = page.locator("details dl").first
    assert not folded.is_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert folded.is_visible()


def test_focus_can_be_seen_and_the_contents_can_be_skipped(visit: Visit) -> None:
    page = visit.open(golden("full"))
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text() == "Skip the contents"
    assert focused.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    assert (focused.bounding_box() or {"x": -1})["x"] >= 0
