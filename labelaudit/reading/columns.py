"""Which column of a table is the image or text, the label, the split, the group, an annotator."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labelaudit.errors import InputError, some
from labelaudit.reading.column_checks import check_columns, why_columns
from labelaudit.reading.options import Options

USUAL = {
    "image": ("path", "image", "file_name", "filename", "file", "image_path", "filepath"),
    "text": ("text", "sentence", "content"),
    "label": ("label", "labels", "class", "class_name", "target", "category"),
    "split": ("split", "subset"),
    "group": ("group", "group_id", "patient_id"),
    "id": ("id",),
}
ORDER = (
    *("image", "text", "split", "group", "id", "annotators", "annotator", "judgement"),
    *("label", "target", "metadata"),
)
BESIDE = ("--annotations", "--annotations-columns", "--class-order")  # of no column
ANNOTATOR = re.compile(r"annotator(?!s?[ _-]?(id|name|count)?s?$)(?!s[ _-]).+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The columns that a table is read by; empty where there is none.

    Attributes
    ----------
    image, text, split, group, id
        Name of the column; there is no image column beside one of texts.
    labels
        The label column, or several of one class each; none where judgements are all there is.
    target
        The column of numbers that are the labels.
    annotators
        One column an annotator.
    annotator
        The column that names the annotator of each row, where an item has several rows.
    judgement
        The column of lists of judgements, or of one judgement where ``annotator`` is a column.
    metadata
        Columns to slice by.
    why
        What was taken and why, in words.
    """

    image: str = ""
    text: str = ""
    labels: tuple[str, ...] = ()
    target: str = ""
    split: str = ""
    group: str = ""
    id: str = ""
    annotators: tuple[str, ...] = ()
    annotator: str = ""
    judgement: str = ""
    metadata: tuple[str, ...] = ()
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
    asked = _asked(options)
    taken = {column for role, columns in asked.items() if role != "metadata" for column in columns}
    free = [name for name in names if name and name not in taken]
    usual = {role: [n for n in free if _plain(n) in USUAL[role]] for role in USUAL}
    usual["image"] = [name for name in free if is_image(name)]
    usual["label"] = usual["label"] or [name for name in other_labels if name in free]
    found = {role: asked.get(role) or usual.get(role, []) for role in ORDER}
    if options.text_column and not options.image_column:
        found["image"] = []
    if found["image"]:
        found["id"] = []
        found["text"] = asked["text"]
    if found["target"]:
        found["label"] = []
    no_label = bool(options.target_column or options.judgement_column or options.annotations)
    check_columns(where, names, asked, found, no_label=no_label)
    found |= _judgements(asked, found, free)
    several = {"label", "annotators", "metadata"}
    return Roles(
        **{role: columns[0] for role, columns in found.items() if columns and role not in several},
        labels=tuple(found["label"]),
        annotators=tuple(found["annotators"]),
        metadata=tuple(found["metadata"]),
        why=why_columns(names, found, asked),
    )


def _judgements(
    asked: dict[str, list[str]], found: dict[str, list[str]], free: list[str]
) -> dict[str, list[str]]:
    """Return the roles of the columns of judgements.

    One column that is asked for names the annotator of each row. The label column then holds
    the judgements, and the items have no label, unless another column is named for these.
    """
    if len(asked["annotator"]) == 1:
        moved = not asked["judgement"] and len(found["label"]) == 1
        return {"judgement": found["label"], "label": []} if moved else {}
    likely = [name for name in free if ANNOTATOR.fullmatch(name) and name not in asked["metadata"]]
    columns = asked["annotator"] or likely
    is_wide = len(columns) > 1 and not (asked["judgement"] or asked["target"])
    # One column that only looks like an annotator's is no disagreement: it may be a name.
    return {"annotators": columns if is_wide else [], "annotator": []}


def refuse_options(where: str, options: Options, allowed: Sequence[str] = ()) -> None:
    """Raise for options about columns that a format without columns cannot follow."""
    given = [name for name in options.given() if name not in {"--format", *allowed}]
    if given:
        raise InputError(
            f"{where}: {some(given)} {'have' if len(given) > 1 else 'has'} no effect on this "
            "format, which has no columns to choose from",
            hint="leave out what has no effect",
        )


def refuse_images(where: str, options: Options, images: Sequence[str]) -> None:
    """Raise for a column of images that is asked for as anything else."""
    for role, columns in _asked(options).items():
        wrong = [column for column in columns if column in images and role != "image"]
        if wrong:
            raise InputError(
                f"{where}: the {role} column {wrong[0]!r} holds images",
                hint=f"name a column of text or numbers with --{role}-column",
            )


def _asked(options: Options) -> dict[str, list[str]]:
    """Return the columns that the options name, by role."""
    said = {
        "image": [options.image_column],
        "text": [options.text_column],
        "label": options.label_columns,
        "target": [options.target_column],
        "split": [options.split_column],
        "group": [options.group_column],
        "annotator": options.annotator_columns,
        "judgement": [options.judgement_column],
        "metadata": options.metadata_columns,
    }
    return {role: [column for column in columns if column] for role, columns in said.items()}


def _named(options: Options) -> set[str]:
    """Return the columns that the options name."""
    return {column for columns in _asked(options).values() for column in columns}


def _plain(name: str) -> str:
    return name.strip().casefold()
