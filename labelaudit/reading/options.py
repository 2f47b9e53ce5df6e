"""What a user may say about a manifest."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a user may say about a manifest instead of leaving it to be detected.

    Attributes
    ----------
    format
        Name of a reader; empty to detect it.
    image_column, text_column, label_columns, split_column, group_column, annotator_columns
        Columns of a table; empty to detect them by their usual names. Several label columns
        are one class each.
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
    split_column: str = ""
    group_column: str = ""
    annotator_columns: tuple[str, ...] = ()
    label_separator: str = ""
    label_states: dict[str, str] = field(default_factory=dict)
