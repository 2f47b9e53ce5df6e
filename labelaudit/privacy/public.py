"""A report for everybody: aggregates only, no item, no person, no class of a few items."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from labelaudit.privacy.columns import OF_ALL_CLASSES, annotators_of
from labelaudit.privacy.few import counts_of, few_classes
from labelaudit.privacy.tables import COARSE, DIGITS, Names, public_table
from labelaudit.privacy.team import for_team
from labelaudit.privacy.words import LEFT_OUT, ONE_OF_FEW, public_words
from labelaudit.report import DatasetFacts, EmbeddingFacts, MeasureResult, Report, Scalar, Value

EFFECTIVE: Final = ("class_imbalance", "effective_classes")
AT_MOST: Final = "at most: as if the classes that are not named had equally many items"
OWN_FILES: Final = frozenset({".npy", ".npz", ".parquet", ".csv", ".tsv"})
LAYOUT: Final = frozenset(
    {
        *("format", "image_column", "text_column", "label_columns", "target_column"),
        *("split_column", "group_column", "label_separator"),
    }
)
STATE: Final = re.compile(r"(-?\d(\.\d+)?)?=[a-z]+")
SAYS: Final = re.compile(r"What (?P<who>.+) says instead", re.DOTALL)


def for_public(report: Report) -> Report:
    """Return a report of aggregates: what names an item, a person or few items is left out."""
    closed = for_team(report)
    few, counts = few_classes(closed), counts_of(closed)
    names = Names(
        classes=frozenset(closed.dataset.class_names) - few,
        splits=frozenset(closed.dataset.splits),
        few=few,
        held=frozenset(name for name in few if counts.get(name) != 0),
        annotators=annotators_of(table for each in closed.measures for table in each.tables),
    )
    effective = _effective(counts, few)
    return replace(
        closed,
        privacy="public",
        dataset=_dataset(closed.dataset, few),
        limits=tuple(limit for limit in closed.limits if limit.class_name not in few),
        embedding=_embedding(closed.embedding),
        measures=tuple(_result(result, names, effective) for result in closed.measures),
        run=replace(closed.run, data=""),
    )


def _dataset(facts: DatasetFacts, few: frozenset[str]) -> DatasetFacts:
    """Return what is said of a dataset, with numbers in place of classes of few items."""
    kept = [name for name in facts.class_names if name not in few]
    numbered = [f"{ONE_OF_FEW} {at}" for at in range(1, len(few) + 1)]
    ignored: Counter[str] = Counter()
    for reason, count in facts.ignored.items():
        ignored[public_words(reason) or LEFT_OUT] += count
    return replace(
        facts,
        why=(),
        class_names=(*kept, *numbered),
        ignored=dict(ignored),
        options={name: said for name, said in facts.options.items() if _is_layout(name, said)},
    )


def _is_layout(name: str, said: tuple[str, ...]) -> bool:
    """Return whether an option says of the columns alone: no class, no file, no annotator."""
    if name == "label_states":
        return all(STATE.fullmatch(each) for each in said)
    return name in LAYOUT and len(said) == 1


def _embedding(facts: EmbeddingFacts | None) -> EmbeddingFacts | None:
    """Return what is said of the embeddings, without the name of a file of the user's."""
    if facts is None or PurePosixPath(facts.model).suffix not in OWN_FILES:
        return facts
    return replace(facts, model="embeddings from a file")


def _effective(counts: Mapping[str, int], few: frozenset[str]) -> float | None:
    """Return the effective number of classes, those of few items taken for equally large."""
    hidden = [count for name, count in counts.items() if name in few and count]
    shown = [count for name, count in counts.items() if name not in few]
    equal = [sum(hidden) / len(hidden)] * len(hidden) if hidden else []
    total = sum(shown) + sum(hidden)
    parts = [count / total for count in (*shown, *equal)]
    return math.exp(-sum(part * math.log(part) for part in parts)) if parts else None


def _result(result: MeasureResult, names: Names, effective: float | None) -> MeasureResult:
    hidden = OF_ALL_CLASSES.get((result.name, ""), frozenset()) if names.few else frozenset()
    is_coarse = bool(names.few) and result.name in COARSE
    values = tuple(
        replace(value, value=effective, low=None, high=None, note=AT_MOST)
        if names.few and (result.name, value.name) == EFFECTIVE
        else _value(value, is_hidden=value.name in hidden, is_coarse=is_coarse)
        for value in result.values
    )
    tables = tuple(
        replace(public_table(result.name, table, names), title=_title(table.title, names))
        for table in result.tables
    )
    galleries = tuple(
        replace(
            gallery,
            title=_title(gallery.title, names),
            samples=(),
            omitted=gallery.omitted + len(gallery.samples),
        )
        for gallery in result.galleries
    )
    is_measured = result.status != "not_measured"
    return replace(
        result,
        reason=result.reason if is_measured else public_words(result.reason) or LEFT_OUT,
        values=values,
        tables=tables,
        galleries=galleries,
        notes=_words(result.notes),
        parameters=_parameters(result.parameters),
    )


def _value(value: Value, *, is_hidden: bool, is_coarse: bool) -> Value:
    """Return a number without words that name something, where it gives no class's count."""
    if is_hidden:
        return replace(
            value, value=None, low=None, high=None, interval="", no_interval=LEFT_OUT, note=LEFT_OUT
        )
    said = replace(
        value,
        note=public_words(value.note),
        interval=public_words(value.interval),
        no_interval=public_words(value.no_interval),
    )
    if is_coarse:
        return replace(
            said, value=_rounded(value.value), low=_rounded(value.low), high=_rounded(value.high)
        )
    return said


def _rounded(number: float | None) -> float | None:
    """Return a number that is no count to two digits, from which no count can be solved."""
    return float(f"{number:.{DIGITS}g}") if isinstance(number, float) else number


def _title(title: str, names: Names) -> str:
    """Return a heading that names nobody and no slice of the data."""
    found = SAYS.fullmatch(title)
    if found:
        return f"What {names.annotators.get(found['who'], 'one annotator')} says instead"
    return title.partition(": ")[0]


def _words(notes: Iterable[str]) -> tuple[str, ...]:
    """Return what of some notes may be printed; a note of which nothing is left is left out."""
    return tuple(said for note in notes if (said := public_words(note)))


def _parameters(parameters: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Return numbers, and words that may be printed."""
    return {
        name: value
        for name, value in parameters.items()
        if not isinstance(value, str) or public_words(value) == value.rstrip(". ")
    }
