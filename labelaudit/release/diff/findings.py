"""The findings that two reports list: which are gone, and which are new."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal

from labelaudit.release.diff.comparable import other_model, unlike
from labelaudit.release.diff.parts import Findings, Listed
from labelaudit.report import Gallery, MeasureResult, Report, Sample

Key = Callable[[Sample], tuple[str, str | None]]


def findings(old: Report, new: Report) -> tuple[Findings, ...]:
    """Return the findings of each rule that either report knows, in the order of the new one.

    A rule of a measure that one of the two has no result of is left out: nothing is then known
    to be fixed or new.

    Parameters
    ----------
    old, new
        The reports.
    """
    found, other = [], other_model(old, new)
    for second in new.measures:
        first = old.measure(second.name)
        if first is None or not first.status == second.status == "measured":
            continue
        reason = unlike(first, second, other)
        galleries = [{each.name: each for each in result.galleries} for result in (first, second)]
        for rule in {**galleries[1], **galleries[0]}:
            pair = galleries[0].get(rule), galleries[1].get(rule)
            if any(each and (each.samples or each.omitted) for each in pair):
                found.append(_of_rule(second, rule, *pair, reason))
    return tuple(found)


def _of_rule(
    result: MeasureResult, rule: str, old: Gallery | None, new: Gallery | None, reason: str
) -> Findings:
    """Match the findings of one rule, by what the items hold where both reports know it."""
    before, now = (() if each is None else each.samples for each in (old, new))
    by_content = all(sample.decoded_sha256 for sample in (*before, *now))
    key = _content if by_content else _path
    fixed, appeared = _without(before, now, key), _without(now, before, key)
    unlisted = [0 if each is None else each.omitted for each in (old, new)]
    titled = new or old
    return Findings(
        measure=result.name,
        rule=rule,
        title=rule if titled is None else titled.title,
        old=len(before) + unlisted[0],
        new=len(now) + unlisted[1],
        old_unlisted=unlisted[0],
        new_unlisted=unlisted[1],
        kept=len(before) - len(fixed),
        fixed=tuple(map(_listed, fixed)),
        appeared=tuple(map(_listed, appeared)),
        matched_by=_matched(by_content=by_content),
        reason=reason,
    )


def _matched(*, by_content: bool) -> Literal["content", "path"]:
    return "content" if by_content else "path"


def _content(sample: Sample) -> tuple[str, str | None]:
    return sample.decoded_sha256 or "", sample.given_label


def _path(sample: Sample) -> tuple[str, str | None]:
    return sample.path, sample.given_label


def _without(samples: Iterable[Sample], others: Iterable[Sample], key: Key) -> list[Sample]:
    """Return the samples that have no equal among others; of copies, those that are too many."""
    left = Counter(map(key, others))
    found = []
    for sample in samples:
        if left[key(sample)]:
            left[key(sample)] -= 1
        else:
            found.append(sample)
    return found


def _listed(sample: Sample) -> Listed:
    return Listed(
        path=sample.path,
        decoded_sha256=sample.decoded_sha256,
        split=sample.split,
        given_label=sample.given_label,
        suggested_label=sample.suggested_label,
        detail=sample.detail,
        thumbnail=sample.thumbnail,
        excerpt=sample.excerpt,
    )
