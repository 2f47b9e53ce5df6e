"""A CITATION.cff, by the Citation File Format 1.2.0."""

from collections.abc import Iterator
from typing import Final

from labelaudit.report import Statement
from labelaudit.statements.data import Mapping, entries, listed, mapping, read_yaml, words
from labelaudit.statements.papers import Kind
from labelaudit.statements.plain import states

NAME_PARTS: Final = ("given-names", "name-particle", "family-names", "name-suffix")


def citation_file(text: str, name: str) -> Iterator[Statement]:
    """Yield what a citation file states."""
    found = mapping(read_yaml(text))
    preferred = mapping(found.get("preferred-citation"))
    yield from states("version", words(found.get("version")), f"{name}: version")
    yield from states("description", words(found.get("abstract")), f"{name}: abstract")
    for key in ("license", "license-url"):
        said = listed((words(kind) for kind in entries(found.get(key))), ", ")
        yield from states("license", said, f"{name}: {key}")
    yield from states("creators", _people(found.get("authors")), f"{name}: authors")
    yield from states("maintenance", _people(found.get("contact")), f"{name}: contact")
    for key in ("url", "repository", "repository-code"):
        yield from states("homepage", words(found.get(key)), f"{name}: {key}")
    yield from states("citation", _reference(preferred), f"{name}: preferred-citation")
    yield from states("citation", _reference(found), f"{name}: title")


def _people(found: object) -> str:
    """Return the names of persons and of what is no person."""
    return listed((_name(mapping(person)) for person in entries(found)), ", ")


def _name(person: Mapping) -> str:
    parts = (words(person.get(part)) for part in NAME_PARTS)
    return words(person.get("name")) or " ".join(part for part in parts if part)


def _reference(found: Mapping) -> str:
    """Return a reference in one line: who, when, what, where."""
    title = words(found.get("title"))
    if not title:
        return ""
    year = words(found.get("year")) or words(found.get("date-released"))[:4]
    who = " ".join(
        part for part in (_people(found.get("authors")), f"({year})" if year else "") if part
    )
    doi = words(found.get("doi"))
    where = f"https://doi.org/{doi}" if doi else words(found.get("url"))
    version = words(found.get("version"))
    parts = [who, f"{title}, version {version}" if version else title, where]
    return ". ".join(part for part in parts if part)


CITATION_FILE: Final = Kind(names=("citation.cff",), states=citation_file)
