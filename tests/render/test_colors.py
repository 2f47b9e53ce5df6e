import re
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from labelaudit.render import svg
from labelaudit.render.charts.association import STRONGEST as OF_ASSOCIATION
from labelaudit.render.charts.pair_agreement import STRONGEST as OF_AGREEMENT
from labelaudit.render.charts.pairs import STRONGEST as OF_PAIRS
from labelaudit.render.charts.property_grid import STRONGEST as OF_PROPERTIES
from labelaudit.render.svg import DARK, LIGHT, Palette
from labelaudit.render.templates import SHIPPED

FOLDER = next(folder for folder in SHIPPED if (folder / "label.css").is_file())
NAMES = ("light", "dark", "print")
TEXTS = ("ink", "muted", "link", "alert", "warn", "good")
GRAPHICS = ("accent", "alert", "good", "ink", "muted", "warn")
GROUNDS = ("paper", "well")
DECORATION = ("line", "paper", "well")  # hairlines, and what lies behind or around marks
SHADES = ("accent", "alert")
STRONGEST = max(OF_ASSOCIATION, OF_AGREEMENT, OF_PAIRS, OF_PROPERTIES)

# What two kinds of color blindness make of linear RGB (Machado, Oliveira and Fernandes, 2009).
BLIND = {
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = TO_XYZ.sum(axis=1)

Color = NDArray[np.float64]


def style(name: str) -> str:
    """Return a style sheet with those that it includes."""
    source = (FOLDER / name).read_text(encoding="utf-8")
    return re.sub(r'\{% include "([^"]+)" %\}', lambda found: style(found[1]), source)


def palettes(css: str) -> list[dict[str, str]]:
    bodies = re.findall(r":root \{([^}]*)\}", css)
    return [dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", body)) for body in bodies]


CSS = style("label.css")
ROOTS = palettes(CSS)
REVIEW = palettes(style("review.css"))


def channels(color: str) -> Color:
    return np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])


def linear(color: Color) -> Color:
    return np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)


def luminance(color: Color) -> float:
    return float(linear(color) @ [0.2126, 0.7152, 0.0722])


