"""How wide a text is when it is drawn, and what of it fits."""

import unicodedata
from itertools import accumulate
from typing import Final

ELLIPSIS: Final = "…"

# Widths of the characters from space to tilde in hundredths of an em: the wider of Liberation Sans
# Bold, which is as wide as Helvetica and Arial are, and of what Linux draws pages with, DejaVu Sans
# and, for bold text, DejaVu Sans Bold.
# fmt: off
PLAIN: Final = (
    32, 41, 48, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 62, 102, 73, 73, 73, 78, 67, 62, 78, 76, 30, 56, 73, 62, 87, 75, 79,
    67, 79, 73, 67, 62, 74, 69, 99, 69, 67, 69, 40, 34, 40, 84, 56, 50, 62, 64, 56, 64, 62, 36, 64,
    64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 56, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
)
BOLD: Final = (
    35, 46, 53, 84, 70, 101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70,
    70, 70, 40, 40, 84, 84, 84, 62, 100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 56, 78, 64, 100, 84,
    86, 74, 86, 78, 73, 69, 82, 78, 111, 78, 73, 73, 46, 37, 46, 84, 56, 50, 68, 72, 60, 72, 68, 44,
    72, 72, 35, 35, 67, 35, 105, 72, 69, 72, 72, 50, 60, 48, 72, 66, 93, 65, 66, 59, 72, 37, 72, 84,
)
# fmt: on
EMOJI_EM: Final = 1.35
WIDE_EM: Final = 1.05
BY_CATEGORY: Final = {"Ll": 0.8, "Lm": 0.8, "Lu": 0.95, "Mn": 0.0, "Me": 0.0, "Cf": 0.0, "Zs": 0.35}
BOLDER: Final = 1.1
SEPARATORS: Final = " -_./"


def estimated_width(words: str, size: float, *, bold: bool = False) -> float:
    """Return about how wide a text is, in pixels, erring on the wide side.

    Parameters
    ----------
    words
        The text.
    size
        Size of its font in pixels.
    bold
        Whether it is drawn in bold.
    """
    return size * sum(_em(character, bold=bold) for character in words)


def clipped(words: str, size: float, width: float, *, bold: bool = False) -> str:
    """Return a text cut to a width, with an ellipsis where it was cut.

    Examples
    --------
    >>> clipped("a-very-long-name", 10, 60)
    'a-very-lo…'
    """
    if estimated_width(words, size, bold=bold) <= width:
        return words
    widths = (_em(character, bold=bold) for character in words)
    ends = accumulate(widths, initial=_em(ELLIPSIS, bold=bold))
    kept = sum(1 for end in ends if size * end <= width) - 1
    return words[: max(kept, 0)].rstrip() + ELLIPSIS


def wrapped(words: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Return a text in lines of a width; a word that is too long is cut."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if estimated_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(clipped(word, size, width, bold=bold))
    return [line for line in lines if line]


def parted(words: str, size: float, width: float, n_lines: int, *, bold: bool = False) -> list[str]:
    """Return a name in lines of a width, parted after a separator where one is near the end.

    Parameters
    ----------
    words
        The name; it may have no spaces.
    size, width, bold
        As of `clipped`.
    n_lines
        How many lines there are at most; the last one is cut where it does not fit.
    """
    found: list[str] = []
    rest = words.strip()
    while rest and len(found) < n_lines - 1:
        ends = accumulate(_em(character, bold=bold) for character in rest)
        kept = sum(1 for end in ends if size * end <= width)
        if kept < len(rest):
            at = max(rest.rfind(each, kept * 2 // 3, kept) for each in SEPARATORS) + 1
            kept = at or kept
        found.append(rest[:kept].strip())
        rest = rest[kept:].strip()
    return [*found, clipped(rest, size, width, bold=bold)] if rest else found


def _em(character: str, *, bold: bool) -> float:
    if character.isascii() and character.isprintable():
        return (BOLD if bold else PLAIN)[ord(character) - 32] / 100
    category = unicodedata.category(character)
    if unicodedata.east_asian_width(character) in "WF":
        return EMOJI_EM if category == "So" else WIDE_EM
    return BY_CATEGORY.get(category, 1.0) * (BOLDER if bold else 1)
