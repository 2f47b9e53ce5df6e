"""Which column of a table is the image or text, the label, the split, the group, an annotator."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from labelaudit.errors import InputError, some
from labelaudit.reading.options import Options

USUAL = {
    "image": ("path", "image", "file_name", "filename", "file", "image_path", "filepath"),
    "text": ("text", "sentence", "content"),
    "label": ("label", "labels", "class", "class_name", "target", "category"),
    "split": ("split", "subset"),
    "group": ("group", "group_id", "patient_id"),
    "id": ("id",),
}
ANNOTATOR = re.compile(r"annotator(?!s?[ _-]?(id|name|count)?s?$)(?!s[ _-]).+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The columns that a table is read by; empty where there is none.

    Attributes
    ----------
    image, text, split, group, id
        Name of the column; there is no image column beside one of texts.
    labels
        The label column, or several of one class each.
    annotators
        One column an annotator.
    why
        What was taken and why, in words.
    """

    image: str = ""
    text: str = ""
    labels: tuple[str, ...] = ()
    split: str = ""
    group: str = ""
    id: str = ""
    annotators: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


def is_file_name(name: str) -> bool:
    """Tell whether a column names the files of an imagefolder."""
    return name == "file_name" or name.endswith("_file_name")


def is_usual_image(name: str) -> bool:
    """Tell whether a column has one of the usual names for images."""
    return _plain(name) in USUAL["image"]


def is_usual_text(name: str) -> bool:
    """Tell whether a column has one of the usual names for texts."""
    return _plain(name) in USUAL["text"]


def wanted_columns(
    options: Options, is_image: Callable[[str], bool] = is_usual_image
) -> Callable[[str], bool]:
    """Return what tells by its name whether a column can be needed at all.

    Texts are read when it is known that there are no images: beside these they are not needed.
    """
    usual = {name for role, names in USUAL.items() if role != "text" for name in names}
    named = _named(options)
    return lambda name: (
        bool(name)
        and (
            name in named
            or is_image(name)
            or _plain(name) in usual
            or ANNOTATOR.fullmatch(name) is not None
        )
    )


def choose_columns(
    where: str,
    names: Sequence[str],
    options: Options,
    *,
    is_image: Callable[[str], bool] = is_usual_image,
    other_labels: Sequence[str] = (),
) -> Roles:
    """Choose a table's columns by the options, else by their usual names.

    Parameters
    ----------
    where
        The manifest as a message names it.
    names
        Names of the columns.
    options
        What the user said.
    is_image
        Tells by its name whether a column can be the one of the images.
    other_labels
        Columns that can be the label when none has a usual name.

    Raises
    ------
    InputError
        When a column that was asked for is not there, there is no label column, or several
        could be meant.
    """
    named = _named(options)
    free = [name for name in names if name and name not in named]
    usual = {role: [n for n in free if _plain(n) in USUAL[role]] for role in USUAL}
    usual["image"] = [name for name in free if is_image(name)]
    usual["label"] = usual["label"] or [name for name in other_labels if name in free]
    asked = _asked(options)
    found = {role: asked.get(role) or usual[role] for role in USUAL}
    if options.text_column and not options.image_column:
        found["image"] = []
    if found["image"]:
        found["id"] = []
        found["text"] = asked["text"]
    _check_columns(where, names, asked, found)
    annotators = asked["annotator"] or [name for name in free if ANNOTATOR.fullmatch(name)]
    if len(annotators) == 1 and not asked["annotator"]:
        annotators = []  # one column is no disagreement; it may as well name the annotator
    roles = ("image", "text", "split", "group", "id")
    single = {role: (found[role] or [""])[0] for role in roles}
    return Roles(
        **single,
        labels=tuple(found["label"]),
        annotators=tuple(annotators),
        why=_why(names, single | {"annotator": annotators, "label": found["label"]}, asked),
    )


def refuse_options(where: str, options: Options, allowed: Sequence[str] = ()) -> None:
    """Raise for options about columns that a format without columns cannot follow."""
    given = [
        f"--{field.name.removesuffix('s').replace('_', '-')}"
        for field in fields(options)
        if field.name not in {"format", *allowed} and getattr(options, field.name)
    ]
    if given:
        raise InputError(
            f"{where}: {some(given)} {'have' if len(given) > 1 else 'has'} no effect on this "
            "format, which has no columns to choose from",
            hint="leave out what has no effect",
        )


def _asked(options: Options) -> dict[str, list[str]]:
    """Return the columns that the options name, by role."""
    return {
        "image": [options.image_column] if options.image_column else [],
        "text": [options.text_column] if options.text_column else [],
        "label": list(options.label_columns),
        "split": [options.split_column] if options.split_column else [],
        "group": [options.group_column] if options.group_column else [],
        "annotator": list(options.annotator_columns),
    }


def _named(options: Options) -> set[str]:
    """Return the columns that the options name."""
    return {column for columns in _asked(options).values() for column in columns}


def _plain(name: str) -> str:
    return name.strip().casefold()


def _check_columns(
    where: str, names: Sequence[str], asked: dict[str, list[str]], found: dict[str, list[str]]
) -> None:
    """Raise for columns that are missing or not clear, all at once."""
    problems, hints = [], []
    for role, columns in asked.items():
        missing = [column for column in columns if column not in names]
        if missing:
            problems.append(f"there is no {role} column {some(map(repr, missing))}")
            hints.append(f"check --{role}-column for a typing error")
        twice = sorted({column for column in columns if columns.count(column) > 1})
        if twice:
            problems.append(f"the {role} column {some(map(repr, twice))} is asked for twice")
            hints.append(f"name each --{role}-column once")
    for role, columns in found.items():
        if len(columns) > 1 and not asked.get(role):
            problems.append(f"the {role} column could be {some(map(repr, columns))}")
            hints.append(f"say which with --{role}-column" if role != "id" else "keep one of them")
    if found["image"] and found["text"]:
        problems.append("an image column and a text column are asked for")
        hints.append("the items are either: leave out --image-column or --text-column")
    if not found["label"]:
        problems.append("there is no label column")
        first_line = "; the first line must name the columns"
        is_text = where.lower().endswith((".csv", ".tsv"))
        hints.append("name it with --label-column" + first_line * is_text)
    if problems:
        raise InputError(
            f"{where}: {'; '.join(problems)}; found {some(map(repr, names), 12) or 'no columns'}",
            hint="; ".join(hints),
        )


def _why(
    names: Sequence[str], roles: dict[str, str | list[str]], asked: dict[str, list[str]]
) -> tuple[str, ...]:
    """Say which columns were taken, and which were not read."""
    why = []
    read: set[str] = set()
    for role, taken in roles.items():
        columns = [taken] if isinstance(taken, str) else taken
        if not any(columns):
            if role == "image" and not roles["text"]:
                why.append(f"no {role} column")
            continue
        read.update(columns)
        reason = "as asked for" if asked.get(role) else "the only one of the usual names"
        if role == "annotator":
            why.append(f"{len(columns)} annotator columns: {some(map(repr, columns))}")
        elif role == "label" and len(columns) > 1:
            why.append(f"{len(columns)} class columns {some(map(repr, columns))}: as asked for")
        else:
            why.append(f"{role} column {columns[0]!r}: {reason}")
    others = [name for name in names if name not in read]
    if others:
        why.append(f"columns that were not read: {some(map(repr, others))}")
    return tuple(why)
