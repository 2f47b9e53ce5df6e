import io
from dataclasses import replace
from itertools import chain
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFont
from reports import CASES, full

from labelaudit.render import png
from labelaudit.render.files import rendered_files
from labelaudit.render.fit import estimated_width
from labelaudit.render.svg import DARK, LIGHT, to_svg
from labelaudit.report import Report

CAT = "\N{CJK UNIFIED IDEOGRAPH-732B}"
UNASSIGNED = "\u0378"
EM = 2048  # units of the fonts: at this size no width is rounded
STYLES = {font.stem.rpartition("-")[2]: ImageFont.truetype(str(font), 100) for font in png.FONTS}


def image(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def named(name: str) -> Report:
    report = full()
    return replace(report, dataset=replace(report.dataset, name=name))


def line(words: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="30">'
        '<rect width="300" height="30" fill="#fff"/>'
        f'<text x="5" y="20" font-size="16">{words}</text></svg>'
    )


def pixels(svg: str) -> Image.Image:
    return image(png._pixels(svg, system=False))


@pytest.mark.parametrize("dark", [False, True])
def test_a_picture_is_twice_as_large_as_the_svg(dark: bool) -> None:  # noqa: FBT001 - a parameter of a test
    drawn = to_svg(full(), dark=dark)
    root = ET.fromstring(drawn)  # noqa: S314 - our own output
    found = image(png.to_png(full(), dark=dark))
    assert found.size == (2 * int(root.get("width", "")), 2 * int(root.get("height", "")))
    palette = DARK if dark else LIGHT
    colors = found.getcolors(found.width * found.height) or []
    hexes = ["#{:02x}{:02x}{:02x}".format(*color) for _, color in sorted(colors, reverse=True)]  # type: ignore[misc]
    assert set(hexes[:2]) == {palette.paper, palette.ink}
    assert hexes[0] == palette.paper


@pytest.mark.parametrize("case", ["full", "hostile"])
def test_the_same_label_is_the_same_bytes(case: str) -> None:
    assert png.to_png(CASES[case]()) == png.to_png(CASES[case]())


def test_its_texts_are_seen() -> None:
    without_fonts = image(
        png._pixels(to_svg(full()).replace("<text", "<g").replace("</text", "</g"), system=False)
    )
    seen = ImageChops.difference(image(png.to_png(full())), without_fonts).convert("L")
    drawn = to_svg(full())
    assert drawn.count("<text") > 60
    bands = [seen.crop((0, top, seen.width, top + 60)).getbbox() for top in range(0, 1600, 60)]
    assert all(bands)


def test_a_latin_name_asks_for_no_font_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    drawn = png._pixels

    def spied(svg: str, *, system: bool, scale: int = png.SCALE) -> bytes:
        asked.append(system)
        return drawn(svg, system=system, scale=scale)

    monkeypatch.setattr(png, "_pixels", spied)
    png.to_png(named("Żółć ‡ façade"))
    assert True in asked  # the dagger is none of the characters that are known to be there
    asked.clear()
    png.to_png(named("Żółć façade"))
    assert asked == [False]


def test_the_shipped_fonts_have_what_names_are_mostly_written_in() -> None:
    letters = chain(
        range(0x20, 0x7F), range(0xA1, 0x180), range(0x3B1, 0x3CA), range(0x410, 0x450),
        range(0x5D0, 0x5EB), map(ord, png.SHIPPED),
    )  # fmt: skip
    known = [chr(each) for each in letters if each != 0xAD]
    for font in STYLES.values():
        boxed = bytes(font.getmask(UNASSIGNED))
        assert [each for each in known if bytes(font.getmask(each)) == boxed] == []
    assert set(STYLES) == {"regular", "bold"}


def test_a_character_that_no_font_has_is_found() -> None:
    assert png.undrawn(["a", UNASSIGNED, "ש", "≤"]) == [UNASSIGNED]
    assert png.undrawn([]) == []


def test_a_character_that_no_font_has_is_written_as_its_code_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(png, "undrawn", lambda _characters: [CAT])
    drawn = image(png.to_png(named(f"{CAT} photos")))
    monkeypatch.setattr(png, "undrawn", lambda _characters: [])
    assert drawn.tobytes() == image(png.to_png(named("[U+732B] photos"))).tobytes()
    assert drawn.tobytes() != image(png.to_png(named("photos"))).tobytes()


def test_names_read_from_the_right_keep_their_place_in_a_line() -> None:
    first, second = "אב", "גד"
    alone = '<tspan unicode-bidi="plaintext">{}</tspan> 900, <tspan unicode-bidi="plaintext">{}'
    marked = line(alone.format(first, second) + "</tspan> 100")
    isolated = pixels(png.ISOLATED.sub(png.ISOLATES, marked))
    by_marks = pixels(line(f"{first}\u200e 900, {second}\u200e 100"))
    assert isolated.tobytes() == by_marks.tobytes()
    assert isolated.tobytes() != pixels(marked).tobytes()


@given(
    st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60),
    st.sampled_from(["regular", "bold"]),
)
def test_no_text_is_wider_than_estimated_in_the_shipped_fonts(words: str, style: str) -> None:
    # the basic layout is in every Pillow; the other one asks for a library of the machine
    font = STYLES[style].font_variant(size=EM, layout_engine=ImageFont.Layout.BASIC)
    unkerned = sum(map(font.getlength, words)) / EM
    assert unkerned <= estimated_width(words, 1, bold=style == "bold") + 0.01


def test_a_report_is_rendered_as_pictures_for_light_and_dark_grounds() -> None:
    names = ("label.svg", "label-dark.svg", "label.png")
    files = rendered_files(full(), names=names)
    assert tuple(files) == names
    assert files["label-dark.svg"].decode() == to_svg(full(), dark=True)
    assert files["label.png"] == png.to_png(full())


def test_the_fonts_have_their_licence_beside_them() -> None:
    [folder] = {font.parent for font in png.FONTS}
    licence = (folder / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Reserved Font Name Liberation" in licence
    for font in STYLES.values():
        assert font.getname()[0] == png.FAMILY  # the reserved name is not used
