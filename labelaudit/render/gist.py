"""What a report comes to: one verdict, and what matters most in a sentence or two."""

from dataclasses import dataclass
from typing import Final

from labelaudit.limits import AUDITED, MODEL_ESTIMATED, Verdict, judged, overall
from labelaudit.render import text
from labelaudit.render.alerts import Alert, alerts_of
from labelaudit.render.judgements import tally_of, whose
from labelaudit.report import Report, Value

ONE_IN_FROM: Final = 0.1  # above, a whole number is more than 5 % off
NAMED: Final = 2  # broken limits that are said in full
UNJUDGED: Final = "no person has audited a sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gist:
    """A report in brief.

    Attributes
    ----------
    verdict
        Over all limits.
    sentence
        What matters most, in plain words.
    tally
        How many limits are kept, and whose limits they are.
    """

    verdict: Verdict
    sentence: str
    tally: str


def gist(report: Report) -> Gist:
    """Return what a report comes to.

    Parameters
    ----------
    report
        Any report.
    """
    judgements = judged(report)
    owner = whose(report)
    return Gist(
        verdict=overall(judgements),
        sentence=f"{_label_errors(report)} {_broken(alerts_of(report))}".strip(),
        tally=tally_of(report) + (f" ({owner})" if owner else ""),
    )


def _label_errors(report: Report) -> str:
    """Say how many labels are wrong, and who says so."""
    n_items = report.dataset.n_items
    audited = report.value("audited_labels", AUDITED)
    if audited is not None and audited.value is not None:
        between = _between("95 % interval", audited)
        if not audited.value:
            return f"People found no wrong label in the sample that they judged{between}."
        return f"{_share(audited.value, n_items)} wrong, as people judged a drawn sample{between}."
    estimate = report.value("label_noise", MODEL_ESTIMATED)
    return f"{_several(report) if estimate is None else _estimated(estimate, n_items)}; {UNJUDGED}."


def _estimated(estimate: Value, n_items: int) -> str:
    """Say how many labels a model holds for wrong."""
    if estimate.value is None:
        return "A model disagrees with too many labels to say how many are wrong"
    between = _between("range", estimate)
    if not estimate.value:
        return f"A model finds no label wrong{between}"
    return f"{_share(estimate.value, n_items, 'may be')} wrong, as a model estimates{between}"


def _several(report: Report) -> str:
    """Say how many labels a model suspects where items have several; if none does, say so."""
    missing, spurious = (
        report.value("multi_label_noise", f"suspected_{kind}_count")
        for kind in ("missing", "spurious")
    )
    if missing is None or missing.value is None or spurious is None or spurious.value is None:
        return "How many labels are wrong is not known: no model has estimated it"
    count = text.counted(int(missing.value), "label")
    also = text.number(spurious.value, "count")
    return f"A model suspects that {count} may be missing, and {also} spurious"


def _between(said: str, rate: Value) -> str:
    return f" ({said} {text.interval(rate)})" if text.interval(rate) else ""


def _share(rate: float, n_items: int, verb: str = "are") -> str:
    if not 0 < rate <= ONE_IN_FROM:
        return f"{text.number(rate, 'share')} of the labels {verb}"
    one_in = float(f"{1 / rate:.2g}")
    if one_in > n_items:
        return f"Fewer than 1 in {n_items:,} labels {verb}"
    return f"About 1 in {one_in:,.0f} labels {verb}"


def _broken(alerts: list[Alert]) -> str:
    """Say what is beyond its limit, but for label errors, which are said before."""
    rates = {AUDITED, MODEL_ESTIMATED}
    broken = [alert for alert in alerts if alert.level == "fail" and alert.value not in rates]
    said = [f"{alert.amount} {alert.title}" for alert in broken[:NAMED]]
    more = len(broken) - NAMED
    if more > 0:
        said.append(f"{text.counted(more, 'more limit')} {'is' if more == 1 else 'are'} not kept")
    return "; ".join(said) + "." if said else ""
