"""What a dataset is known to have: findings that are accepted, items, numbers, settings."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import InputError
from labelaudit.gate.findings import Found, fingerprint
from labelaudit.limits import named
from labelaudit.parts import EVERY, Kind, parts_of
from labelaudit.report import SCHEMA_VERSION, Limit, Report, Scalar, Value

BASELINE_FILE: Final = "labelaudit-baseline.json"
NO_INTERVAL: Final = "the baseline has none"
USERS_OWN: Final = "the user's own"  # preprocessing of embeddings that were given
OF_DETECTOR: Final = ("label_filter", "probabilities")
TAIL: Final = re.compile(r", sha256| \(")  # what follows the name of given probabilities

Word = Literal["accepted", "fine", "wrong", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A finding that is known.

    Attributes
    ----------
    rule, path, split, given_label, class_name, suggested_label
        As when it was written; of them only rule, label and class tell it again. The label of an
        item of several is a JSON list.
    verdict
        ``accepted`` when it was written by the program; a person may say that the label is
        ``fine`` or ``wrong``, or be ``unsure``.
    note
        A person's words.
    copies
        How many findings are alike, their path too.
    content
        SHA-256 of what the item decodes to, or of its path where there is nothing to decode.
    """

    rule: str
    path: str
    split: str | None = None
    given_label: str | None = None
    class_name: str | None = None
    suggested_label: str | None = None
    verdict: Word = "accepted"
    note: str = ""
    copies: int = 1
    content: str

    @property
    def fingerprint(self) -> str:
        """As that of the finding."""
        return fingerprint(self.rule, self.content, self.given_label, self.class_name)

    @property
    def place(self) -> tuple[str, ...]:
        """What no two entries share."""
        return (self.fingerprint, self.path, self.split or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of the report, with its interval where it has one."""

    value: float | int | None
    unit: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Baseline:
    """What is known of a dataset.

    Attributes
    ----------
    tool_version, schema_version
        Of the report that it was made of.
    settings
        What findings depend on beside the data.
    numbers
        The numbers of the report, by the name that a limit on them has.
    entries
        The findings, sorted.
    items
        Keys of the items, ascending, shape ``(n,)``.
    """

    tool_version: str
    schema_version: str
    settings: Mapping[str, Scalar]
    numbers: Mapping[str, Number]
    entries: tuple[Entry, ...]
    items: NDArray[np.uint64]

    def value(self, limit: Limit) -> Value | None:
        """Return the number that a limit on its rise is held against; None where there is none."""
        found = self.numbers.get(named(limit))
        if found is None:
            return None
        has_interval = found.low is not None or found.high is not None
        return Value(
            name=limit.value,
            title=limit.value,
            value=found.value,
            unit=found.unit,
            low=found.low,
            high=found.high,
            no_interval="" if has_interval else NO_INTERVAL,
        )


def made_of(report: Report, found: Found, entries: Mapping[int, Entry]) -> Baseline:
    """Return the baseline that accepts everything that a scan found.

    Parameters
    ----------
    report, found
        The scan.
    entries
        Entries of an earlier baseline by the finding that they are of, whose words are kept.
    """
    listed: dict[tuple[str, ...], Entry] = {}
    for at in range(len(found.findings)):
        entry = _entry(found, at, entries.get(at))
        first = listed.setdefault(entry.place, entry)
        if first is not entry:
            listed[entry.place] = replace(first, copies=first.copies + 1)
    return Baseline(
        tool_version=report.tool_version,
        schema_version=SCHEMA_VERSION,
        settings=settings_of(report),
        numbers=dict(sorted(_numbers(report))),
        entries=tuple(sorted(listed.values(), key=order)),
        items=np.sort(found.items.keys),
    )


def order(entry: Entry) -> tuple[str, ...]:
    """Return what entries are sorted by; no two have the same."""
    return (entry.rule, entry.path, entry.content, *entry.place)


def settings_of(report: Report) -> dict[str, Scalar]:
    """Return what the findings of a report depend on beside the data."""
    embedding, noise = report.embedding, report.measure("label_noise")
    parameters = noise.parameters if noise is not None else {}
    made_from = parameters.get("probabilities")
    given = embedding is not None and embedding.preprocessing == USERS_OWN
    return {
        "task": report.dataset.task,
        "model": None if embedding is None else embedding.model,
        "model_sha256": None if embedding is None or given else embedding.model_sha256,
        "preprocessing": None if embedding is None else embedding.preprocessing,
        "random_state": report.random_state,
        "label_filter": parameters.get("label_filter"),
        "probabilities": TAIL.split(made_from)[0] if isinstance(made_from, str) else None,
    }


def refuse_drift(baseline: Baseline, report: Report, name: str = BASELINE_FILE) -> None:
    """Raise `InputError` where a baseline says nothing of a report, made as that was.

    Parameters
    ----------
    baseline
        The baseline.
    report
        The report that is to be held against it.
    name
        Name of the baseline's file.
    """
    now = settings_of(report)
    wrong = [
        f"{setting}: {_said(before)}, now {_said(now.get(setting))}"
        for setting, before in baseline.settings.items()
        if now.get(setting) != before
        and not (setting in OF_DETECTOR and None in {before, now.get(setting)})
    ]
    major = SCHEMA_VERSION.partition(".")[0]
    if baseline.schema_version.partition(".")[0] != major:
        wrong.append(f"schema_version: {baseline.schema_version!r}, now {SCHEMA_VERSION!r}")
    if wrong:
        raise InputError(
            f"{name}: made in another way than the report, so that what is new cannot be told",
            details=wrong,
            hint="scan as it was made; or take it all the same with --allow-drift, or accept what "
            "is found now with --update-baseline",
        )


def _entry(found: Found, at: int, before: Entry | None) -> Entry:
    finding, row = found.findings[at], int(found.rows[at])
    return Entry(
        rule=finding.rule,
        path=finding.path,
        content=found.items.contents[row].tobytes().hex(),
        split=finding.split,
        given_label=found.items.labels[row],
        class_name=found.classes[at],
        suggested_label=finding.suggested_label,
        verdict="accepted" if before is None else before.verdict,
        note="" if before is None else before.note,
    )


def _numbers(report: Report) -> Iterator[tuple[str, Number]]:
    """Yield the numbers of a report, and those of classes and splits that it has a limit on."""
    for result in report.measures:
        for value in result.values:
            yield named(Limit(measure=result.name, value=value.name)), _number(value)
    for limit in report.limits:
        name = limit.split if limit.class_name is None else limit.class_name
        kind: Kind = "split" if limit.class_name is None else "class"
        parts = name and parts_of(report, limit.measure, limit.value, kind)
        for part in parts.listed if parts else ():
            if part.found is not None and name in {EVERY, part.name}:
                yield named(_of_part(limit, kind, part.name)), _number(part.found)


def _of_part(limit: Limit, kind: Kind, name: str) -> Limit:
    return replace(limit, **{"split" if kind == "split" else "class_name": name})  # type: ignore[arg-type]


def _number(value: Value) -> Number:
    return Number(value=value.value, unit=value.unit, low=value.low, high=value.high)


def _said(setting: Scalar) -> str:
    return "none" if setting is None else repr(setting)
