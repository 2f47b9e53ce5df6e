"""The numbers of a class or a split: where the tables of a report have them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from labelaudit.report import EXACT, MeasureResult, Report, Scalar, Table, Value

Kind = Literal["class", "split"]
EVERY: Final = "*"
ALL_AT_ONCE: Final = "95 %, of all rows of the table at once"
TITLES: Final = MappingProxyType({"count": "Items", "share": "Share of the items"})
NO_INTERVAL: Final = "without an interval"


class Place(NamedTuple):
    """A table, its column of names, that of the number, and those of its interval."""

    table: str
    key: str
    number: str
    low: str = ""
    high: str = ""
    judged: str = ""


def _splits(**columns: str) -> dict[str, Place]:
    return {name: Place("splits", "split", column) for name, column in columns.items()}


def _statistics(*names: str) -> dict[str, Place]:
    return {name: Place("split_statistics", "split", name) for name in names}


def _suspected(kind: Kind) -> dict[str, Place]:
    columns = {
        "model_estimated_error_rate": "expected_error_share",
        "suspected_errors_count": "suspected",
        "likely_errors_count": "likely",
        "suspected_errors_share": "share",
        "model_disagreement_share": "disagreement_share",
    }
    return {name: Place(f"per_{kind}", kind, column) for name, column in columns.items()}


def _audited(kind: Kind) -> dict[str, Place]:
    return {
        "audited_error_rate": Place(f"per_{kind}", kind, "rate", "low", "high", "judged"),
        "judged_wrong_count": Place(f"per_{kind}", kind, "wrong_today"),
    }


_SHARPNESS: Final = {
    "nearest_neighbor_error": Place("classes", "class", "error_share"),
    "enemy_friend_ratio": Place("classes", "class", "enemy_friend_ratio"),
}
# Which values have a number of each class or split, by measure.
PLACES: Final[Mapping[Kind, Mapping[str, Mapping[str, Place]]]] = MappingProxyType(
    {
        "class": {
            "audited_labels": _audited("class"),
            "label_noise": _suspected("class"),
            "class_imbalance": {
                "count": Place("classes", "class", "count"),
                "share": Place("classes", "class", "share"),
            },
            "embedding_label_sharpness": _SHARPNESS,
            "label_sharpness": _SHARPNESS,
            "single_label_assumption": {
                name: Place("screening_by_class", "class", name)
                for name in ("several_plausible_share", "plausible_classes", "neighbor_entropy")
            },
            "multi_label": {
                "count": Place("labels", "label", "count"),
                "share": Place("labels", "label", "share", "low", "high"),
            },
            "multi_label_noise": {
                name: Place("label_noise_by_label", "label", name.removesuffix("_count"))
                for name in (
                    *("suspected_missing_count", "suspected_spurious_count"),
                    *("missing_low_share", "missing_high_share"),
                )
            },
        },
        "split": {
            "audited_labels": _audited("split"),
            "label_noise": _suspected("split"),
            "class_imbalance": {
                **_splits(
                    imbalance_ratio="imbalance_ratio",
                    nonempty_imbalance_ratio="ratio_with_items",
                    effective_classes="effective_classes",
                    many_shot_count="many_shot_classes",
                    medium_shot_count="medium_shot_classes",
                    few_shot_count="few_shot_classes",
                ),
                **_statistics("entropy", "evenness", "inverse_simpson", "gini"),
                **_statistics("normalized_gini", "lrid", "lrid_per_sample", "balance_p_value"),
            },
            "multi_label_splits": _splits(
                labels_lacking="labels_lacking",
                pairs_lacking="pairs_lacking",
                unseen_labelset_share="unseen_labelset_share",
            ),
        },
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The number of one class or split.

    Attributes
    ----------
    name
        Of the class or split.
    found
        The number; None where its row has none.
    n_judged
        How many of its items people judged, for a rate of theirs; None for other numbers.
    """

    name: str
    found: Value | None
    n_judged: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The numbers of all classes or splits that a table lists, and how many it does not."""

    listed: tuple[Part, ...]
    omitted: int


def place_of(measure: str, value: str, kind: Kind) -> Place | None:
    """Return where a value has its numbers by class or split; None where it has none."""
    return PLACES[kind].get(measure, {}).get(value)


def parts_of(report: Report, measure: str, value: str, kind: Kind) -> Parts | None:
    """Return a value's numbers by class or split; None where they were not measured.

    Parameters
    ----------
    report
        Any report.
    measure, value
        Names of the measure and of its value.
    kind
        Whether to return those of the classes or of the splits.
    """
    place, result = place_of(measure, value, kind), report.measure(measure)
    if place is None or result is None:
        return None
    table = next((each for each in result.tables if each.name == place.table), None)
    columns = [] if table is None else [column.name for column in table.columns]
    if table is None or not {place.key, place.number} <= set(columns):
        return None
    whole = _whole(result, table, place, value)
    return Parts(listed=tuple(_listed(table, columns, place, whole)), omitted=table.omitted)


def _whole(result: MeasureResult, table: Table, place: Place, name: str) -> Value:
    """Return the value that the rows are parts of, without its number."""
    of_all = next((each for each in result.values if each.name == name), None)
    unit = next(column.unit for column in table.columns if column.name == place.number)
    title = TITLES.get(place.number) or place.number.replace("_", " ").capitalize()
    bare = of_all or Value(name=name, title=title, value=None, unit=unit)
    return replace(bare, value=None, low=None, high=None, interval="", no_interval="", note="")


def _listed(table: Table, columns: list[str], place: Place, whole: Value) -> Iterator[Part]:
    for row in table.rows:
        cells = dict(zip(columns, row, strict=True))
        number = _number(cells[place.number])
        low, high = (_number(cells.get(end)) for end in (place.low, place.high))
        known = low is not None and high is not None
        found = replace(
            whole,
            value=number,
            low=low,
            high=high,
            interval=ALL_AT_ONCE if known else "",
            no_interval="" if known else EXACT if whole.unit == "count" else NO_INTERVAL,
        )
        judged = _number(cells.get(place.judged))
        yield Part(
            name=str(cells[place.key]),
            found=None if number is None else found,
            n_judged=None if judged is None else int(judged),
        )


def _number(cell: Scalar) -> float | int | None:
    return cell if isinstance(cell, int | float) and not isinstance(cell, bool) else None
