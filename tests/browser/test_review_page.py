"""The review page in a real browser, from the first image to a saved file and back into a scan."""

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from labelaudit.review.page import to_page
from labelaudit.review.plan import Asked, Plan
from labelaudit.spreadsheet import read_cells
from labelaudit.verdicts import VERDICTS_FILE, read_verdicts

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SAMPLE = Path(__file__).parents[2] / "sample_data"
N = 30
NO_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }})"
BY_KEY = ("given", "suggested", "neither", "both", "unsure")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium"),
]


def labelaudit(*arguments: str, where: Path) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "labelaudit", *arguments],
        cwd=where,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scan a copy of the sample data and draw a sample of it; return the folder of both."""
    where = tmp_path_factory.mktemp("reviewed")
    shutil.copytree(SAMPLE, where / "data")
    labelaudit("scan", "data", "-o", "out", "--no-cache", "-q", where=where)
    labelaudit("review", "out/report.json", "--budget", str(N), where=where)
    return where


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def said() -> Iterator[list[str]]:
    """Collect what pages complain of and ask for; there must be nothing in the end."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    yield context
    context.close()


Open = Callable[..., Page]


@pytest.fixture
def opened(context: BrowserContext, said: list[str]) -> Open:
    """Return a function that opens a page."""

    def open_page(file: Path, *, before: str = "") -> Page:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.partition(":")[0] in {"file", "data", "blob"}
                else said.append(request.url)
            ),
        )
        if before:
            page.add_init_script(before)
        page.goto(file.as_uri())
        return page

    return open_page


