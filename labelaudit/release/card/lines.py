"""A card as lines: its front matter, its Markdown, and how its lines end."""

import re
from collections import Counter
from typing import Final

LINE: Final = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
ENDING: Final = re.compile(r"\r\n?|\n")
RULE: Final = re.compile(r"---[ \t]*")


def lines_of(text: str) -> list[str]:
    r"""Return the lines of a text with their ends; together they are the text.

    Only what ends a line of Markdown does so here.

    Examples
    --------
    >>> lines_of("a\r\n\x85b\n\nc")
    ['a\r\n', '\x85b\n', '\n', 'c']
    """
    return LINE.findall(text)


def ending(text: str) -> str:
    r"""Return how most lines of a text end; a line feed where none does.

    Examples
    --------
    >>> ending("a\r\nb\r\nc\n"), ending("a")
    ('\r\n', '\n')
    """
    found = Counter(ENDING.findall(text)).most_common(1)
    return found[0][0] if found else "\n"


def bare(line: str) -> str:
    """Return a line without its end."""
    return line.rstrip("\r\n")


def front_matter_ends(lines: list[str]) -> tuple[int, int]:
    """Return where the YAML on top of a file begins and ends, and with it the rules around it.

    Parameters
    ----------
    lines
        Of a file, without a byte order mark.

    Returns
    -------
    The position of the first line of the YAML, and that of the line below its closing rule; 0 and
    0 where there is none.
    """
    opened = next((at for at, line in enumerate(lines) if line.strip()), None)
    if opened is None or not RULE.fullmatch(bare(lines[opened])):
        return 0, 0
    for at in range(opened + 1, len(lines)):
        if RULE.fullmatch(bare(lines[at])):
            return opened + 1, at + 1
    return 0, 0
