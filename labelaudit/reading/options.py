"""What a user may say about a manifest."""

from dataclasses import dataclass, field, fields
from pathlib import Path

from labelaudit.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a user may say about a manifest instead of leaving it to be detected.

    Attributes
    ----------
    format
        Name of a reader; empty to detect it.
    image_column, text_column, label_columns, split_column, group_column
        Columns of a table; empty to detect them by their usual names. Several label columns
        are one class each.
    target_column
        Column of numbers that are the labels; never detected.
    metadata_columns
        Other columns to keep, to slice by.
    annotator_columns
        Several columns are one annotator's labels each. Cells of a single one name the annotator
        of the row, and an item has a row for each judgement.
    judgement_column
        Column of judgements: a list in each cell; or one judgement, where a column names the
        annotator.
    annotations
        Another table with one row a judgement; or None.
    annotations_columns
        Its columns: from ``item``, ``annotator`` and ``label`` to the name, empty for none.
    class_order
        The classes from the lowest to the highest; empty when they have no order.
    record_set
        Record set of a Croissant file that holds the items; empty to detect it.
    fetch
        Folder that keeps what is fetched from the addresses of a Croissant file; None to refuse
        them.
    label_separator
        What separates several labels in one cell; empty for one label a cell.
    label_states
        What a cell of a class column means: from its text to ``positive``, ``negative``,
        ``uncertain``, ``unknown`` or, for a whole label, ``unlabelled``.
    """

    format: str = ""
    image_column: str = ""
    text_column: str = ""
    label_columns: tuple[str, ...] = ()
    target_column: str = ""
    split_column: str = ""
    group_column: str = ""
    metadata_columns: tuple[str, ...] = ()
    annotator_columns: tuple[str, ...] = ()
    judgement_column: str = ""
    annotations: Path | None = None
    annotations_columns: dict[str, str] = field(default_factory=dict)
    class_order: tuple[str, ...] = ()
    record_set: str = ""
    fetch: Path | None = None
    label_separator: str = ""
    label_states: dict[str, str] = field(default_factory=dict)

    def given(self) -> dict[str, object]:
        """Return what was said, by the name of the option on the command line."""
        repeated = {"label_columns", "metadata_columns", "annotator_columns"}
        names = [each.name for each in fields(self) if getattr(self, each.name)]
        options = [name.removesuffix("s") if name in repeated else name for name in names]
        return {
            f"--{option.replace('_', '-')}": getattr(self, name)
            for name, option in zip(names, options, strict=True)
        }


OF_CLASSES = (
    "--label-column",
    "--label-separator",
    "--annotator-column",
    "--judgement-column",
    "--annotations",
    "--class-order",
)


def check_options(options: Options) -> None:
    """Raise `InputError` for options that contradict each other, whatever the manifest."""
    given = options.given()
    sources = [name for name in OF_CLASSES[2:5] if name in given]
    if "--target-column" in given and (wrong := [name for name in OF_CLASSES if name in given]):
        what = f"--target-column: labels are numbers, so {' and '.join(wrong)} can have no effect"
        raise InputError(what, hint="leave out what is of classes, or --target-column")
    if "--annotations" in given and len(sources) > 1:
        what = f"--annotations: {' and '.join(sources[:-1])} would name judgements once more"
        raise InputError(what, hint="say where the judgements are once")
    if "--judgement-column" in given and len(options.annotator_columns) > 1:
        raise InputError(
            "--judgement-column: beside several columns of one annotator each, it has no meaning",
            hint="name one --annotator-column, whose cells name the annotator, or none",
        )
    if "--annotations-columns" in given and "--annotations" not in given:
        raise InputError(
            "--annotations-columns: no table of judgements is given",
            hint="name it with --annotations",
        )
