"""A Markdown file by its headings: which text stands under which."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

HEADING: Final = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?")
UNDERLINE: Final = re.compile(r" {0,3}(=+|-+)[ \t]*")
FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
QUESTION: Final = re.compile(r"\*\*([^*]+\?)\*\*")  # as datasheets without headings have it
FIELD: Final = re.compile(r"(?:[-*+][ \t]+)?\*\*([^*]{1,60}?):?\*\*[ \t]*:?[ \t]*(\S.*)?")
LONGEST_HEADING: Final = 300
MOST_SECTIONS: Final = 1000
QUESTION_LEVEL: Final = 7


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the lines up to the next; level 0 stands before any."""

    level: int
    title: str
    lines: list[str] = field(default_factory=list)


def key_of(title: str) -> str:
    """Return a heading without its number, its marks and its case.

    Examples
    --------
    >>> key_of("2.1 **Suitable Use Case(s)** [optional]:"), key_of("📜 Licence & terms")
    ('suitable use cases', 'licence and terms')
    >>> key_of("4. Preprocessing / Cleaning / Labelling")
    'preprocessing/cleaning/labeling'
    """
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)|\{#[^}]*\}", r"\1", title).casefold()
    text = text.replace("[optional]", "").replace("(s)", "s").replace("&", "and")
    text = re.sub(r"[*_`~#]", "", text).replace(" / ", "/").replace("labelling", "labeling")
    text = re.sub(r"^[^\w(]*(?:\d+(?:\.\d+)*[.)]?\s+)?", "", text)
    return " ".join(text.rstrip(" :.").split())


def without_comments(text: str) -> str:
    """Return a text without HTML comments; one that is not closed ends it."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("-->", start + 4)
        if end < 0:
            return "".join(kept)
        at = end + 3
    return "".join([*kept, text[at:]])


def sections_of(markdown: str) -> list[Section]:
    """Return the sections of a Markdown file, the text before any heading first."""
    sections = [Section(0, "")]
    fence = ""
    for line in without_comments(markdown).splitlines():
        lines = sections[-1].lines
        mark = FENCE.match(line)
        if fence:
            fence = "" if line.strip().startswith(fence) and not line.strip(" `~") else fence
        elif mark:
            fence = mark[1]
        elif len(sections) <= MOST_SECTIONS and (found := _heading(line, lines)):
            sections.append(found)
            continue
        lines.append(line)
    return sections


def fields_of(section: Section) -> Iterator[tuple[str, str, str]]:
    """Yield the lines such as ``- **Curated by:** somebody``: key, name and value."""
    for line in section.lines:
        if found := _field(line):
            yield key_of(found[1]), found[1], found[2] or ""


def prose_of(section: Section, *, fields: bool) -> str:
    """Return the Markdown of a section, with its fields that have a value or without any."""
    return "\n".join(
        line
        for line in section.lines
        if (found := _field(line)) is None or (fields and found[2] is not None)
    )


def _field(line: str) -> re.Match[str] | None:
    found = FIELD.fullmatch(line.strip())
    return found if found and ":" in line else None


def _heading(line: str, above: list[str]) -> Section | None:
    """Return the section that a line opens; an underlined one takes its heading from above."""
    if len(line) > LONGEST_HEADING:
        return None
    if found := HEADING.fullmatch(line):
        return Section(len(found[1]), (found[2] or "").strip(" \t#"))
    if found := QUESTION.fullmatch(line.strip()):
        return Section(QUESTION_LEVEL, found[1])
    found = UNDERLINE.fullmatch(line)
    if found and above and _may_be_underlined(above):
        return Section(1 if found[1][0] == "=" else 2, above.pop().strip())
    return None


def _may_be_underlined(above: list[str]) -> bool:
    """Tell whether the last line is a paragraph of its own, short enough for a heading."""
    last = above[-1].strip()
    alone = len(above) == 1 or not above[-2].strip()
    return alone and 0 < len(last) <= LONGEST_HEADING and not last.startswith(tuple("-*+>|#"))
