"""Tags that lead the reader of a page elsewhere unasked, which no policy within it can stop."""

import re
from html.parser import HTMLParser
from typing import Final

TAG: Final = re.compile(r"<(?:meta|link)\b", re.IGNORECASE)
LONGEST: Final = 4000  # characters of a tag that is read; ours have a tenth of it


def exit_of(page: str) -> str:
    """Return the first tag that leaves a page or reaches out of it by itself; empty without one.

    A page of ours has no ``link``, and a ``meta`` that refreshes only from a template of somebody
    else's, as what is printed is escaped.

    Parameters
    ----------
    page
        HTML.

    Examples
    --------
    >>> exit_of('<p>&lt;meta</p><META content="0;url=//evil.example" http-equiv="re&#102;resh">')
    'meta'
    """
    for found in TAG.finditer(page):
        tag = _Tag()
        tag.feed(page[found.start() : found.start() + LONGEST])
        if tag.name is None or tag.name == "link" or tag.refreshes:
            return found[0][1:].lower()
    return ""


class _Tag(HTMLParser):
    """What the first tag of some HTML is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.name: str | None = None
        self.refreshes = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.name is None:
            self.name = tag
            self.refreshes = any(
                name == "http-equiv" and (value or "").strip().lower() == "refresh"
                for name, value in attrs
            )
