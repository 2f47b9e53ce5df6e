"""Which record set holds the items, and which of its fields are the image, the label, the split."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from labelaudit.errors import InputError, some
from labelaudit.reading.columns import Roles, choose_columns, is_usual_image
from labelaudit.reading.croissant.document import Document, Field, RecordSet
from labelaudit.reading.options import Options

NUMBERS: Final = frozenset({"Float", "Number", "float16", "float32", "float64", "Float64"})
CLASSES: Final = frozenset({"Text", "Integer", "Boolean"})
NAMED: Final = ("image_column", "text_column", "target_column", "split_column", "group_column")
SEVERAL: Final = ("label_columns", "metadata_columns", "annotator_columns")

Fields = Mapping[str, Field]


def items_of(document: Document, options: Options) -> RecordSet:
    """Return the record set of the items.

    Raises
    ------
    InputError
        When there is none, or several could be meant and none was named.
    """
    sets = document.record_sets
    if options.record_set:
        if options.record_set not in sets:
            raise InputError(
                f"{document.path}: there is no record set {options.record_set!r}; found "
                f"{some(map(repr, sets), 12) or 'none'}",
                hint="check --record-set for a typing error",
            )
        return sets[options.record_set]
    found = [each for each in sets.values() if each.holds_items and each.fields]
    labelled = [each for each in found if any("Label" in f.types for f in each.fields)]
    found = labelled if len(found) > 1 and labelled else found
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(
            f"{document.path}: no record set describes items; found "
            f"{some(map(repr, sets), 12) or 'none'}",
            hint="describe them, or scan the folder or table itself",
        )
    raise InputError(
        f"{document.path}: the items could be {some([repr(each.id) for each in found], 12)}",
        hint="say which with --record-set",
    )


def named_fields(record_set: RecordSet) -> dict[str, Field]:
    """Return the fields of a record set by the last part of their names, where that is one's own.

    A field that has parts is left out: they are no column.
    """
    plain = [field for field in record_set.fields if not field.has_parts and field.source]
    times = Counter(_short(field) for field in plain)
    return {_short(field) if times[_short(field)] == 1 else field.id: field for field in plain}


def chosen(
    document: Document, record_set: RecordSet, fields: Fields, options: Options
) -> tuple[Roles, Options]:
    """Return which fields are what: as it is said, else by their types, else by their names.

    Raises
    ------
    InputError
        When several fields could be the label, the image or the split, or there is no label.
    """
    said = _short_options(fields, options)
    typed = _by_type(document, record_set, fields, said)
    images = _images(fields)
    roles = choose_columns(
        record_set.where,
        tuple(fields),
        replace(said, **typed),  # type: ignore[arg-type]
        is_image=lambda name: name in images or (not images and is_usual_image(name)),
        other_labels=[name for name, field in fields.items() if _is_of_classes(document, field)],
    )
    by_type = {
        name for value in typed.values() for name in ([value] if isinstance(value, str) else value)
    }
    why = tuple(
        each.replace(": as asked for", ": by its type")
        if any(f" column {name!r}: as" in each for name in by_type)
        else each
        for each in roles.why
    )
    return replace(roles, why=why), said


def _by_type(
    document: Document, record_set: RecordSet, fields: Fields, said: Options
) -> dict[str, str | tuple[str, ...]]:
    """Return the options that the types of the fields stand for, where nothing else is said."""
    typed: dict[str, str | tuple[str, ...]] = {}
    labels = [name for name, field in fields.items() if "Label" in field.types]
    if not (said.label_columns or said.target_column) and labels:
        _one(record_set, "label", labels)
        types = fields[labels[0]].types
        if types & NUMBERS and not types & CLASSES:
            typed["target_column"] = labels[0]
        else:
            typed["label_columns"] = (labels[0],)
    splits = [name for name, field in fields.items() if _is_split(document, field)]
    if not said.split_column and splits:
        typed["split_column"] = _one(record_set, "split", splits)
    images = [name for name, field in fields.items() if "ImageObject" in field.types]
    if not (said.image_column or said.text_column) and images:
        typed["image_column"] = _one(record_set, "image", images)
    return typed


def _one(record_set: RecordSet, role: str, names: Sequence[str]) -> str:
    if len(names) > 1:
        raise InputError(
            f"{record_set.where}: the {role} field could be {some(map(repr, names), 12)}",
            hint=f"say which with --{role}-column",
        )
    return names[0]


def _images(fields: Fields) -> set[str]:
    """Return the fields that are images by their type, or else that hold their paths."""
    typed = {name for name, field in fields.items() if "ImageObject" in field.types}
    return typed or {name for name, field in fields.items() if field.is_path}


def _is_split(document: Document, field: Field) -> bool:
    return "Split" in field.types or "Split" in _types_referred_to(document, field)


def _is_of_classes(document: Document, field: Field) -> bool:
    return "Enumeration" in _types_referred_to(document, field)


def _types_referred_to(document: Document, field: Field) -> frozenset[str]:
    """Return the types of the record set that a field refers to."""
    if field.references is None:
        return frozenset()
    target = document.fields.get(field.references.node)
    name = target.record_set if target else field.references.node
    found = document.record_sets.get(name)
    return found.types if found else frozenset()


def _short_options(fields: Fields, options: Options) -> Options:
    """Return options with the last part of a field's name where the whole is given."""
    short = {field.id: name for name, field in fields.items()}
    one = {name: short.get(getattr(options, name), getattr(options, name)) for name in NAMED}
    several = {
        name: tuple(short.get(each, each) for each in getattr(options, name)) for name in SEVERAL
    }
    return replace(options, **one, **several)  # type: ignore[arg-type]


def _short(field: Field) -> str:
    return field.id.removeprefix(field.record_set).rpartition("/")[2] or field.id
