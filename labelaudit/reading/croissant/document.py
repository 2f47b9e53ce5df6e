"""What a Croissant file says: its resources, record sets, fields and where these come from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar, cast

from labelaudit.errors import InputError
from labelaudit.json_ld import Json, context_of, entries, parsed
from labelaudit.reading.croissant.part import HINT, Part, part

MOST_BYTES: Final = 1 << 26
EXTRACTS: Final = ("column", "fileProperty", "jsonPath")
TRANSFORMS: Final = ("regex", "separator", "jsonPath", "format", "replace")
NO_ITEMS: Final = frozenset({"Enumeration", "Split"})

_N = TypeVar("_N", "Resource", "RecordSet", "Field")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A FileObject, or a FileSet where it has patterns.

    Attributes
    ----------
    where, id
        As messages name it, and its name in the file.
    url
        Where the file is; empty for a FileSet.
    includes, excludes
        Patterns of the files of a FileSet.
    inside
        What it is contained in.
    format
        Media type.
    sha256, md5
        Hash of the file, if it is given.
    """

    where: str
    id: str
    is_set: bool
    url: str
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    inside: tuple[str, ...]
    format: str
    sha256: str
    md5: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where values come from.

    Attributes
    ----------
    node
        The resource or field that holds them.
    extract
        What of it: ``column``, ``fileProperty`` or ``jsonPath``, and which; empty for a field.
    transforms
        What is done to each value, in order.
    """

    where: str
    node: str
    extract: tuple[str, str] = ("", "")
    transforms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a record set."""

    where: str
    id: str
    record_set: str
    types: frozenset[str]
    is_path: bool
    source: Source | None
    references: Source | None
    has_parts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSet:
    """Records and their fields; ``data`` are records that stand in the file itself."""

    where: str
    id: str
    types: frozenset[str]
    fields: tuple[Field, ...]
    keys: tuple[str, ...]
    data: tuple[Json, ...] | None

    @property
    def holds_items(self) -> bool:
        """Whether it can be the one of the items: it lists no classes, splits or fixed records."""
        return not self.types & NO_ITEMS and self.data is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A Croissant file."""

    path: Path
    name: str
    resources: dict[str, Resource]
    record_sets: dict[str, RecordSet]
    fields: dict[str, Field]


def read_document(path: Path) -> Document:
    """Read a Croissant file.

    Raises
    ------
    InputError
        When it is none, or holds something else than what belongs there.
    """
    where = str(path)
    context_and_root = parsed(_text(path), where)
    root = part(where, context_and_root, context_of(context_and_root))
    root = Part(where, root.own, root.context)
    if "@graph" in root.own:
        raise InputError(
            f"{where}: @graph: a file of several graphs is not read",
            hint="write the dataset as one object, as the tools of Croissant do",
        )
    resources = _by_id([_resource(each) for each in root.parts("distribution")], where)
    record_sets = _by_id([_record_set(each) for each in root.parts("recordSet")], where)
    fields = [field for each in record_sets.values() for field in each.fields]
    return Document(
        path=path,
        name=root.text("name"),
        resources=resources,
        record_sets=record_sets,
        fields=_by_id(fields, where),
    )


def _text(path: Path) -> str:
    """Return the text of a file of no more than a sane size."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(
                f"{path}: larger than {MOST_BYTES >> 20} MB",
                hint="a Croissant file describes a dataset; its records lie in other files",
            )
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read; {error.strerror}", hint="name a readable file"
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8; byte {error.start + 1}", hint="save it as UTF-8"
        ) from None


def _by_id(found: list[_N], where: str) -> dict[str, _N]:
    """Return nodes by their names; refuse a name that two have."""
    named: dict[str, _N] = {}
    for each in found:
        if each.id in named:
            raise InputError(f"{each.where}: the @id comes twice in {where}", hint=HINT)
        named[each.id] = each
    return named


def _id(node: Part, inside: str = "") -> str:
    """Return the name of a node: its ``@id``, in older files its name."""
    name = node.text("@id")
    if name:
        return name
    name = node.text("name")
    if not name:
        raise InputError(f"{node.where}: it has neither an @id nor a name", hint=HINT)
    return f"{inside}/{name}" if inside and "/" not in name else name


def _resource(node: Part) -> Resource:
    kinds = node.types("@type")
    return Resource(
        where=node.where,
        id=_id(node),
        is_set="FileSet" in kinds,
        url=node.text("contentUrl"),
        includes=node.texts("includes"),
        excludes=node.texts("excludes"),
        inside=_containers(node),
        format=" ".join(node.texts("encodingFormat")),
        sha256=node.text("sha256").lower(),
        md5=node.text("md5").lower(),
    )


def _containers(node: Part) -> tuple[str, ...]:
    """Return what a resource lies in, a source with a file or set included."""
    found = entries(node.own.get("containedIn"))
    if any(isinstance(each, dict) and "@id" not in each for each in found):
        inner = [
            name
            for each in node.parts("containedIn")
            for key in ("fileObject", "fileSet")
            for name in each.references(key)
        ]
        if not inner:
            raise node.wrong("containedIn", found[0], "a reference with an @id")
        return tuple(inner)
    return node.references("containedIn")


def _record_set(node: Part) -> RecordSet:
    name = _id(node)
    data = node.own.get("data")
    rows = None if data is None else entries(data)
    for row in rows or ():
        if not isinstance(row, dict):
            raise node.wrong("data", row, "an object")
    return RecordSet(
        where=node.where,
        id=name,
        types=node.types("dataType"),
        fields=tuple(_field(each, name) for each in node.parts("field")),
        keys=node.references("key"),
        data=None if rows is None else tuple(cast("list[Json]", rows)),
    )


def _field(node: Part, record_set: str) -> Field:
    name = _id(node, record_set)
    sources = node.own.get("source")
    references = node.own.get("references")
    return Field(
        where=node.where,
        id=name,
        record_set=record_set,
        types=node.types("dataType"),
        is_path="contentUrl" in node.types("equivalentProperty"),
        source=None if sources is None else _source(node, "source"),
        references=None if references is None else _source(node, "references"),
        has_parts="subField" in node.own,
    )


def _source(node: Part, name: str) -> Source:
    """Return a source, or the target of a reference, in whichever form it is written."""
    found = node.own[name]
    if isinstance(found, str):
        return Source(where=node.where, node=found)
    parts = node.parts(name)
    if len(parts) != 1:
        raise InputError(
            f"{node.where}: {name}: {len(parts)} are given, and one is read", hint=HINT
        )
    (source,) = parts
    targets = [
        target
        for key in ("field", "fileObject", "fileSet", "distribution", "recordSet")
        for target in source.references(key)
    ] or list(filter(None, [source.text("@id")]))
    if len(targets) != 1:
        raise InputError(
            f"{source.where}: names {len(targets)} sources where one should be", hint=HINT
        )
    extract = ("", "")
    for each in source.parts("extract"):
        for key in EXTRACTS:
            if each.text(key):
                extract = (key, each.text(key))
    transforms = []
    for each in source.parts("transform"):
        transforms += [(key, each.text(key)) for key in TRANSFORMS if each.own.get(key) is not None]
    if source.own.get("format") is not None:
        transforms.append(("format", source.text("format")))
    return Source(
        where=source.where, node=targets[0], extract=extract, transforms=tuple(transforms)
    )
