"""Strict JSON, and what the names in a Croissant file mean by its ``@context``."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from labelaudit.errors import InputError

SC: Final = "http://schema.org/"
CR: Final = "http://mlcommons.org/croissant/"
RAI: Final = "http://mlcommons.org/croissant/RAI/"
DCT: Final = "http://purl.org/dc/terms/"
DQV: Final = "http://www.w3.org/ns/dqv#"
PROV: Final = "http://www.w3.org/ns/prov#"
# What a file means by a prefix that its context leaves out.
PREFIXES: Final = {
    "sc": SC,
    "schema": SC,
    "cr": CR,
    "rai": RAI,
    "dct": DCT,
    "dqv": DQV,
    "prov": PROV,
}
COMMON: Final = (RAI, CR, SC, DCT)
DEEPEST: Final = 60
HINT: Final = "a Croissant file is one JSON object; write it again with the tool that made it"

Json = dict[str, object]


def parsed(text: str, where: str) -> Json:
    """Return the object that a JSON text is.

    Raises
    ------
    InputError
        When it is no JSON or no object, holds a key twice or a number that JSON has not, or is
        nested beyond reason.
    """
    twice: list[str] = []

    def unique(pairs: list[tuple[str, object]]) -> Json:
        keys = dict(pairs)
        if len(keys) < len(pairs) and not twice:
            twice.extend(name for name, _ in Counter(name for name, _ in pairs).most_common(1))
        return keys

    def refuse(literal: str) -> float:
        raise InputError(f"{where}: {literal} is no number of JSON", hint=HINT)

    try:
        found = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{where}: {place}: no JSON; {error.msg}", hint=HINT) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: no JSON that can be read; {error}", hint=HINT) from None
    if twice:
        raise InputError(
            f"{where}: an object has the key {twice[0][:60]!a} twice",
            hint="keep the one that is meant",
        )
    if not isinstance(found, dict):
        raise InputError(f"{where}: found {kind(found)} where an object should be", hint=HINT)
    if _is_deep(found):
        raise InputError(f"{where}: nested more than {DEEPEST} levels deep", hint=HINT)
    return found


def _is_deep(found: object) -> bool:
    """Tell whether something is nested beyond reason."""
    level = [found]
    for _ in range(DEEPEST):
        level = [child for each in level for child in children(each)]
    return bool(level)


def children(found: object) -> Iterator[object]:
    """Yield what an object or a list holds."""
    if isinstance(found, dict):
        yield from found.values()
    elif isinstance(found, list):
        yield from found


def kind(found: object) -> str:
    """Say what kind of JSON something is.

    Examples
    --------
    >>> kind([]), kind(None), kind(1.5)
    ('a list', 'null', 'a number')
    """
    if found is None:
        return "null"
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return names.get(type(found), "a number")


def entries(found: object) -> list[object]:
    """Return a list; what is none, as its only entry; nothing, as an empty one."""
    if isinstance(found, list):
        return found
    return [] if found is None else [found]


@dataclass(frozen=True, slots=True)
class Context:
    """What the names in a JSON-LD document mean.

    Attributes
    ----------
    terms
        From a term or prefix to what it stands for, as it is written.
    vocab
        What stands before a name that is no term.
    """

    terms: Mapping[str, str]
    vocab: str

    def iri(self, name: str) -> str:
        """Return the full name of a property or type, with ``http`` where it has ``https``."""
        term = self.terms.get(name, name)
        prefix, colon, rest = term.partition(":")
        if not colon:
            term = self.vocab + term
        elif not rest.startswith("//"):
            start = self.terms.get(prefix) or PREFIXES.get(prefix)
            term = start + rest if start else term
        return plain_iri(term)

    def local(self, name: str) -> str:
        """Return a name without the namespace that Croissant takes it from.

        ``field``, ``cr:field`` and ``sc:field`` are ``field``; ``rai:dataBiases`` stays.
        """
        iri = self.iri(name)
        for namespace in COMMON[1:]:
            if iri.startswith(namespace) and not iri.startswith(RAI):
                return iri.removeprefix(namespace)
        return "rai:" + iri.removeprefix(RAI) if iri.startswith(RAI) else iri

    def prefix(self, namespace: str) -> str | None:
        """Return the prefix that stands for a namespace, if one is declared."""
        found = [term for term, meaning in self.terms.items() if plain_iri(meaning) == namespace]
        return min(found, key=lambda term: (len(term), term)) if found else None


def context_of(document: Json) -> Context:
    """Return what the ``@context`` of a document declares."""
    terms: dict[str, str] = {}
    vocab = "https://schema.org/"
    for part in entries(document.get("@context")):
        declared = cast("Json", part) if isinstance(part, dict) else {}
        for term, meaning in declared.items():
            said = cast("Json", meaning).get("@id") if isinstance(meaning, dict) else meaning
            if term == "@vocab" and isinstance(said, str):
                vocab = said
            elif isinstance(said, str) and not term.startswith("@"):
                terms[term] = said
    return Context(terms, vocab)


def plain_iri(iri: str) -> str:
    """Return a name with ``http`` where it has ``https``: both are in use for one vocabulary."""
    return "http://" + iri.removeprefix("https://") if iri.startswith("https://") else iri
