"""Why a rule came to what it did, in a sentence, and what to do about it."""

from typing import Final

from labelaudit.gate.outcome import Ruling
from labelaudit.gate.settling import Settling, population
from labelaudit.limits import MODEL_ESTIMATED, Judgement, Verdict
from labelaudit.parts import Part
from labelaudit.render import text
from labelaudit.render.advice import ADVICE
from labelaudit.render.judgements import bound, part_of
from labelaudit.report import Limit, Report, Value

NAMED: Final = 5
HELD: Final[dict[Verdict, str]] = {
    "fail": "is beyond the limit",
    "check": "may be beyond the limit",
    "pass": "keeps within the limit",
    "n/a": "is undefined, beside the limit",
    "not measured": "was not measured, beside the limit",
}
ALL_OF_IT: Final[dict[Verdict, str]] = {
    "fail": ", as is all of its interval",
    "check": ": its interval holds it",
    "pass": ", as does all of its interval",
}
ON_BOTH_SIDES: Final = "the interval holds the limit"
BY_MODEL: Final = "only a model says so, which alone never passes (accept_model)"
UNKNOWN: Final = "measure it, or take the rule out of the policy"


def reason_of(report: Report, judgement: Judgement) -> str:
    """Return the decision on a limit in one sentence."""
    limit, found = judgement.limit, judgement.found
    if found is None:
        return why_not_measured(report, judgement)
    if judgement.parts and "*" in {limit.class_name, limit.split}:
        return _of_every(judgement)
    return _of_one(report, limit, found, judgement.verdict)


def next_step_of(
    report: Report, judgement: Judgement, settling: Settling | None, *, fails: bool
) -> str:
    """Return what to do about a limit that is not kept, or may not be; empty for a pass."""
    is_spared = not fails and judgement.verdict in {"n/a", "not measured"}
    if judgement.verdict == "pass" or is_spared:
        return ""
    if settling is not None:
        return _judge_more(report, judgement, settling)
    if judgement.found is None or judgement.verdict in {"n/a", "not measured"}:
        return UNKNOWN
    advice = ADVICE.get((judgement.limit.measure, judgement.limit.value))
    return "" if advice is None else advice.remedy_of(report.privacy)


def remark_on(ruling: Ruling) -> str:
    """Return what there is to say of a rule that stands beside its number, interval and limit.

    It is its reason without these; empty where that leaves nothing.
    """
    limit = ruling.limit
    if ruling.decision == "not measured":
        return ruling.reason.removeprefix(f"{ruling.name} is undefined: ")
    if limit is None:
        return ""
    if ruling.before is not None or "*" in {limit.class_name, limit.split}:
        return ruling.reason
    if ruling.decision != "inconclusive":
        return ""
    return BY_MODEL if BY_MODEL in ruling.reason else ON_BOTH_SIDES


def why_not_measured(report: Report, judgement: Judgement) -> str:
    """Say why there is no number for a limit."""
    limit = judgement.limit
    result = report.measure(limit.measure)
    if result is None:
        return f"the report has no measure {limit.measure}"
    if result.status != "measured":
        return f"{limit.measure} is not measured: {result.reason or 'no reason is given'}"
    if judgement.omitted:
        more = text.counted(judgement.omitted, "row")
        return f"the report's table of {limit.measure} is cut: {more} of it are not there"
    kind = "class" if limit.class_name is not None else "split"
    name = limit.class_name if limit.class_name is not None else limit.split
    if name is None:
        return f"{limit.measure} has no {limit.value}"
    of_part = f"of any {kind}" if name == "*" else f"of {kind} {name}"
    few = ": too few items of it were judged" if limit.measure == "audited_labels" else ""
    return f"{limit.measure}.{limit.value} has no number {of_part}{few}"


def between(found: Value) -> str:
    """Return a number with its interval, such as ``3.4% (2.6% to 5.4%)``."""
    within = text.interval(found)
    number = "no estimate" if found.value is None else text.number(found.value, found.unit)
    return f"{number} ({within})" if within else number


