"""Names for what labelaudit writes, in the words that a file's own context has for them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, cast

from labelaudit.json_ld import CR, DCT, DQV, PROV, RAI, SC, Context, Json

NAMESPACES: Final = MappingProxyType(
    {"sc": SC, "cr": CR, "rai": RAI, "dct": DCT, "dqv": DQV, "prov": PROV}
)
HTTPS: Final = "https://schema.org/"  # what the reference implementation writes
# Properties that some files take from Croissant and others from schema.org.
EITHER: Final = frozenset({"annotation", "value"})


def missing_prefixes(context: Context, names: Iterable[str]) -> dict[str, str]:
    """Return the prefixes that some names need and a context does not declare.

    A prefix that stands for something else there is left alone.
    """
    needed = {name.partition(":")[0] for name in names}
    return {
        prefix: _as_in(context, namespace)
        for prefix, namespace in NAMESPACES.items()
        if prefix in needed and context.prefix(namespace) is None and prefix not in context.terms
    }


def with_prefixes(context: Context, added: Mapping[str, str]) -> Context:
    """Return a context that declares more prefixes."""
    return replace(context, terms={**context.terms, **added})


def used_names(value: object) -> Iterator[str]:
    """Yield the names with a prefix that a node of ours uses."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield key
            yield from used_names(child)
    elif isinstance(value, list):
        for child in value:
            yield from used_names(child)
    elif isinstance(value, str) and value.partition(":")[0] in NAMESPACES:
        yield value


def renamed(value: object, context: Context) -> object:
    """Return a node of ours with the names of a file's context."""
    if isinstance(value, list):
        return [renamed(child, context) for child in value]
    if not isinstance(value, dict):
        return value
    node: Json = {}
    for key, child in cast("Json", value).items():
        if key in {"@type", "cr:dataType"}:
            named = _types(child, context)
        else:
            named = renamed(child, context)
        node[key if key.startswith("@") else property_name(key, context)] = named
    return node


def _types(value: object, context: Context) -> object:
    if isinstance(value, list):
        return [_types(child, context) for child in value]
    return type_name(value, context) if isinstance(value, str) else renamed(value, context)


def property_name(name: str, context: Context) -> str:
    """Return the name of a property such as ``cr:field``, the shortest that a context has."""
    prefix, _, rest = name.partition(":")
    namespace = NAMESPACES[prefix]
    is_either = prefix == "cr" and rest in EITHER
    wanted = {SC + rest, CR + rest} if is_either else {namespace + rest}
    if rest in context.terms:
        if context.iri(rest) in wanted:
            return rest
    elif context.iri(rest) in wanted and (prefix == "sc" or name == "cr:value"):
        return rest
    if name == "cr:value":
        prefix = "sc"  # where the reference implementation looks for it
    return type_name(f"{prefix}:{rest}", context)


def type_name(name: str, context: Context) -> str:
    """Return the name of a type such as ``cr:Field`` with the prefix that a context has."""
    prefix, _, rest = name.partition(":")
    declared = context.prefix(NAMESPACES[prefix])
    return f"{declared}:{rest}" if declared else _as_in(context, NAMESPACES[prefix]) + rest


def _as_in(context: Context, namespace: str) -> str:
    """Return a namespace as a file writes it: schema.org's is in use with http and with https."""
    if namespace != SC:
        return namespace
    written = [context.vocab, *context.terms.values()]
    return next((each for each in written if each in (SC, HTTPS)), HTTPS)
