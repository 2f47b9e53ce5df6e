"""Pages in a real browser: nothing leaves, nothing breaks, nothing runs but ours."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from labelaudit.render.html import to_html

sys.path.insert(0, str(Path(__file__).parents[1] / "render"))
from reports import CASES

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
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


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return what writes the page of a case and gives its path."""
    folder = tmp_path_factory.mktemp("pages")

    def page(case: str) -> Path:
        file = folder / f"{case}.html"
        if not file.exists():
            file.write_text(to_html(CASES[case]()), encoding="utf-8")
        return file

    return page


@pytest.fixture
def show(visit: Visit, written: Callable[[str], Path]) -> Callable[[str], Page]:
    """Return what opens the page of a case."""
    return lambda case: visit.open(written(case))


@pytest.mark.parametrize("case", CASES)
def test_a_page_asks_for_nothing_and_complains_of_nothing(
    visit: Visit, show: Callable[[str], Page], case: str
) -> None:
    page = show(case)
    page.mouse.move(400, 400)
    page.wait_for_timeout(100)
    assert visit.said == []
    assert {url.partition(":")[0] for url in visit.asked} <= {"file", "data"}
    assert len([url for url in visit.asked if url.startswith("file:")]) == 1


def test_the_style_is_applied(show: Callable[[str], Page]) -> None:
    page = show("full")
    assert page.locator(".page").evaluate("node => getComputedStyle(node).display") == "grid"


def test_the_first_screen_has_the_verdict_the_label_and_the_worst_alerts(
    visit: Visit, show: Callable[[str], Page]
) -> None:
    visit.page.set_viewport_size({"width": 1200, "height": 900})
    page = show("full")
    for wanted in (".gist .verdict", ".gist .sentence", ".alert.fail >> nth=0", ".alert.check h3"):
        box = page.locator(wanted).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900, wanted
    assert (page.locator("svg.label").bounding_box() or {"y": 900})["y"] < 300


def test_a_column_sorts_by_its_numbers_both_ways(show: Callable[[str], Page]) -> None:
    table = show("full").get_by_role("table", name="Classes")
    names = table.locator("tbody th")
    table.get_by_role("button", name="Items").click()
    assert names.first.inner_text() == "antelope"
    table.get_by_role("button", name="Items").click()
    assert names.first.inner_text() == "heron"
    assert table.locator("th[aria-sort=ascending]").inner_text().startswith("Items")


def test_what_is_undefined_sorts_last_both_ways(show: Callable[[str], Page]) -> None:
    table = show("full").get_by_role("table", name="Classes")
    for _ in range(2):
        table.get_by_role("button", name="Items").click()
        assert table.locator("tbody th").last.inner_text() == "ibex"


def test_numbers_sort_as_they_are_printed(show: Callable[[str], Page]) -> None:
    page = show("full")
    printed = ["1,200", "9", "<0.001%", "5.6%", ">99.9%", "\N{EN DASH}"]
    found = page.evaluate(
        """words => words.map((word) => {
          const cell = document.createElement("td");
          cell.textContent = word;
          const found = amount(cell);
          return isNaN(found) ? null : found;
        })""",
        printed,
    )
    assert found == [1200, 9, 0.001, 5.6, 99.9, None]


def test_a_column_sorts_from_the_keyboard(show: Callable[[str], Page]) -> None:
    page = show("full")
    table = page.get_by_role("table", name="Classes")
    table.get_by_role("button", name="Class").focus()
    page.keyboard.press("Enter")
    assert table.locator("tbody th").first.inner_text() == "antelope"


def test_a_gallery_is_filtered(show: Callable[[str], Page]) -> None:
    page = show("full")
    cards = page.locator("#label_noise .gallery li:visible")
    assert cards.count() == 11
    page.get_by_label("Filter Most suspected labels").fill("heron")
    assert cards.count() == 2
    assert page.locator("#label_noise output").first.inner_text() == "2 of 11"


def test_a_filter_unfolds_what_it_looks_through(show: Callable[[str], Page]) -> None:
    page = show("hostile")
    folded = page.locator("#label_noise .gallery details").first
    assert folded.get_attribute("open") is None
    page.locator("#label_noise .gallery .filter input").first.fill("markup")
    assert folded.get_attribute("open") is not None


