from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import CASES, audited, full, hostile, multilabel, nothing_measured

from labelaudit.render.charts.grid import Cell, grid
from labelaudit.render.fit import clipped, estimated_width, wrapped
from labelaudit.render.svg import DARK, INNER, LIGHT, to_svg

SVG = "{http://www.w3.org/2000/svg}"
ROWS = (
    "Suspected label errors",
    "Exact duplicates",
    "Contradictory duplicates",
    "Duplicates across splits",
    "Near duplicates",
    "Imbalance ratio",
    "Effective classes",
    "Labels an item",
    "Label sharpness",
    "Annotator agreement",
    "Unreadable",
    "Unlabelled",
)


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - our own output


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_the_label_is_small_inert_xml(case: str, dark: bool) -> None:  # noqa: FBT001 - a parameter of a test
    svg = to_svg(CASES[case](), dark=dark)
    root = ET.fromstring(svg)  # noqa: S314 - our own output
    assert len(svg.encode()) <= 25 * 1024
    assert root.get("width") == "380"
    assert root.get("role") == "img"
    assert {node.tag.removeprefix(SVG) for node in root.iter()} == {
        "svg", "title", "desc", "rect", "g", "text", "tspan",
    }  # fmt: skip
    names = {name for node in root.iter() for name in node.attrib}
    assert not {name for name in names if name.startswith("on") or "href" in name}
    assert "style" not in names
    assert root.findtext(f"{SVG}title", "").startswith("Label facts of ")


@pytest.mark.parametrize("case", CASES)
def test_every_label_has_the_same_rows_in_the_same_order(case: str) -> None:
    found = texts(to_svg(CASES[case]()))
    rows = [next(name for name in ROWS if text.startswith(name)) for text in found
            if text.startswith(ROWS)]  # fmt: skip
    assert tuple(rows) == ROWS


def test_numbers_of_the_report_are_on_the_label() -> None:
    found = texts(to_svg(full()))
    assert "4.12%" in found
    assert "Model-estimated, not audited; range 2.87% to 5.61%." in found
    found = texts(to_svg(audited()))
    assert "3.12%" in found
    assert "Audited: 200 items judged by people; 95 % interval 1.84% to" in " ".join(found)
    assert "Suspected label errors185" in found
    assert "3.08%" in found  # 185 of 6,012
    assert "8 classes; sha256 9f3c1ab07d42" in found


def test_what_is_not_measured_says_so() -> None:
    found = texts(to_svg(nothing_measured()))
    assert found.count("not measured") == 11
    assert "Unlabelled12" in found


def test_the_description_says_what_the_picture_shows() -> None:
    root = ET.fromstring(to_svg(multilabel()))  # noqa: S314 - our own output
    described = root.findtext(f"{SVG}desc", "")
    assert "Labels an item: 1.84 on average" in described
    assert "Suspected label errors: not measured" in described


def test_a_hostile_name_is_cut_and_escaped() -> None:
    svg = to_svg(hostile())
    assert "<img" not in svg
    assert "\u202e" not in svg
    assert any(text.endswith("…") for text in texts(svg))


def test_dark_and_light_differ_in_color_only() -> None:
    light, dark = to_svg(full()), to_svg(full(), dark=True)
    for name in ("paper", "ink", "muted"):
        dark = dark.replace(getattr(DARK, name), getattr(LIGHT, name))
    assert dark == light


@given(st.text(max_size=80), st.floats(20, 400))
def test_a_cut_text_fits(words: str, width: float) -> None:
    cut = clipped(words, 12, width)
    assert estimated_width(cut, 12) <= width or cut == "…"
    assert cut == words or words.startswith(cut.removesuffix("…"))


@given(st.text(max_size=200))
def test_wrapped_lines_fit_and_lose_no_word_that_fits(words: str) -> None:
    lines = wrapped(words, 12, INNER)
    assert all(estimated_width(line, 12) <= INNER for line in lines)
    if all(estimated_width(word, 12) <= INNER for word in words.split()):
        assert " ".join(lines).split() == words.split()


@pytest.mark.parametrize(
    ("words", "em"),
    [("annotator_bob", 7.29), ("</svg><img src=x", 9.69), ("Mammalia", 5.2), ("agreed", 3.5)],
)
def test_no_text_is_wider_than_estimated_in_the_font_of_linux(words: str, em: float) -> None:
    assert em <= estimated_width(words, 1) <= 1.25 * em


def test_what_the_rows_of_a_grid_are_has_room_though_their_names_are_short() -> None:
    drawn = grid(["c0"], ["c1"], lambda _row, _column: Cell(), heads=("agreed", "judged"))
    assert drawn.left - 8 >= estimated_width("agreed ↓", 12) > estimated_width("c0", 12) + 12
