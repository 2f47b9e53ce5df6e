"""What a dataset's papers state, topic by topic, as it is printed."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from labelaudit.report import TOPICS, Report

FOLDED_FROM: Final = 320
SHORTEST_START: Final = 120
# Characters that an address may hold; no others, so that none looks like what it is not.
ADDRESS: Final = re.compile(r"https://[A-Za-z0-9._~:/?#@!$&'*+,;=%-]+")
HOST: Final = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; the address that it leads to is its own words, or empty."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One topic.

    Attributes
    ----------
    topic, title
        Its name, and as a reader says it.
    start, rest
        The text in pieces; the rest of a long one is folded. Both are empty when nothing is
        stated.
    source
        The file and the place that state it.
    """

    topic: str
    title: str
    start: tuple[Piece, ...] = ()
    rest: tuple[Piece, ...] = ()
    source: str = ""


def topics(report: Report) -> tuple[Stated, ...]:
    """Return every topic in its order, those that no paper states included."""
    found = {statement.topic: statement for statement in report.dataset.statements}
    stated = []
    for topic, title in TOPICS.items():
        if topic not in found:
            stated.append(Stated(topic=topic, title=title))
            continue
        start, rest = folded(found[topic].text)
        stated.append(
            Stated(
                topic=topic,
                title=title,
                start=pieces(start),
                rest=pieces(rest),
                source=found[topic].source,
            )
        )
    return tuple(stated)


def folded(text: str) -> tuple[str, str]:
    """Return the start of a text, which ends with a sentence where it can, and the rest.

    Examples
    --------
    >>> folded("Short.")
    ('Short.', '')
    """
    if len(text) <= FOLDED_FROM:
        return text, ""
    head = text[:FOLDED_FROM]
    at = head.rfind(". ") + 1
    if at < SHORTEST_START:
        at = head.rfind(" ")
    at = at if at > 0 else FOLDED_FROM
    return text[:at], text[at:].lstrip()


def pieces(text: str) -> tuple[Piece, ...]:
    """Return a text in pieces, the addresses in it apart.

    Examples
    --------
    >>> [piece.address for piece in pieces("See https://example.org/a.")]
    ['', 'https://example.org/a', '']
    """
    found, at = [], 0
    for match in ADDRESS.finditer(text):
        address = match[0].rstrip(".,;:!?'*")
        if is_safe(address):
            found += [Piece(text[at : match.start()]), Piece(address, address)]
            at = match.start() + len(address)
    return tuple(piece for piece in (*found, Piece(text[at:])) if piece.text)


def is_safe(address: str) -> bool:
    """Tell whether an address may be a link: https, a plain host, nobody's name before it."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    plain = HOST.fullmatch(host) is not None and "@" not in parts.netloc
    return parts.scheme == "https" and plain and port in (None, 443)
