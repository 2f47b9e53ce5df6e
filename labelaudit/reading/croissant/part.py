"""One object of a Croissant file, of which every value is looked at before it is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from labelaudit.errors import InputError
from labelaudit.json_ld import Context, Json, entries, kind
from labelaudit.reading.rows import quoted

HINT = "see https://docs.mlcommons.org/croissant for what belongs there"


@dataclass(frozen=True, slots=True)
class Part:
    """An object and where it stands.

    Attributes
    ----------
    where
        The file and the object as a message names them.
    own
        Its values by their names without prefixes.
    context
        What the names of the file mean.
    """

    where: str
    own: Mapping[str, object]
    context: Context

    def text(self, name: str) -> str:
        """Return a text, of several languages the English or first one; empty if there is none."""
        found = self.own.get(name)
        if isinstance(found, list) and len(found) == 1:
            (found,) = found
        if isinstance(found, dict):
            said = cast("Json", found)
            found = said.get("@value") or said.get("en") or next(iter(said.values()), None)
        if found is None:
            return ""
        if not is_text(found):
            raise self.wrong(name, found, "a text")
        return cast("str", found)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return one text or several."""
        found = entries(self.own.get(name))
        for each in found:
            if not is_text(each):
                raise self.wrong(name, each, "a text")
        return cast("tuple[str, ...]", tuple(found))

    def types(self, name: str) -> frozenset[str]:
        """Return types without their prefixes, given by name or as objects with an ``@id``."""
        return frozenset(self.context.local(each) for each in self.references(name))

    def references(self, name: str) -> tuple[str, ...]:
        """Return the ``@id`` of what is referred to, as an object or a plain text."""
        found = []
        for each in entries(self.own.get(name)):
            said = cast("Json", each).get("@id") if isinstance(each, dict) else each
            if not is_text(said):
                raise self.wrong(name, each, "a reference with an @id")
            found.append(cast("str", said))
        return tuple(found)

    def parts(self, name: str) -> tuple["Part", ...]:
        """Return the objects that a property holds."""
        found = []
        for each in entries(self.own.get(name)):
            if not isinstance(each, dict):
                raise self.wrong(name, each, "an object")
            found.append(part(f"{self.where}: {name}", cast("Json", each), self.context))
        return tuple(found)

    def wrong(self, name: str, found: object, wanted: str) -> InputError:
        """Return the error about a value of another kind."""
        what = "a text that is no Unicode" if isinstance(found, str) else kind(found)
        return InputError(f"{self.where}: {name}: found {what} where {wanted} should be", hint=HINT)


def is_text(found: object) -> bool:
    """Tell whether something is a text that can be written: JSON may hold half a character."""
    if not isinstance(found, str):
        return False
    try:
        found.encode()
    except UnicodeEncodeError:
        return False
    return True


def part(where: str, value: Json, context: Context) -> Part:
    """Return an object of a Croissant file, named by its ``@id`` or name if it has one."""
    own = {key if key.startswith("@") else context.local(key): each for key, each in value.items()}
    name = own.get("@id", own.get("name"))
    if isinstance(name, str):
        where = f"{where} {quoted(name)}"
    return Part(where, own, context)
