"""The limits of two reports, and what they say of each."""

from labelaudit.limits import WORST, Judgement, judged
from labelaudit.release.diff.parts import Ruling
from labelaudit.render.judgements import bound
from labelaudit.render.text import heading
from labelaudit.report import Report

Key = tuple[str, str, str | None, str | None]


def rulings(old: Report, new: Report) -> tuple[Ruling, ...]:
    """Return a ruling for each number that has a limit in either report.

    Parameters
    ----------
    old, new
        The reports.
    """
    first, second = _judged(old), _judged(new)
    return tuple(
        Ruling(
            measure=key[0],
            value=key[1],
            title=_title(key, new) or _title(key, old) or heading(key[1]),
            split=key[2],
            class_name=key[3],
            old_limit=_bound(first.get(key)),
            new_limit=_bound(second.get(key)),
            old=first[key].verdict if key in first else None,
            new=second[key].verdict if key in second else None,
        )
        for key in {**second, **first}
    )


def _judged(report: Report) -> dict[Key, Judgement]:
    """Return the judgements by what they are of; of two limits of one number, the worse."""
    found = judged(report)
    worst = {
        _key(each): each for each in sorted(found, key=lambda each: -WORST.index(each.verdict))
    }
    return {_key(each): worst[_key(each)] for each in found}


def _key(judgement: Judgement) -> Key:
    limit = judgement.limit
    return limit.measure, limit.value, limit.split, limit.class_name


def _bound(judgement: Judgement | None) -> str:
    return "" if judgement is None else bound(judgement.limit, judgement.found)


def _title(key: Key, report: Report) -> str:
    found = report.value(key[0], key[1])
    return "" if found is None else found.title
