"""How wide a text is when it is drawn, and what of it fits."""

import unicodedata
from itertools import accumulate
from typing import Final

ELLIPSIS: Final = "…"

# Width of a character in em, the larger of Helvetica in bold and of DejaVu Sans, which Linux draws
# pages with; other scripts count as wide.
NARROW: Final = frozenset("iljtfrI.,:;'|!()[] -")
WIDE: Final = frozenset("mwMW@%<>=+~^#&")


def estimated_width(words: str, size: float) -> float:
    """Return about how wide a text is in bold, in pixels, erring on the wide side."""
    return size * sum(map(_em, words))


def clipped(words: str, size: float, width: float) -> str:
    """Return a text cut to a width, with an ellipsis where it was cut.

    Examples
    --------
    >>> clipped("a-very-long-name", 10, 60)
    'a-very-lo…'
    """
    if estimated_width(words, size) <= width:
        return words
    ends = accumulate(map(_em, words), initial=_em(ELLIPSIS))
    kept = sum(1 for end in ends if size * end <= width) - 1
    return words[: max(kept, 0)].rstrip() + ELLIPSIS


def wrapped(words: str, size: float, width: float) -> list[str]:
    """Return a text in lines of a width; a word that is too long is cut."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if estimated_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(clipped(word, size, width))
    return [line for line in lines if line]


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if character in NARROW:
        return 0.38
    if character in WIDE:
        return 0.95
    if character.isascii():
        return 0.76 if character.isupper() else 0.63
    return 1.05 if unicodedata.east_asian_width(character) in "WF" else 0.75
