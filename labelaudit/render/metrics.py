"""The numbers of a report as one flat map, for tools that follow numbers over versions."""

import json
from typing import Final

from labelaudit.render import text
from labelaudit.render.json import as_published
from labelaudit.report import Report

OF_DATASET: Final = ("n_found", "n_items", "n_unlabelled", "n_unreadable")


def to_metrics(report: Report) -> str:
    """Return the numbers of a report as JSON: one object, each key a name, each value a number.

    A value of a measure is ``measure.value``, the ends of its interval ``measure.value.low`` and
    ``measure.value.high``. What was not measured or is undefined has no key: a tool that compares
    two versions then tells that it came or went, where it could do nothing with a null.

    Parameters
    ----------
    report
        Any report.
    """
    numbers = flat(as_published(report))
    return json.dumps(numbers, indent=1, sort_keys=True, allow_nan=False) + "\n"


def flat(report: Report) -> dict[str, float]:
    """Return the numbers of a report by name.

    Parameters
    ----------
    report
        Any report.
    """
    dataset = report.dataset
    found: dict[str, float | None] = {
        "dataset.n_classes": len(dataset.class_names),
        **{f"dataset.{name}": getattr(dataset, name) for name in OF_DATASET},
    }
    for result in report.measures:
        for value in result.values:
            name = text.visible(f"{result.name}.{value.name}")
            ends = {name: value.value, f"{name}.low": value.low, f"{name}.high": value.high}
            found |= {each: number for each, number in ends.items() if each not in found}
    return {name: number for name, number in found.items() if number is not None}
