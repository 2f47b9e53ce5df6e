"""What the columns of tables hold, by name: whatever is not declared here is not published."""

import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from labelaudit.report import Scalar, Table

# Measures whose columns are declared here; what those of others are of is not known.
OURS: Final = frozenset(
    {"annotator_agreement", "annotator_consensus", "annotator_pairs", "annotator_quality"}
    | {"audited_labels", "benchmark_stability", "class_imbalance", "consensus_risk"}
    | {"covariate_shift", "detector_skill", "embedding_intrinsic_dimension"}
    | {"embedding_label_sharpness", "embedding_map", "image_faults", "integrity"}
    | {"intrinsic_dimension", "item_order", "label_noise", "label_sharpness", "label_shift"}
    | {"leakage", "multi_label", "multi_label_noise", "multi_label_splits", "near_duplicates"}
    | {"outliers", "single_label_assumption", "spurious_correlation", "target_distribution"}
    | {"target_shift", "worst_slices"}
)
# Columns whose texts are classes: a row is about these.
CLASSES: Final = frozenset(
    {"class", "label", "given", "suggested", "other", "other_class", "other_label"}
    | {"agreed", "judged", "items_with", "slice"}
)
# Columns whose texts are classes that a row only mentions.
MENTIONED: Final = frozenset({"nearest_class", "rival", "class_best_told"})
SPLITS: Final = frozenset({"split", "other_split", "of", "with", "slice"})
ANNOTATORS: Final = frozenset({"annotator"})
OTHER_ANNOTATOR: Final = "other"  # beside a column of annotators
MODELS: Final = frozenset({"model", "first", "second"})
# Columns whose texts are of the measure's own making, by its name.
OWN_WORDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "annotator_agreement": frozenset({"statistic", "drawn"}),
        "benchmark_stability": frozenset({"scoring", "basis", "decided", "within_error_range"}),
        "class_imbalance": frozenset({"shots"}),
        "consensus_risk": frozenset({"risk"}),
        "detector_skill": frozenset({"flips", "rule"}),
        "image_faults": frozenset({"property", "limit"}),
        "integrity": frozenset({"kind", "side", "of"}),
        "intrinsic_dimension": frozenset({"dataset"}),
        "item_order": frozenset({"alike"}),
        "label_sharpness": frozenset({"dataset"}),
        "leakage": frozenset({"shares"}),
        "multi_label": frozenset({"rule"}),
        "spurious_correlation": frozenset({"property"}),
        "target_distribution": frozenset({"shots"}),
        "target_shift": frozenset({"quantile"}),
        "worst_slices": frozenset({"cut_by"}),
    }
)
# Columns of numbers that are of single items: where one is, and how one looks to a model.
OF_ITEMS: Final = frozenset({"from_item", "to_item", "item", "row", "x", "y"})
CUTS: Final = frozenset({"class", "split"})  # what slices may be of; others are metadata
# Numbers that the items of every class enter, the hidden ones too, so that their counts could be
# solved for: by measure and table, and those that are in no table under no name.
OF_ALL_CLASSES: Final[Mapping[tuple[str, str], frozenset[str]]] = MappingProxyType(
    {
        ("class_imbalance", ""): frozenset(
            {"imbalance_ratio", "nonempty_imbalance_ratio", "entropy", "evenness", "gini"}
            | {"inverse_simpson", "normalized_gini", "uniform_distance", "lrid", "lrid_per_sample"}
            | {"balance_p_value", "source_effective_classes", "source_entropy"}
        ),
        ("class_imbalance", "class_balanced_weights"): frozenset(
            {"weight_at_0.9", "weight_at_0.99", "weight_at_0.999", "weight_at_0.9999"}
        ),
        ("class_imbalance", "splits"): frozenset(
            {"imbalance_ratio", "ratio_with_items", "effective_classes"}
        ),
        ("class_imbalance", "split_statistics"): frozenset(
            {"entropy", "evenness", "inverse_simpson", "gini", "normalized_gini", "lrid"}
            | {"distance_from_balance", "lrid_per_sample", "balance_p_value"}
        ),
        ("embedding_label_sharpness", "sizes"): frozenset({"samples_used"}),
        ("item_order", ""): frozenset(
            {"same_label_ratio", "same_label_p_value"}
            | {"nearby_in_class_ratio", "nearby_in_class_p_value"}
        ),
        ("item_order", "tests"): frozenset({"expected", "ratio", "z", "p_value"}),
        ("label_sharpness", "sizes"): frozenset({"samples_used"}),
        ("label_shift", ""): frozenset(
            {"jensen_shannon_excess", "hellinger_distance", "population_stability_index"}
            | {"cramers_v", "label_shift_p_value"}
        ),
        ("label_shift", "pairs"): frozenset(
            {"expected_by_chance", "excess", "hellinger_distance", "psi", "cramers_v"}
            | {"chi_squared", "p_value", "adjusted_p_value"}
        ),
        ("multi_label", ""): frozenset({"mean_ir", "cvir", "scumble", "scumble_cv"}),
        ("multi_label", "labels"): frozenset({"scumble"}),
        ("multi_label_splits", ""): frozenset({"ld_by_chance"}),
    }
)
IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9_.]*")


def texts_of(table: Table) -> dict[str, int]:
    """Return the position of each column that holds a text, by its name."""
    found = {}
    for at, column in enumerate(table.columns):
        if any(isinstance(row[at], str) for row in table.rows):
            found[column.name] = at
    return found


def undeclared(
    measure: str, table: Table, names: Collection[str], hidden: Collection[str]
) -> list[str]:
    """Return the columns of a table of which nothing says that they may be published.

    Parameters
    ----------
    measure
        Name of its measure.
    table
        The table.
    names
        Names that a column may have: splits, and classes that are published.
    hidden
        Names that none may have.
    """
    own = OWN_WORDS.get(measure, frozenset())
    texts = texts_of(table)
    if measure not in OURS:
        return [column.name for column in table.columns]
    known = CLASSES | MENTIONED | SPLITS | ANNOTATORS | MODELS | own
    return [
        column.name
        for column in table.columns
        if column.name in OF_ITEMS
        or (column.name in texts and column.name not in known)
        or column.name in hidden
        or (not IDENTIFIER.fullmatch(column.name) and column.name not in names)
    ]


def annotators_of(tables: Iterable[Table]) -> dict[str, str]:
    """Return a number in place of each annotator's name, in the order of the tables."""
    found: dict[str, str] = {}
    for table in tables:
        names = [column.name for column in table.columns]
        if not ANNOTATORS & set(names):
            continue
        places = [at for at, name in enumerate(names) if name in {*ANNOTATORS, OTHER_ANNOTATOR}]
        for row in table.rows:
            for at in places:
                if isinstance(row[at], str):
                    found.setdefault(str(row[at]), f"annotator {len(found) + 1}")
    return found


def cells(row: tuple[Scalar, ...], places: Mapping[str, int], names: Iterable[str]) -> list[str]:
    """Return the texts of a row in the columns of some names."""
    wanted = [places[name] for name in names if name in places]
    return [cell for at in wanted if isinstance(cell := row[at], str) and cell]
