"""Texts of a report in Markdown, where they name nobody, link nowhere and format nothing.

Sites that show Markdown read its texts a second time, after entities are resolved, for mentions,
references, emoji and addresses, but for those in code. So a word that could be one becomes code.
"""

import re
import string
from typing import Final

from labelaudit.render import text

ELLIPSIS: Final = "…"

# What may stand between backticks as it is: nothing that ends them or a cell, that starts a
# formula, or that a site which builds pages from templates would follow.
PLAIN: Final = re.compile(r"[\w./:@#+,=()%~-](?: ?[\w./:@#+,=()%~-])*")
# Mentions, references and labels; formulas; emoji and schemes; hosts; keys of issues; commits.
LIVE: Final = re.compile(
    r"@|[#~%^][^\W_]|[!&]\d|\$|:\S|www|\w\.[^\W\d_]{2}|\b[a-z]+-\d|\b[0-9a-f]{7,40}\b",
    re.IGNORECASE,
)
AROUND: Final = re.compile(r"([(\"'\[]*)(.*?)([)\"'\],;.!?]*)", re.DOTALL)
FORMATTING: Final = re.compile(r"[\\`*{}\[\]<>&#|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
OF_A_LIST: Final = re.compile(r"(\d*)(?:(?<=\d)[.)](?=\s|$)|(?<!\d)[-+=])")
# In code that cannot stand between backticks: addresses are found there, too, if in one piece.
IN_CODE: Final = str.maketrans(
    {mark: f"&#{ord(mark)};" for mark in string.punctuation} | {"@": "<span>&#64;</span>"}
)


def code(name: str, most: int = 80) -> str:
    """Return a name as code, cut where it is longer than so many characters.

    Parameters
    ----------
    name
        Any text.
    most
        Characters to show.

    Examples
    --------
    >>> code("train/cat_1.jpg"), code("a|b")
    ('`train/cat_1.jpg`', '<code>a&#124;b</code>')
    """
    return _code(cut(name, most))


def prose(words: str, most: int = 400) -> str:
    """Return a text of a report on one line, its words as code where they could be live.

    Parameters
    ----------
    words
        Any text.
    most
        Characters to show.

    Examples
    --------
    >>> prose("3 of 50 are *cat*, see #12 of @who.")
    '3 of 50 are &#42;cat&#42;, see `#12` of `@who`.'
    """
    line = " ".join(map(_word, cut(words, most).split()))
    start = OF_A_LIST.match(line)
    return (
        line if start is None else start[1] + _entity(line[start.end() - 1]) + line[start.end() :]
    )


def cut(words: str, most: int) -> str:
    """Return a text with what would not show as its code point, cut with an ellipsis."""
    shown = text.visible(words)
    return shown if len(shown) <= most else shown[: most - 1] + ELLIPSIS


def _word(word: str) -> str:
    """Return a word, as code where it could be live, but for the punctuation around it."""
    around = AROUND.fullmatch(word)
    before, said, after = around.groups() if around is not None else ("", word, "")
    return _plain(before) + (_code(said) if LIVE.search(said) else _plain(said)) + _plain(after)


def _code(shown: str) -> str:
    if PLAIN.fullmatch(shown):
        return f"`{shown}`"
    return f"<code>{shown.translate(IN_CODE)}</code>"


def _plain(words: str) -> str:
    return FORMATTING.sub(lambda mark: _entity(mark[0]), words)


def _entity(mark: str) -> str:
    return f"&#{ord(mark)};"