def test_a_picture_is_enlarged_from_the_keyboard(show: Callable[[str], Page]) -> None:
    page = show("full")
    first = page.locator("#label_noise .zoom").first
    first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    assert dialog.locator("img").get_attribute("alt") == first.locator("img").get_attribute("alt")
    assert "given badger\nsuggested ferret" in dialog.locator("p").inner_text()
    page.keyboard.press("ArrowRight")
    assert "given dingo" in dialog.locator("p").inner_text()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert "given badger" in dialog.locator("p").inner_text()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert first.evaluate("node => node === document.activeElement")


def test_an_enlarged_picture_has_its_caption_as_text(show: Callable[[str], Page]) -> None:
    page = show("hostile")
    page.locator(".zoom").first.click()
    assert "<script>alert(1)</script>" in page.get_by_role("dialog").inner_text()
    assert page.locator("dialog script").count() == 0


def test_the_policy_holds_where_escaping_would_fail(
    visit: Visit, written: Callable[[str], Path], tmp_path: Path
) -> None:
    attack = (
        "<script>document.title = 'pwned'</script>"
        "<img src=x onerror=\"document.title = 'pwned'\">"
        "<img src='https://example.invalid/x.png'>"
        "<p id=attack style='color: red'>x</p>"
    )
    file = tmp_path / "attacked.html"
    source = written("full").read_text(encoding="utf-8")
    file.write_text(source.replace("</main>", attack + "</main>"), encoding="utf-8")
    page = visit.open(file)
    page.wait_for_timeout(200)
    assert page.title() == "animals-v2: label facts"
    color = page.locator("#attack").evaluate("node => getComputedStyle(node).color")
    assert color != "rgb(255, 0, 0)"
    assert len(visit.said) >= 4
    assert all("Content Security Policy" in said for said in visit.said)


@pytest.mark.parametrize("case", CASES)
def test_everything_is_there_without_javascript(
    browser: Browser, written: Callable[[str], Path], case: str
) -> None:
    def shown(*, javascript: bool) -> list[str]:
        context = browser.new_context(java_script_enabled=javascript)
        page = context.new_page()
        page.goto(written(case).as_uri())
        texts = page.locator(
            "main td, main dd, main figcaption, main h3, main li"
        ).all_text_contents()
        context.close()
        return list(texts)

    assert shown(javascript=False) == shown(javascript=True)


@pytest.mark.parametrize("width", [320, 380, 768])
@pytest.mark.parametrize("case", CASES)
def test_a_page_is_never_wider_than_its_window(
    visit: Visit, show: Callable[[str], Page], case: str, width: int
) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    page = show(case)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("case", CASES)
def test_every_picture_is_loaded_and_described(show: Callable[[str], Page], case: str) -> None:
    pictures = (
        show(case)
        .locator("main img")
        .evaluate_all(
            "nodes => nodes.map(node => [node.alt, node.complete && node.naturalWidth > 0])"
        )
    )
    assert all(alt and loaded for alt, loaded in pictures)


@pytest.mark.parametrize("width", [380, 1200])
@pytest.mark.parametrize("case", CASES)
def test_no_words_of_a_picture_are_cut_off_or_on_others(
    visit: Visit, show: Callable[[str], Page], case: str, width: int
) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    page = show(case)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert page.evaluate(MISPLACED) == []


def test_dark_and_print_have_their_own_grounds(show: Callable[[str], Page]) -> None:
    page = show("full")

    def ground() -> object:
        return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    page.emulate_media(color_scheme="dark")
    assert ground() == "rgb(18, 18, 18)"
    assert page.locator("svg.label .paper").evaluate("n => getComputedStyle(n).fill") == ground()
    page.emulate_media(color_scheme="dark", media="print")
    assert ground() == "rgb(255, 255, 255)"


def test_paper_shows_all_alerts_and_no_heads_of_what_stays_folded(
    show: Callable[[str], Page],
) -> None:
    page = show("hostile")
    finding = page.locator(".alert.note").first
    assert not finding.is_visible()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert finding.is_visible()
    assert not page.locator("#how summary").first.is_visible()
    assert not page.locator("nav").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert not finding.is_visible()


def test_focus_can_be_seen_and_the_contents_can_be_skipped(show: Callable[[str], Page]) -> None:
    page = show("full")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text() == "Skip the contents"
    assert focused.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    assert (focused.bounding_box() or {"x": -1})["x"] >= 0
