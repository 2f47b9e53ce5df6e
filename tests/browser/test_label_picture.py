"""The label in a real browser: every text in its place, in any script, on light and dark."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Browser, sync_playwright

from labelaudit.render.json import from_json
from labelaudit.render.svg import to_svg
from labelaudit.report import Report, Statement

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
GOLDEN = Path(__file__).parents[1] / "render" / "golden"
CASES = sorted(folder.name for folder in GOLDEN.iterdir())
NAMES = {
    "arabic": "مجموعة بيانات الطيور (الإصدار 2) للتدريب",
    "hebrew": "מאגר תמונות (גרסה 2)",
    "chinese": "城市街景图像数据集第二版训练与测试",
    "emoji": "\U0001f426" * 30,
    "200 characters": "a-very-long_name" * 13,
    "wide": "W@" * 90,
    "marks": "Z" + "\u0301\u0335" * 40 + "algo",
}
# Texts that leave the label's box, and texts that cover others, by more than a pixel.
MISPLACED = """() => {
  const frame = document.documentElement.getBoundingClientRect();
  const words = [...document.querySelectorAll("text")].map((node) => {
    const box = node.getBoundingClientRect();
    const line = node.closest("svg[overflow]");
    const { e, f } = line?.getScreenCTM() ?? { e: 0, f: 0 };
    const { x, y, width, height } = line ? line.viewBox.baseVal : frame;
    const clip = { left: e + x, right: e + x + width, top: f + y, bottom: f + y + height };
    return {
      says: node.textContent,
      left: Math.max(box.left, clip.left), right: Math.min(box.right, clip.right),
      top: Math.max(box.top, clip.top), bottom: Math.min(box.bottom, clip.bottom),
      cut: Math.min(box.left - clip.left, clip.right - box.right) < -1,
    };
  });
  const outside = words.filter(
    ({ left, right, cut }) => cut || left < frame.left + 10 || right > frame.right - 10
  );
  const covering = words.filter((one, at) =>
    words.slice(at + 1).some((other) =>
      Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
      Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) >
        Math.min(one.bottom - one.top, other.bottom - other.top) / 2
    )
  );
  return [...outside, ...covering].map(({ says }) => says);
}"""
# Left ends of the parts of a line, in the order in which they are read.
LEFT_ENDS = """(first) => {
  const line = [...document.querySelectorAll("text")].find((node) =>
    node.textContent.startsWith(first)
  );
  const at = (words) => line.textContent.indexOf(words);
  const left = (words) => line.getExtentOfChar(at(words)).x;
  return ["900", "100"].map(left).concat(line.getExtentOfChar(0).x);
}"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


def report(case: str) -> Report:
    return from_json((GOLDEN / case / "report.json").read_text(encoding="ascii"))


def misplaced(browser: Browser, svg: str, folder: Path) -> list[str]:
    file = folder / "label.svg"
    file.write_text(svg, encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    found: list[str] = page.evaluate(MISPLACED)
    assert page.evaluate("document.querySelectorAll('text').length") > 50
    page.close()
    return found


@pytest.mark.parametrize("case", CASES)
def test_every_text_of_a_label_is_in_its_place(case: str, browser: Browser, tmp_path: Path) -> None:
    assert misplaced(browser, to_svg(report(case)), tmp_path) == []


@pytest.mark.parametrize("name", NAMES)
def test_names_in_any_script_keep_their_place(name: str, browser: Browser, tmp_path: Path) -> None:
    full = report("full")
    words = NAMES[name]
    version = Statement(topic="version", text=words, source="")
    splits = {words[:9]: 900, words[9:18] or "b": 100, words: 20}
    dataset = replace(full.dataset, name=words, splits=splits, statements=(version,))
    embedding = full.embedding and replace(full.embedding, model=words)
    svg = to_svg(replace(full, dataset=dataset, embedding=embedding))
    assert misplaced(browser, svg, tmp_path) == []


def test_splits_read_from_the_right_stand_before_their_numbers(
    browser: Browser, tmp_path: Path
) -> None:
    full = report("full")
    splits = {"תדריך": 900, "מבחן": 100}
    svg = to_svg(replace(full, dataset=replace(full.dataset, splits=splits)))
    file = tmp_path / "label.svg"
    file.write_text(svg, encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    first_number, second_number, first_name = page.evaluate(LEFT_ENDS, "תדריך")
    assert first_name < first_number < second_number
    page.close()
