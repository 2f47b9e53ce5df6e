"""The label as a picture of pixels, for where no SVG is shown."""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from labelaudit.render.svg import to_svg
from labelaudit.report import Report

if TYPE_CHECKING:
    from PIL.Image import Image

FAMILY: Final = "Label Sans"
FONTS: Final = sorted((Path(__file__).parent / "fonts").glob("*.ttf"))
SCALE: Final = 2
# From here on the shipped fonts may lack a character; of what lies above, they have these.
FOREIGN_FROM: Final = "\u0180"
SHIPPED: Final = frozenset("…≤≥")
NEVER_DRAWN: Final = "\U0010fffd"  # for private use, so that a font draws its sign of no character
CELL: Final = 32
# A name that CSS isolates, which the rasterizer does not: it follows Unicode's own isolates.
ISOLATED: Final = re.compile(r'(<tspan[^>]* unicode-bidi="plaintext">)([^<]*)(?=</tspan>)')
ISOLATES: Final = "\\1\N{FIRST STRONG ISOLATE}\\2\N{POP DIRECTIONAL ISOLATE}"


def to_png(report: Report, *, dark: bool = False) -> bytes:
    """Return the label of a report as a PNG, at twice the size of the SVG that it is drawn from.

    The shipped fonts, which have Latin, Greek, Cyrillic and Hebrew, draw the same pixels on every
    machine. For a name in another script, fonts of the machine are asked; a character that none
    of them has is written as its code point, such as ``[U+732B]``, so that no box stands for it.

    Parameters
    ----------
    report
        Any report.
    dark
        Whether to draw it for a dark ground.
    """
    drawn = to_svg(report, dark=dark)
    foreign = {found for found in drawn if found >= FOREIGN_FROM} - SHIPPED
    missing = undrawn(foreign)
    if missing:
        spelled = {ord(found): f"[U+{ord(found):04X}]" for found in missing}
        drawn = to_svg(cast("Report", _spelled(report, spelled)), dark=dark)
    return _pixels(ISOLATED.sub(ISOLATES, drawn), system=bool(foreign))


def undrawn(characters: Iterable[str]) -> list[str]:
    """Return those characters that neither the shipped fonts nor the machine's have.

    Parameters
    ----------
    characters
        Any that XML may hold.
    """
    asked = [NEVER_DRAWN, *sorted(characters)]
    if len(asked) == 1:
        return []
    cells = "".join(
        f'<text x="{CELL // 4}" y="{CELL * at + 24}">&#{ord(each)};</text>'
        for at, each in enumerate(asked)
    )
    page = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{3 * CELL}" '
        f'height="{CELL * len(asked)}" font-size="16">{cells}</svg>'
    )
    image = _opened(_pixels(page, system=True, scale=1))
    looks = [
        image.crop((0, CELL * at, 3 * CELL, CELL * (at + 1))).tobytes() for at in range(len(asked))
    ]
    return [each for each, look in zip(asked[1:], looks[1:], strict=True) if look == looks[0]]


def _pixels(drawn: str, *, system: bool, scale: int = SCALE) -> bytes:
    """Rasterize an SVG by the shipped fonts first, then by those of the machine."""
    import resvg_py

    return resvg_py.svg_to_bytes(
        svg_string=drawn,
        zoom=scale,
        font_files=[str(font) for font in FONTS],
        font_family=FAMILY,
        sans_serif_family=FAMILY,
        style_sheet=f'svg {{ font-family: "{FAMILY}" }}',
        skip_system_fonts=not system,
    )


def _opened(png: bytes) -> "Image":
    from PIL import Image

    return Image.open(io.BytesIO(png)).convert("RGBA")


def _spelled(thing: object, spelled: Mapping[int, str]) -> object:
    """Return a part of a report, and all within it, with characters written otherwise."""
    if isinstance(thing, str):
        return thing.translate(spelled)
    if is_dataclass(thing) and not isinstance(thing, type):
        changed = {
            each.name: _spelled(getattr(thing, each.name), spelled) for each in fields(thing)
        }
        return replace(thing, **changed)
    if isinstance(thing, Mapping):
        return {_spelled(key, spelled): _spelled(value, spelled) for key, value in thing.items()}
    if isinstance(thing, tuple):
        return tuple(_spelled(each, spelled) for each in thing)
    return thing