def _of_one(report: Report, limit: Limit, found: Value, verdict: Verdict) -> str:
    number = between(found)
    if limit.of_items and found.value is not None:
        number += f", {text.share_of(found.value, report.dataset.n_items)} of the items,"
    said = f"{number} {HELD[verdict]} {bound(limit, found)}"
    if verdict == "n/a":
        return f"{limit.measure}.{limit.value} is undefined" + (
            f": {found.note}" if found.note else ""
        )
    if verdict == "check" and limit.value == MODEL_ESTIMATED and not limit.accept_model:
        return f"{number}, limit {bound(limit, found)}: {BY_MODEL}"
    return said + (ALL_OF_IT.get(verdict, "") if text.interval(found) else "")


def _of_every(judgement: Judgement) -> str:
    """Say which classes or splits do not keep a limit on each of them."""
    limit, parts = judgement.limit, judgement.parts
    kinds = ("class", "classes") if limit.class_name is not None else ("split", "splits")
    worst = parts_by_verdict(judgement, "fail") or parts_by_verdict(judgement, "check")
    verdict: Verdict = judgement.verdict
    if not worst:
        said = f"all {text.counted(len(parts), *kinds)} keep within the limit {_bound(judgement)}"
    else:
        verb = "is" if len(worst) == 1 else "are"
        how = f"{verb} beyond" if verdict == "fail" else "may be beyond"
        shown = [f"{part.name} {between(part.found)}" for part in worst[:NAMED] if part.found]
        more = len(worst) - NAMED
        listed = "; ".join(shown) + (f"; {more:,} more" if more > 0 else "")
        of_all = text.counted(len(parts), *kinds)
        said = f"{len(worst):,} of {of_all} {how} {_bound(judgement)}: {listed}"
        is_doubted = limit.value == MODEL_ESTIMATED and not limit.accept_model
        said += f"; {BY_MODEL}" if is_doubted and verdict == "check" else ""
    return said + _not_judged(judgement, kinds[1])


def parts_by_verdict(judgement: Judgement, verdict: Verdict) -> list[Part]:
    """Return the classes or splits with a verdict, the worst first."""
    found = [part for part, each in judgement.parts if each == verdict]
    sign = 1 if judgement.limit.at_most is None else -1
    return sorted(found, key=lambda part: sign * (_value(part.found) or 0))


def _not_judged(judgement: Judgement, kinds: str) -> str:
    names = judgement.unjudged
    cut = f"; {judgement.omitted:,} {kinds} are not in the report's table" * bool(judgement.omitted)
    if not names:
        return cut
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    few = ", with fewer than 10 judgements" * (judgement.limit.measure == "audited_labels")
    return f"; not judged{few}: {', '.join(names[:NAMED])}{more}{cut}"


def _bound(judgement: Judgement) -> str:
    return bound(judgement.limit, judgement.found)


def _value(found: Value | None) -> float | None:
    return None if found is None else found.value


def _judge_more(report: Report, judgement: Judgement, settling: Settling) -> str:
    """Say how many judgements would decide about a rate of label errors."""
    if judgement.verdict == "fail":
        return "correct labels: `labelaudit review report.json --fix` shows the suspects"
    n_items = population(report, judgement.limit)
    part = part_of(judgement.limit)
    of_part = f" of {part}" if part else ""
    clean = f"about {settling.to_certify:,} items{of_part} without a wrong label would pass"
    are_there = n_items is None or settling.to_certify <= n_items
    tail = f"; {clean}" if not settling.n_judged and are_there else ""
    draw = "`labelaudit review report.json` draws a sample"
    needed = settling.judgements
    if needed is None and (judgement.found is None or judgement.found.value is None):
        return f"{draw}{tail}"
    if n_items is not None and (needed is None or needed >= n_items):
        every = f"all {n_items:,} items{of_part} may have to be judged"
        return f"{draw}: it is so close to the limit that {every}{tail}"
    few = (
        "no number of judgements is sure to"
        if needed is None
        else f"about {needed:,}{of_part} in all would"
    )
    return f"{draw}: {few} decide it{tail}"
