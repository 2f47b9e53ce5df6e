"""A page in a real browser: what it costs, whether it fits, and what axe-core says of it."""

import re
import shutil
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, Request

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
GRAVE = ("serious", "critical")
ROUNDS = 3
PHONE = {"width": 380, "height": 800}

Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Visit:
    """What a page costs and how it behaves.

    Attributes
    ----------
    requests
        How many it makes, itself not counted.
    paint
        Milliseconds to its first contentful paint, the median of several visits.
    sheets
        A4 pages when printed.
    faults
        Rules of WCAG 2.2 AA that it breaks in earnest, by color scheme.
    said
        Messages of the console.
    overflow
        Widths of a screen at which it has to be scrolled sideways.
    """

    requests: int
    paint: float
    sheets: int
    faults: dict[Scheme, list[str]]
    said: list[str]
    overflow: list[int]


@cache
def axe() -> str:
    """Return the source of axe-core."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def visited(browser: Browser, file: Path) -> Visit:
    """Open a page and measure it."""
    requests, said, paints = 0, list[str](), list[float]()
    for _ in range(ROUNDS):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page, asked = context.new_page(), list[str]()
        page.on("request", partial(noted, asked))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(file.as_uri())
        paints.append(first_paint(page))
        requests = max(requests, sum(not url.startswith("data:") for url in asked) - 1)
        context.close()
    context = browser.new_context()
    page = context.new_page()
    page.goto(file.as_uri())
    found = Visit(
        requests=requests,
        paint=median(paints),
        sheets=n_sheets(page.pdf(format="A4", print_background=True)),
        faults={scheme: faults(browser, file, scheme) for scheme in ("light", "dark")},
        said=sorted(set(said)),
        overflow=[width for width in (320, 380) if overflows(page, width)],
    )
    context.close()
    return found


def noted(asked: list[str], request: Request) -> None:
    """Keep what a page asks for."""
    asked.append(request.url)


def first_paint(page: Page) -> float:
    """Return after how many milliseconds something of the page was to be seen."""
    return float(
        page.evaluate(
            """() => new Promise((done) => new PerformanceObserver((list) => {
              const found = list.getEntriesByName("first-contentful-paint");
              if (found.length) done(found[0].startTime);
            }).observe({ type: "paint", buffered: true }))"""
        )
    )


def n_sheets(document: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", document))


def overflows(page: Page, width: int) -> bool:
    """Tell whether a page is wider than a screen."""
    page.set_viewport_size({"width": width, "height": 800})
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def faults(browser: Browser, file: Path, scheme: Scheme) -> list[str]:
    """Return what axe-core finds wrong in earnest, with the first place of each."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(file.as_uri())
    page.evaluate(axe())
    found = page.evaluate(
        """(tags) => axe.run({ runOnly: tags, resultTypes: ["violations"] })""", TAGS
    )
    context.close()
    return [
        f"{rule['id']} ({rule['impact']}, {len(rule['nodes'])}): {rule['nodes'][0]['html'][:160]}"
        for rule in found["violations"]
        if rule["impact"] in GRAVE
    ]


def screenshots(browser: Browser, file: Path, folder: Path, name: str) -> None:
    """Write pictures of a page: light, dark, on a phone and printed; and of the label alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for scheme, size in (("light", None), ("dark", None), ("light", PHONE)):
        context = browser.new_context(
            viewport=size or {"width": 1280, "height": 900},  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        page = context.new_page()
        page.goto(file.as_uri())
        at = "phone" if size else scheme
        page.screenshot(path=folder / f"{name}-{at}.png", full_page=True)
        if at == "light":
            page.pdf(path=folder / f"{name}.pdf", format="A4", print_background=True)
        context.close()
    labels(browser, file.parent, folder, name)


def labels(browser: Browser, report: Path, folder: Path, name: str) -> None:
    """Write pictures of the label files, for both color schemes."""
    context: BrowserContext = browser.new_context(device_scale_factor=2)
    page = context.new_page()
    for label in ("label", "label-dark"):
        if (report / f"{label}.svg").is_file():
            page.goto((report / f"{label}.svg").as_uri())
            page.locator("svg").first.screenshot(path=folder / f"{name}-{label}.png")
    context.close()