def contrast(first: Color, second: Color) -> float:
    """Return the contrast of two colors (WCAG 2.2, section 1.4.3)."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(color: Color, ground: Color, opacity: float) -> Color:
    return opacity * color + (1 - opacity) * ground


def seen(color: Color, kind: str) -> Color:
    """Return how a color looks to a color-blind person."""
    light = np.clip(np.array(BLIND[kind]) @ linear(color), 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def lab(color: Color) -> Color:
    """Return a color as lightness and two opponents, in which distances are as people see them."""
    scaled = TO_XYZ @ linear(color) / WHITE
    x, y, z = np.where(scaled > 216 / 24389, np.cbrt(scaled), (24389 / 27 * scaled + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_contrast_is_that_of_the_guideline() -> None:
    assert contrast(channels("#000000"), channels("#ffffff")) == pytest.approx(21)
    assert contrast(channels("#0072b2"), channels("#ffffff")) == pytest.approx(5.19, abs=0.01)


def test_what_the_color_blind_see_keeps_grays_and_loses_red_from_green() -> None:
    gray, red, green = channels("#777777"), channels("#d00000"), channels("#4f7000")
    for kind in BLIND:
        assert seen(gray, kind) == pytest.approx(gray, abs=0.01)
        apart, left = (
            float(np.linalg.norm(lab(one) - lab(other)))
            for one, other in ((red, green), (seen(red, kind), seen(green, kind)))
        )
        assert left < apart / 2


def test_there_is_a_light_a_dark_and_a_printed_palette() -> None:
    assert len(ROOTS) == 3
    assert len({tuple(sorted(root)) for root in ROOTS}) == 1


def test_a_page_has_no_color_that_its_palettes_do_not_name() -> None:
    outside = re.sub(r":root \{[^}]*\}", "", CSS)
    assert (
        re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*[;}])|\b(?:hsl|lab|oklch|color-mix)\(", outside)
        == []
    )
    assert set(re.findall(r"\brgb\([^)]*\)", outside)) <= {"rgb(0 0 0 / 0.6)"}  # behind a dialog
    used = {
        kind: set(re.findall(rf"(?<![\w-]){kind}: (?:[^;{{}}]*\s)?var\(--(\w+)\)", outside))
        for kind in ("color", "background", "fill", "stroke", "outline")
    }
    assert all(used.values())
    assert used["color"] <= set(TEXTS) | {"paper"}
    assert used["background"] <= set(GROUNDS) | {"line", "ink", "accent"}
    assert used["fill"] | used["stroke"] | used["outline"] <= set(GRAPHICS) | set(DECORATION)


@pytest.mark.parametrize("palette", [*ROOTS, *REVIEW])
def test_texts_and_graphics_of_a_page_stand_out(palette: dict[str, str]) -> None:
    for text, ground in product(TEXTS, GROUNDS):
        if text in palette:
            assert contrast(channels(palette[text]), channels(palette[ground])) >= 4.5, (
                text,
                ground,
            )
    for graphic, ground in product(GRAPHICS, GROUNDS):
        if graphic in palette:
            assert contrast(channels(palette[graphic]), channels(palette[ground])) >= 3, graphic


@pytest.mark.parametrize("palette", [*ROOTS, *REVIEW])
def test_words_on_a_button_that_is_pressed_stand_out(palette: dict[str, str]) -> None:
    assert contrast(channels(palette["paper"]), channels(palette["accent"])) >= 4.5


@pytest.mark.parametrize("palette", ROOTS, ids=NAMES)
@pytest.mark.parametrize("shade", SHADES)
def test_numbers_on_every_shade_of_a_cell_stand_out(palette: dict[str, str], shade: str) -> None:
    color, paper, ink = (channels(palette[name]) for name in (shade, "paper", "ink"))
    for opacity in np.linspace(0, STRONGEST, 25):
        assert contrast(ink, mixed(color, paper, float(opacity))) >= 4.5


@pytest.mark.parametrize("palette", ROOTS, ids=NAMES)
def test_words_on_a_band_stand_out(palette: dict[str, str]) -> None:
    (opacity,) = re.findall(r"\.band \{[^}]*fill-opacity: ([\d.]+)", CSS)
    band = mixed(channels(palette["accent"]), channels(palette["paper"]), float(opacity))
    for text in ("ink", "muted"):
        assert contrast(channels(palette[text]), band) >= 4.5


@pytest.mark.parametrize("palette", ROOTS, ids=NAMES)
@pytest.mark.parametrize("kind", BLIND)
def test_texts_stand_out_to_the_color_blind(palette: dict[str, str], kind: str) -> None:
    for text, ground in product(TEXTS, GROUNDS):
        pair = (seen(channels(palette[name]), kind) for name in (text, ground))
        assert contrast(*pair) >= 4.5, (text, ground)


@pytest.mark.parametrize("palette", ROOTS, ids=NAMES)
@pytest.mark.parametrize("kind", BLIND)
def test_more_and_less_than_chance_look_apart_to_the_color_blind(
    palette: dict[str, str], kind: str
) -> None:
    paper = channels(palette["paper"])
    for opacity in (0.3, STRONGEST):
        more, less = (
            lab(seen(mixed(channels(palette[name]), paper, opacity), kind)) for name in SHADES
        )
        assert np.linalg.norm(more - less) >= 15


def test_lines_of_a_drawing_differ_by_their_dashes() -> None:
    """Four lines in two colors are told apart on a gray print."""
    dashes = dict.fromkeys(("p0", "p1", "p2", "p3"), "none")
    for selectors, dash in re.findall(
        r"([^{}]*\.profile[^{}]*)\{[^}]*stroke-dasharray: ([\d ]+)", CSS
    ):
        dashes |= dict.fromkeys(re.findall(r"\.profile\.(p\d)", selectors), dash)
    assert all(one != other for one, other in combinations(dashes.values(), 2))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_of_the_label_stand_out(palette: Palette) -> None:
    for text in (palette.ink, palette.muted):
        assert contrast(channels(text), channels(palette.paper)) >= 4.5


def test_the_label_has_no_color_but_those_of_its_palette() -> None:
    for source in Path(svg.__file__).parent.rglob("*.py"):
        colors = set(re.findall(r"#[0-9a-f]{6}\b", source.read_text(encoding="utf-8")))
        assert colors <= {
            getattr(palette, name)
            for palette in (LIGHT, DARK)
            for name in ("paper", "ink", "muted")
        }, source.name