def saved(page: Page, folder: Path) -> list[dict[str, str]]:
    """Save by the button, and read what was saved."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Save verdicts.csv").click()
    assert download.value.suggested_filename == "verdicts.csv"
    file = folder / "verdicts.csv"
    download.value.save_as(file)
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def place(page: Page) -> str:
    return page.locator("#place").inner_text()


def judged(page: Page) -> str:
    return page.locator("#count").inner_text()


def names(page: Page) -> list[str]:
    """Return the two labels in the order shown."""
    return page.locator(".choice .name").all_inner_texts()


def test_from_the_first_image_to_the_next_scan(
    reviewed: Path, opened: Open, tmp_path: Path
) -> None:
    page = opened(reviewed / "out" / "review.html")
    page.get_by_label("Your name").fill("Ada 1,5")
    page.keyboard.press("Enter")
    shown = []
    for number in range(N):
        assert place(page) == f"{number + 1} of {N}"
        shown.append(names(page))
        page.keyboard.press(str(number % 5 + 1))
    assert judged(page) == f"{N} of {N} judged"
    assert "All are judged" in page.get_by_role("alert").inner_text()
    rows = saved(page, tmp_path)
    for number, (row, pair) in enumerate(zip(rows, shown, strict=True)):
        assert {row["given_label"], row["suggested_label"]} == set(pair)
        word = BY_KEY[number % 5]
        if word in {"given", "suggested"}:
            assert row[f"{row['verdict']}_label"] == pair[number % 5]
        else:
            assert row["verdict"] == word
    firsts = {row["given_label"] == pair[0] for row, pair in zip(rows, shown, strict=True)}
    assert firsts == {True, False}
    assert {row["reviewer"] for row in rows} == {"Ada 1,5"}

    where = Path(shutil.copytree(reviewed, tmp_path / "copy"))
    told = labelaudit(
        "review", "out/report.json", "--import", str(tmp_path / "verdicts.csv"), where=where
    )
    assert f"{N} judgements taken in, by Ada 1,5 {N}" in told
    verdicts = read_verdicts(where / "data" / VERDICTS_FILE)
    assert list(verdicts.verdict) == [row["verdict"] for row in rows]
    assert list(verdicts.path) == [row["path"] for row in rows]
    scanned = labelaudit("scan", "data", "-o", "again", "--no-cache", "-q", where=where)
    assert re.search(r"Audited: \d+ items judged by people", scanned)


def test_undo_takes_back_one_answer_after_another(reviewed: Path, opened: Open) -> None:
    page = opened(reviewed / "out" / "review.html")
    undo = page.get_by_role("button", name="Undo")
    assert undo.is_disabled()
    for key in "123":
        page.keyboard.press(key)
    page.keyboard.press("u")
    assert (judged(page), place(page)) == (f"2 of {N} judged", f"3 of {N}")
    page.keyboard.press("Control+z")
    undo.click()
    assert (judged(page), place(page)) == (f"0 of {N} judged", f"1 of {N}")
    assert undo.is_disabled()


def test_arrows_move_and_an_answer_can_be_changed(
    reviewed: Path, opened: Open, tmp_path: Path
) -> None:
    page = opened(reviewed / "out" / "review.html")
    page.keyboard.press("ArrowLeft")
    assert place(page) == f"1 of {N}"
    page.keyboard.press("5")
    page.keyboard.press("s")
    page.keyboard.press("ArrowRight")
    assert place(page) == f"4 of {N}"
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    pressed = page.locator("[aria-pressed=true]")
    assert pressed.inner_text().endswith("Unsure")
    page.keyboard.press("3")
    assert place(page) == f"2 of {N}"
    assert [row["verdict"] for row in saved(page, tmp_path)] == ["neither"] + [""] * (N - 1)


def test_a_skipped_item_comes_back(reviewed: Path, opened: Open) -> None:
    page = opened(reviewed / "out" / "review.html")
    page.keyboard.press("s")
    for _ in range(N - 1):
        page.keyboard.press("5")
    assert place(page) == f"1 of {N}"
    page.keyboard.press("5")
    assert judged(page) == f"{N} of {N} judged"


def test_answers_are_there_after_a_reload(reviewed: Path, opened: Open) -> None:
    page = opened(reviewed / "out" / "review.html")
    page.get_by_label("Your name").fill("Bo")
    page.keyboard.press("Enter")
    page.keyboard.press("3")
    page.keyboard.press("5")
    page.reload()
    assert (judged(page), place(page)) == (f"2 of {N} judged", f"3 of {N}")
    assert page.get_by_label("Your name").input_value() == "Bo"
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#files summary").click()
    page.get_by_role("button", name="Start over").click()
    page.reload()
    assert judged(page) == f"0 of {N} judged"
    assert page.get_by_label("Your name").input_value() == ""


def test_digits_and_letters_of_a_name_are_no_answers(reviewed: Path, opened: Open) -> None:
    page = opened(reviewed / "out" / "review.html")
    page.get_by_label("Your name").press_sequentially("us 123")
    assert judged(page) == f"0 of {N} judged"
    assert page.get_by_label("Your name").input_value() == "us 123"


@pytest.mark.parametrize("mark", [",", ";"])
def test_a_saved_file_is_loaded_where_nothing_is_kept(
    reviewed: Path, opened: Open, tmp_path: Path, mark: str
) -> None:
    page = opened(reviewed / "out" / "review.html", before=NO_STORAGE)
    page.get_by_label("Your name").fill('=Zoe "Z"')
    page.keyboard.press("Enter")
    for key in "12345":
        page.keyboard.press(key)
    rows = saved(page, tmp_path)
    assert {row["reviewer"] for row in rows} == {'\'=Zoe "Z"'}
    file = tmp_path / "spreadsheet.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], delimiter=mark, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert judged(page) == f"0 of {N} judged"
    page.locator("#files summary").click()
    page.get_by_label("Load verdicts.csv").set_input_files(file)
    page.get_by_role("alert").wait_for()
    assert "5 answers were loaded from spreadsheet.csv" in page.get_by_role("alert").inner_text()
    assert (judged(page), place(page)) == (f"5 of {N} judged", f"6 of {N}")
    assert saved(page, tmp_path) == rows


@pytest.mark.parametrize(
    ("change", "said_of"),
    [
        (lambda text: text.replace("verdict", "word"), "it has no column verdict"),
        (lambda text: "x" + text.replace("\n", "\nx"), "it has no column review"),
        (lambda text: text.replace("\r\n", "\r\nx"), "row 1 is of another review, x"),
        (lambda text: text.replace("images/", "photos/"), "row 1 is of an item that is not on"),
        (lambda text: text.replace(",,\r\n", ",yes,\r\n"), "row 1 has the verdict yes"),
        (lambda text: text.replace("images/", 'images/,"', 1), "a quote is left open"),
    ],
)
def test_a_file_that_does_not_fit_is_not_loaded(
    reviewed: Path,
    opened: Open,
    tmp_path: Path,
    change: Callable[[str], str],
    said_of: str,
) -> None:
    text = (reviewed / "out" / "review.csv").read_bytes().decode()
    (tmp_path / "other.csv").write_bytes(change(text).encode())
    page = opened(reviewed / "out" / "review.html")
    page.keyboard.press("1")
    page.locator("#files summary").click()
    page.get_by_label("Load verdicts.csv").set_input_files(tmp_path / "other.csv")
    page.get_by_role("alert").wait_for()
    assert f"other.csv was not loaded: {said_of}" in page.get_by_role("alert").inner_text()
    assert judged(page) == f"1 of {N} judged"


def test_answers_of_another_person_are_not_loaded(
    reviewed: Path, opened: Open, tmp_path: Path
) -> None:
    page = opened(reviewed / "out" / "review.html")
    page.get_by_label("Your name").fill("Bo")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    saved(page, tmp_path)
    page.get_by_label("Your name").fill("Ada")
    page.locator("#files summary").click()
    page.get_by_label("Load verdicts.csv").set_input_files(tmp_path / "verdicts.csv")
    page.get_by_role("alert").wait_for()
    assert "answers of Bo and Ada would be mixed" in page.get_by_role("alert").inner_text()


def test_the_answers_can_be_copied_as_text(reviewed: Path, opened: Open, tmp_path: Path) -> None:
    page = opened(reviewed / "out" / "review.html")
    page.keyboard.press("4")
    page.locator("#files summary").click()
    text = page.locator("#text").input_value()
    rows = saved(page, tmp_path)
    assert list(csv.DictReader(text.splitlines())) == rows
    page.get_by_role("button", name="Copy").click()
    length = page.locator("#text").evaluate("node => node.selectionEnd - node.selectionStart")
    assert length == len(text.replace("\r\n", "\n"))


def test_images_are_large_and_nothing_tells_where_they_come_from(
    reviewed: Path, opened: Open
) -> None:
    page = opened(reviewed / "out" / "review.html")
    for _ in range(N):
        image = page.locator("#look img").first
        box = image.bounding_box() or {"width": 0, "height": 0}
        assert max(box["width"], box["height"]) >= 384
        assert image.evaluate("node => getComputedStyle(node).imageRendering") == "pixelated"
        assert page.locator(".examples img").count() == 8
        loaded = "nodes => nodes.every(node => node.complete && node.naturalWidth > 0)"
        assert page.locator("img").evaluate_all(loaded)
        assert "images/" not in page.locator("body").inner_text()
        page.keyboard.press("ArrowRight")


def one_page(folder: Path, look: dict[str, object], name: str, suggested: str = "dog") -> Path:
    """Write a page of one item whose every name is the same."""
    item = Asked(
        content="0" * 64, path=name, given_label=name, suggested_label=suggested, stratum=0
    )
    plan = Plan(
        kind="audit",
        name=name,
        digest="d" * 64,
        seed=0,
        budget=1,
        judged_before=0,
        strata=(),
        items=(item,),
    )
    examples = {each: [look] for each in sorted({name, suggested} - {""})}
    file = folder / "review.html"
    file.write_text(to_page(plan, [look], examples, "text"), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "name",
    [
        "</script><script>document.title = 'pwned'</script>",
        "<img src=x onerror=\"document.title = 'pwned'\">",
        "=1+1,\"'\u202egnp\r\n",
        "long " * 40,
    ],
)
def test_hostile_names_and_texts_are_shown_and_saved_as_they_are(
    opened: Open, tmp_path: Path, name: str
) -> None:
    page = opened(one_page(tmp_path, {"text": name, "cut": 0}, name))
    assert page.locator("#look blockquote").evaluate("node => node.textContent") == name
    assert "pwned" not in page.title().partition("<")[0]
    assert page.evaluate("document.documentElement.scrollWidth") <= 1200
    page.keyboard.press("4")
    saved(page, tmp_path)
    ((_, row),) = read_cells(tmp_path / "verdicts.csv", ["path"]).rows
    assert (row["path"], row["given_label"], row["verdict"]) == (name, name, "both")


def test_an_item_without_a_suggestion_asks_for_one_label(opened: Open, tmp_path: Path) -> None:
    page = opened(one_page(tmp_path, {"text": "hello", "cut": 7}, "cat", ""))
    assert page.get_by_role("heading", name="Is this label right?").is_visible()
    asked = [text.split("\n") for text in page.locator(".answer:visible").all_inner_texts()]
    assert asked == [["1", "cat"], ["3", "No, another one"], ["5", "Unsure"]]
    page.keyboard.press("2")
    page.keyboard.press("4")
    assert judged(page) == "0 of 1 judged"
    page.keyboard.press("3")
    assert judged(page) == "1 of 1 judged"
    assert page.locator("#look").inner_text() == "hello […]"


@pytest.mark.parametrize("width", [320, 380, 768])
def test_the_page_is_never_wider_than_its_window(
    reviewed: Path, opened: Open, tmp_path: Path, width: int
) -> None:
    for file in (
        reviewed / "out" / "review.html",
        one_page(tmp_path, {"text": "", "cut": 0}, "x" * 200),
    ):
        page = opened(file)
        page.set_viewport_size({"width": width, "height": 800})
        page.locator("#files summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_has_a_name_and_focus_can_be_seen(reviewed: Path, opened: Open) -> None:
    page = opened(reviewed / "out" / "review.html")
    page.locator("#files summary").click()
    for control in page.locator("button:visible, input:visible, textarea:visible, a:visible").all():
        named = control.evaluate(
            "node => node.labels?.length ? node.labels[0].textContent : node.textContent"
        )
        assert str(named).strip()
    page.locator("body").evaluate("node => node.ownerDocument.activeElement.blur()")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    page.get_by_role("button", name="Unsure").press("Enter")
    assert judged(page) == f"1 of {N} judged"


def test_dark_has_its_own_ground(reviewed: Path, opened: Open) -> None:
    page = opened(reviewed / "out" / "review.html")
    page.emulate_media(color_scheme="dark")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == "rgb(18, 18, 18)"


def test_without_javascript_the_page_leads_to_the_sheet(browser: Browser, reviewed: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((reviewed / "out" / "review.html").as_uri())
    assert "review.csv" in page.locator("noscript").inner_text()
    assert not page.locator("#judge").is_visible()
    context.close()
