"""Which numbers the rows of the nutrition label are of, for labels of each kind."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from labelaudit.limits import NOMINAL, ORDINAL
from labelaudit.report import Task

SHARE_OF_ITEMS: Final = "{share} of items"


class Row(NamedTuple):
    """A row: its name, the measure and the value that it prints, and beside what that is read."""

    name: str
    measure: str
    value: str
    beside: str


ROWS: Final = (
    Row("Suspected label errors", "label_noise", "suspected_errors_count", SHARE_OF_ITEMS),
    Row("Exact duplicates", "integrity", "exact_duplicates_count", SHARE_OF_ITEMS),
    Row("Contradictory duplicates", "integrity", "contradictory_duplicates_count", SHARE_OF_ITEMS),
    Row("Duplicates across splits", "integrity", "duplicates_across_splits_count", SHARE_OF_ITEMS),
    Row("Near duplicates", "near_duplicates", "near_duplicates_count", SHARE_OF_ITEMS),
    Row("Groups across splits", "integrity", "groups_across_splits_count", "0 is separate"),
    Row("Imbalance ratio", "class_imbalance", "imbalance_ratio", "1 is balanced"),
    Row("Effective classes", "class_imbalance", "effective_classes", "of {classes}"),
    Row("Empty classes", "class_imbalance", "empty_class_count", "of {classes}"),
    Row("Labels an item", "multi_label", "cardinality", "on average"),
    Row("Label sharpness", "label_sharpness", "kf_max", "lower is smoother"),
    Row("Annotator agreement", "annotator_agreement", NOMINAL, "1 is perfect"),
    Row("Unreadable", "integrity", "unreadable_count", SHARE_OF_ITEMS),
    Row("Unlabelled", "integrity", "unlabelled_count", SHARE_OF_ITEMS),
)
# What stands in the place of the row of a value where labels are of another kind.
IN_PLACE: Final[Mapping[Task, Mapping[str, Row]]] = MappingProxyType(
    {
        "multiclass": {},
        "multilabel": {
            "suspected_errors_count": Row(
                "Suspected label errors",
                "multi_label_noise",
                "suspected_missing_count",
                "missing, {spurious} spurious",
            ),
            "imbalance_ratio": Row(
                "Imbalance ratio", "multi_label", "mean_ir", "mean of the labels"
            ),
            "empty_class_count": Row(
                "Empty classes", "multi_label", "empty_label_count", "of {classes}"
            ),
        },
        "regression": {
            "imbalance_ratio": Row(
                "Imbalance ratio", "target_distribution", "bin_imbalance_ratio", "of target bins"
            ),
            "effective_classes": Row(
                "Sparse targets", "target_distribution", "sparse_range_share", "of their range"
            ),
        },
    }
)
# What stands in the place of another value where classes are ordered.
OF_ORDERED: Final = MappingProxyType({NOMINAL: ORDINAL})
# What the dataset itself says where no measure does.
OF_DATASET: Final = MappingProxyType(
    {"unreadable_count": "n_unreadable", "unlabelled_count": "n_unlabelled"}
)


def every_row() -> tuple[Row, ...]:
    """Return the rows of labels of all kinds."""
    return (*ROWS, *(row for rows in IN_PLACE.values() for row in rows.values()))
