"""Pages of which every text is an attack, in a real browser: no dialog, no request, no word."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytest.importorskip("playwright")
from attacks import PAYLOADS, replaced
from hostile_files import CASES, NAMES, pages, unescaped
from playwright.sync_api import Browser, Dialog, Page, Route, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
BLOCKED = ("Content Security Policy", "Content-Security-Policy")
WAIT = 400  # milliseconds in which what would run has run

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium"),
]


@dataclass
class Seen:
    """What a page did while it was open."""

    page: Page
    dialogs: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def open(self, file: Path) -> None:
        page = self.page
        page.on("dialog", self.dismiss)
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.route("**", self.let_out)
        page.on("popup", lambda other: self.opened.append(other.url))
        page.goto(file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(node => { node.open = true })")
        page.wait_for_timeout(WAIT)

    def let_out(self, route: Route) -> None:
        """Note what leaves the browser: what the policy stops does not come here."""
        self.asked.append(route.request.url)
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            route.abort()

    def dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def requests(self) -> list[str]:
        return [url for url in self.asked if not url.startswith(("data:", "blob:"))][1:]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def seen(browser: Browser) -> Iterator[Seen]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Seen(context.new_page())
    context.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every page and picture, poisoned."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, content in pages().items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_a_poisoned_page_does_nothing(seen: Seen, written: Path, name: str) -> None:
    seen.open(written / name)
    assert seen.dialogs == []
    assert seen.opened == []
    assert seen.requests() == []
    assert seen.said == []
    assert seen.page.url == (written / name).as_uri()


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".html")])
def test_what_a_reader_can_press_does_nothing_but_sort_and_show(
    seen: Seen, written: Path, name: str
) -> None:
    seen.open(written / name)
    title = seen.page.title()
    buttons = seen.page.locator("button:visible:enabled")
    for at in range(min(buttons.count(), 12)):
        buttons.nth(at).click(timeout=2_000)
        seen.page.keyboard.press("Escape")
    fields = seen.page.locator("input[type=search]:visible")
    for at in range(fields.count()):
        fields.nth(at).fill(PAYLOADS[1])
    seen.page.wait_for_timeout(WAIT)
    assert (seen.dialogs, seen.requests(), seen.opened) == ([], [], [])
    assert seen.page.title() == title


def test_the_policy_holds_where_nothing_is_escaped(seen: Seen, tmp_path: Path) -> None:
    page = tmp_path / "unescaped.html"
    attack = PAYLOADS[1] + PAYLOADS[3] + PAYLOADS[4] + PAYLOADS[5]
    page.write_text(unescaped(replaced(CASES["report.html"](), attack)), encoding="utf-8")
    seen.open(page)
    alive = "[...document.querySelectorAll('img[onerror], svg[onload]')].length"
    assert int(seen.page.evaluate(alive)) > 10
    assert seen.page.locator("script").count() > 10
    assert seen.dialogs == []
    assert seen.requests() == []
    assert [said for said in seen.said if any(word in said for word in BLOCKED)]
    assert seen.page.url == page.as_uri()


@pytest.mark.parametrize("payload", PAYLOADS[:11])
def test_the_policy_holds_for_each_attack_alone(seen: Seen, tmp_path: Path, payload: str) -> None:
    page = tmp_path / "unescaped.html"
    source = unescaped(replaced(CASES["nothing.html"](), payload))
    page.write_text(source, encoding="utf-8", errors="replace")
    seen.open(page)
    assert payload in source
    assert seen.dialogs == []
    assert seen.requests() == []


def test_a_page_of_which_nothing_is_escaped_runs_without_its_policy(
    seen: Seen, tmp_path: Path
) -> None:
    source = unescaped(replaced(CASES["nothing.html"](), PAYLOADS[1]))
    start = source.index("<meta http-equiv")
    end = source.index(">", start) + 1
    page = tmp_path / "bare.html"
    page.write_text(source[:start] + source[end:], encoding="utf-8")
    seen.open(page)
    assert seen.dialogs
