"""The headline numbers of several reports, in their order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from labelaudit import __version__
from labelaudit.limits import AUDITED, MODEL_ESTIMATED, Judgement, judged, overall
from labelaudit.privacy import LEVELS, published
from labelaudit.release.diff.comparable import other_model, unlike
from labelaudit.release.documents import rounded
from labelaudit.release.history.parts import Entry, History, Point, Series, Skipped
from labelaudit.render import text
from labelaudit.render.fact_rows import every_row
from labelaudit.render.json import as_published
from labelaudit.report import Report, Value

DATASET: Final = "dataset"
FIRST: Final[Mapping[tuple[str, str], str]] = {
    ("audited_labels", AUDITED): "Audited label errors",
    ("label_noise", MODEL_ESTIMATED): "Model-estimated label errors",
}


def history(found: Sequence[tuple[str, Report]], skipped: Iterable[Skipped] = ()) -> History:
    """Return how the numbers of the label went over several reports.

    It shows no more than the least open of them.

    Parameters
    ----------
    found
        The reports with the names of their files, the oldest first; at least one.
    skipped
        Files that are left out.
    """
    privacy = min((report.privacy for _, report in found), key=LEVELS.index)
    reports = [as_published(published(report, privacy)) for _, report in found]
    models = _models(reports)
    entries = tuple(
        _entry(where, report, changed)
        for (where, _), report, changed in zip(found, reports, models, strict=True)
    )
    names = {(row.measure, row.value): row.name for row in every_row()}
    series = [_items(reports)]
    series += [_series(reports, *key, title) for key, title in {**FIRST, **names}.items()]
    return History(
        tool_version=__version__,
        privacy=privacy,
        cautions=_cautions(entries),
        entries=entries,
        series=tuple(each for each in series if any(map(_is_known, each.points))),
        skipped=tuple(skipped),
    )


def _models(reports: Sequence[Report]) -> list[str]:
    """Return for each report why its embeddings are not those of the last one that has any."""
    last: Report | None = None
    found = []
    for report in reports:
        known = report.embedding is not None
        found.append(other_model(last, report) if known and last is not None else "")
        last = report if known else last
    return found


def _entry(where: str, report: Report, changed: str) -> Entry:
    dataset = report.dataset
    return Entry(
        file=where,
        name=dataset.name,
        started=report.run.started,
        digest=dataset.digest,
        n_items=dataset.n_items,
        n_classes=len(dataset.class_names),
        tool_version=report.tool_version,
        model="" if report.embedding is None else report.embedding.model,
        verdict=overall(judged(report)),
        model_changed=changed,
    )


def _cautions(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return what a reader must know before any number."""
    said = []
    names = list(dict.fromkeys(entry.name for entry in entries))
    if len(entries) == 1:
        said.append("There is one report only: scan the next version to see how its numbers go")
    if len(names) > 1:
        first = ", ".join(map(text.visible, names[:5])) + (", ..." if names[5:] else "")
        said.append(
            f"The reports are of {len(names):,} names ({first}): they read as one history only if "
            "these are versions of one dataset"
        )
    if any(entry.model_changed for entry in entries):
        said.append(
            "The model is not the same in all: where it changed, the lines of numbers that depend "
            "on it are broken"
        )
    versions = list(dict.fromkeys(entry.tool_version for entry in entries))
    if len(versions) > 1:
        said.append(
            f"Made by {len(versions):,} versions of labelaudit "
            f"({', '.join(map(text.visible, versions[:5]))}): a measure may be computed otherwise"
        )
    return tuple(said)


def _items(reports: Sequence[Report]) -> Series:
    points = tuple(Point(value=report.dataset.n_items) for report in reports)
    return Series(
        measure=DATASET,
        value="n_items",
        title="Items",
        unit="count",
        better="neither",
        points=points,
    )


def _series(reports: Sequence[Report], measure: str, name: str, title: str) -> Series:
    """Return a number over all reports, with what it is held against in each."""
    points: list[Point] = []
    last: Report | None = None
    known: Value | None = None
    for report in reports:
        value = report.value(measure, name)
        point = _point(report, measure, name, value)
        if value is not None and not point.missing:
            broken = "" if last is None else _broken(last, report, measure)
            point, last, known = replace(point, broken=broken), report, value
        points.append(point)
    return Series(
        measure=measure,
        value=name,
        title=title,
        unit="" if known is None else known.unit,
        better="neither" if known is None else known.better,
        points=tuple(points),
    )


def _broken(before: Report, now: Report, measure: str) -> str:
    """Return why a number of a measure is not comparable with the last one."""
    first, second = before.measure(measure), now.measure(measure)
    if first is None or second is None:
        return ""
    return unlike(first, second, other_model(before, now))


def _point(report: Report, measure: str, name: str, value: Value | None) -> Point:
    result = report.measure(measure)
    if value is None:
        reason = "not measured" if result is None or not result.reason else result.reason
        return Point(value=None, missing=reason)
    is_known = value.value is not None or (value.low is not None and value.high is not None)
    judgement = _judgement(report, measure, name)
    return Point(
        value=value.value,
        low=value.low if value.high is not None else None,
        high=value.high if value.low is not None else None,
        limit=None if judgement is None else _limit(judgement, report.dataset.n_items),
        verdict=None if judgement is None else judgement.verdict,
        missing="" if is_known else value.note or "undefined",
    )


def _judgement(report: Report, measure: str, name: str) -> Judgement | None:
    """Return what a limit of the whole dataset says of a number."""
    for found in judged(report):
        limit = found.limit
        of_all = limit.split is None and limit.class_name is None
        if of_all and (limit.measure, limit.value) == (measure, name):
            return found
    return None


def _limit(judgement: Judgement, n_items: int) -> float | None:
    """Return a limit on the scale of its number."""
    limit = judgement.limit
    end = limit.at_most if limit.at_most is not None else limit.at_least
    if end is None:
        return None
    return rounded(float(end * n_items)) if limit.of_items else end


def _is_known(point: Point) -> bool:
    return point.value is not None or point.low is not None
