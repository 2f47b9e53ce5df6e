"""Where the block of a card is, or where it belongs: as a reader of Markdown sees the file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from labelaudit.errors import InputError
from labelaudit.release.card.lines import bare, front_matter_ends

if TYPE_CHECKING:
    from markdown_it.token import Token

BEGIN: Final = "<!-- labelaudit:begin (made by labelaudit attach, which writes it anew) -->"
END: Final = "<!-- labelaudit:end -->"

ANY: Final = re.compile(r"<!--\s*labelaudit:(?:begin|end)\b")
MARKER: Final = re.compile(r" {0,3}<!--[ \t]*labelaudit:(begin|end)\b(?:(?!-->).)*-->[ \t]*")
# HTML of which nothing is Markdown or a comment of its own: code, and comments of several lines.
CLOSED: Final = re.compile(r"\s*<(?:pre|script|style|textarea)\b", re.IGNORECASE)
COMMENT: Final = re.compile(r"\s*<!--(?:(?!-->).)*\n")
CONTAINER: Final = re.compile(
    r"<(/?)(?:details|div|section|center|table|blockquote)\b", re.IGNORECASE
)
HINT: Final = f"keep one line {BEGIN!r} and, below it, one line {END!r}; or take all of them out"


@dataclass(frozen=True, slots=True)
class Place:
    """The lines that a block stands on, or is to stand before.

    Attributes
    ----------
    first, last
        Positions of the lines that the block takes, ``last`` not included; equal where there is
        no block yet.
    """

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Marker:
    at: int
    kind: Literal["begin", "end"]


def find_place(lines: list[str], where: str) -> Place:
    """Return where the block of a card is; where it belongs when there is none.

    A block belongs below the title and what introduces the dataset: before the next heading of
    the first or second level, or at the end. Markers in code and in comments are no markers.

    Parameters
    ----------
    lines
        Of the file, with their ends.
    where
        Name of the file in messages.

    Raises
    ------
    InputError
        When markers are not one pair, stand in a list or a quote, or beside other text.
    """
    from markdown_it import MarkdownIt

    _, top = front_matter_ends(lines)
    tokens = MarkdownIt("commonmark").parse("".join([*["\n"] * top, *lines[top:]]))
    problems: list[str] = []
    markers = list(_markers(tokens, lines, problems))
    if not problems and [marker.kind for marker in markers] not in ([], ["begin", "end"]):
        problems = [f"line {marker.at + 1:,}: labelaudit:{marker.kind}" for marker in markers]
    if problems:
        raise InputError(
            f"{where}: the markers of labelaudit's block are not one pair",
            details=problems,
            hint=HINT,
        )
    if markers:
        return Place(markers[0].at, markers[1].at + 1)
    belongs = _below_the_introduction(tokens, len(lines))
    return Place(belongs, belongs)


def _markers(tokens: list["Token"], lines: list[str], problems: list[str]) -> Iterator[_Marker]:
    """Yield the markers that are comments of their own; note those that are misplaced."""
    for token in tokens:
        if token.map is None:
            continue
        if token.type == "html_block" and not _is_closed(token.content):
            for at in range(*token.map):
                found = MARKER.fullmatch(bare(lines[at])) if at < len(lines) else None
                if found and not token.level:
                    yield _Marker(at, "begin" if found[1] == "begin" else "end")
                elif at < len(lines) and ANY.search(lines[at]):
                    problems.append(f"line {at + 1:,}: {_misplaced(token)}")
        elif token.type == "inline" and any(
            child.type == "html_inline" and ANY.match(child.content)
            for child in token.children or ()
        ):
            problems.append(f"line {token.map[0] + 1:,} or below: {_misplaced(token)}")


def _is_closed(html: str) -> bool:
    return bool(CLOSED.match(html) or COMMENT.match(html))


def _misplaced(token: "Token") -> str:
    if token.type == "html_block" and token.level:
        return "a marker in a list or a quote"
    return "a marker that shares its line with other text"


def _below_the_introduction(tokens: list["Token"], end: int) -> int:
    """Return the line of the first heading after the title and what introduces the dataset.

    What stands first, or is of the first level, is the title. No block is put into HTML that is
    not closed, such as details to open.
    """
    has_title = False
    depth = 0
    for at, token in enumerate(tokens):
        if token.type == "html_block":
            closing = [bool(found[1]) for found in CONTAINER.finditer(token.content)]
            depth = max(0, depth + len(closing) - 2 * sum(closing))
        if token.type != "heading_open" or token.level or token.tag not in {"h1", "h2"}:
            continue
        if not has_title and (token.tag == "h1" or at == 0):
            has_title = True
        elif not depth and token.map:
            return token.map[0]
    return end
