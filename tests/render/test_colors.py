import re
from itertools import product

import pytest

from labelaudit.render.charts.pairs import STRONGEST
from labelaudit.render.svg import DARK, LIGHT, Palette
from labelaudit.render.templates import SHIPPED

CSS = next(file for folder in SHIPPED if (file := folder / "label.css").is_file()).read_text()
ROOTS = [
    dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", body))
    for body in re.findall(r":root \{([^}]*)\}", CSS)
]
TEXTS = ("ink", "muted", "link", "alert", "good")
GROUNDS = ("paper", "well")


def channels(color: str) -> list[float]:
    return [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def luminance(color: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: list[float], second: list[float]) -> float:
    """Return the contrast of two colors (WCAG 2.2, section 1.4.3)."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_the_guideline() -> None:
    assert contrast(channels("#000000"), channels("#ffffff")) == pytest.approx(21)
    assert contrast(channels("#0072b2"), channels("#ffffff")) == pytest.approx(5.19, abs=0.01)


def test_there_is_a_light_a_dark_and_a_printed_palette() -> None:
    assert len(ROOTS) == 3
    assert len({tuple(sorted(root)) for root in ROOTS}) == 1


@pytest.mark.parametrize("palette", ROOTS, ids=["light", "dark", "print"])
def test_texts_and_graphics_of_the_page_stand_out(palette: dict[str, str]) -> None:
    for text, ground in product(TEXTS, GROUNDS):
        assert contrast(channels(palette[text]), channels(palette[ground])) >= 4.5, (text, ground)
    assert contrast(channels(palette["accent"]), channels(palette["paper"])) >= 3


@pytest.mark.parametrize("palette", ROOTS, ids=["light", "dark", "print"])
def test_numbers_on_the_darkest_cell_of_a_grid_stand_out(palette: dict[str, str]) -> None:
    accent, paper = channels(palette["accent"]), channels(palette["paper"])
    cell = [STRONGEST * a + (1 - STRONGEST) * p for a, p in zip(accent, paper, strict=True)]
    assert contrast(channels(palette["ink"]), cell) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_of_the_label_stand_out(palette: Palette) -> None:
    for text in (palette.ink, palette.muted):
        assert contrast(channels(text), channels(palette.paper)) >= 4.5
