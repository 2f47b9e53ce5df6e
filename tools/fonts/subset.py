"""Make the fonts that ``label.png`` is drawn with from those of Liberation 2.1.5.

    pip install fonttools
    python tools/fonts/subset.py FOLDER_OF_LIBERATION labelaudit/render/fonts

They keep the characters of Latin, Greek, Cyrillic and Hebrew and what belongs to them, and lose
their hints, which a picture at twice its size does without. Their name changes, as the licence
keeps "Liberation" for the original.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Label Sans"
KEPT = (
    (0x0020, 0x007E), (0x00A0, 0x036F),  # Latin, its phonetic letters, combining marks
    (0x0370, 0x052F), (0x0590, 0x05FF),  # Greek, Cyrillic, Hebrew
    (0x1E00, 0x1FFF), (0x2000, 0x206F),  # more Latin and Greek, punctuation
    (0x2070, 0x209F), (0x20A0, 0x20BF), (0x2100, 0x214F),  # small digits, currencies, letterlike
    (0x2190, 0x2195), (0x2200, 0x22FF),  # arrows, mathematics
)  # fmt: skip
NAMES = {1: FAMILY, 3: f"{FAMILY} %s", 4: f"{FAMILY} %s", 6: "LabelSans-%s", 16: FAMILY}


def made(source: Path, style: str) -> TTFont:
    """Return a font with fewer characters and its own name."""
    options = subset.Options(
        hinting=False, layout_features=["*"], name_IDs=["*"], notdef_outline=True, glyph_names=False
    )
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in KEPT for code in range(first, last + 1)])
    subsetter.subset(font)
    for record in list(font["name"].names):
        if record.nameID in NAMES:
            said = NAMES[record.nameID]
            record.string = said % style if "%s" in said else said
        elif record.nameID == 7:  # the trademark of the name that it no longer has
            font["name"].removeNames(nameID=7)
    return font


if __name__ == "__main__":
    fonts, folder = map(Path, sys.argv[1:])
    for style in ("Regular", "Bold"):
        made(fonts / f"LiberationSans-{style}.ttf", style).save(
            folder / f"label-sans-{style.lower()}.ttf"
        )
