"""From Markdown and HTML to short plain text, and what of it says nothing."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from labelaudit.report import Statement

if TYPE_CHECKING:
    from markdown_it.token import Token

LONGEST: Final = 600
LONGEST_PLACE: Final = 80
PARSED: Final = 4000  # characters of Markdown; beyond lies nothing that would be kept
MARKS: Final = {"list_item_close": ";", "tr_close": ";", "td_close": ",", "th_close": ","}
# What templates of cards leave where nobody wrote anything.
TO_FILL_IN: Final = re.compile(
    r"\[?\b(?:more information needed|needs more information)\b\]?(?: \(https://[^)\s]*\))?"
    r"|\{\{[^{}]{0,200}\}\}|\[optional\]|\[todo\b[^\]]{0,200}\]",
    re.IGNORECASE,
)
BLANK: Final = frozenset({"~", "add here", "null", "organization name", "tbd", "todo"})
BLANK_STARTS: Final = ("summarize here.", "write a short summary describing your dataset")


def states(topic: str, text: str, source: str) -> Iterator[Statement]:
    """Yield the statement of a text on a topic; none when the text says nothing."""
    kept = filled_in(text)
    if says_something(kept):
        place = cut(filled_in(source), LONGEST_PLACE)
        yield Statement(topic=topic, text=cut(kept), source=place)


def says_something(text: str) -> bool:
    """Tell whether a plain text is more than the placeholder of a template.

    Examples
    --------
    >>> says_something("[More Information Needed]"), says_something("N/A")
    (False, True)
    """
    lower = filled_in(text).casefold()
    if lower.strip(" .") in BLANK or lower.startswith(BLANK_STARTS):
        return False
    return any(character.isalnum() for character in lower)


def filled_in(text: str) -> str:
    """Return a text in one line, without the marks of what somebody has yet to write."""
    return collapsed(TO_FILL_IN.sub(" ", text))


def collapsed(text: str) -> str:
    """Return a text in one line, without lone surrogates, which no file can hold."""
    return " ".join(text.encode(errors="replace").decode().split())


def cut(text: str, longest: int = LONGEST) -> str:
    """Return a text with at most so many characters, cut between words.

    Examples
    --------
    >>> cut("one two three", 9)
    'one two …'
    """
    if len(text) <= longest:
        return text
    kept, _, _ = text[: longest - 1].rpartition(" ")
    return (kept or text[: longest - 2]) + " …"


def from_markdown(markdown: str) -> str:
    """Return the text of some Markdown, with the addresses that its links lead to.

    Comments, pictures, scripts and tags are left out; entries of lists are parted by semicolons.

    Examples
    --------
    >>> from_markdown("Under *[CC0](https://example.org/cc0)*. <!-- why? -->")
    'Under CC0 (https://example.org/cc0).'
    """
    from markdown_it import MarkdownIt

    pieces: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(markdown[:PARSED]):
        if token.type == "inline":
            pieces.append(collapsed("".join(_inline(token.children or ()))))
        elif token.type in {"fence", "code_block"}:
            pieces.append(collapsed(token.content))
        elif token.type == "html_block":
            pieces.append(collapsed(from_html(token.content)))
        elif token.type in MARKS and pieces and pieces[-1][-1:].isalnum():
            pieces[-1] += MARKS[token.type]
    return " ".join(piece for piece in pieces if piece).rstrip(";,")


def from_html(html: str) -> str:
    """Return the text between the tags, without that of scripts and styles."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces)


def _inline(tokens: Iterable["Token"]) -> Iterator[str]:
    """Yield the text of inline tokens."""
    address, label = "", ""
    for token in tokens:
        text = ""
        if token.type in {"text", "text_special", "code_inline"}:
            text = token.content
        elif token.type in {"softbreak", "hardbreak"}:
            text = " "
        elif token.type == "link_open":
            address, label = str(token.attrGet("href") or ""), ""
        elif token.type == "link_close" and address.startswith("https://"):
            said = label.strip().rstrip("/")
            bare = address.removeprefix("https://").rstrip("/")
            text = "" if address in label or said == bare else f" ({address})"
        label += text
        yield text


class _Text(HTMLParser):
    """What a reader of HTML sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.unseen += tag in {"script", "style"}
        self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in {"script", "style"} and self.unseen > 0

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.pieces.append(data)
