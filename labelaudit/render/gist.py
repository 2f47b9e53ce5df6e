"""What a report comes to: one verdict, and what matters most in a sentence or two."""

from dataclasses import dataclass
from typing import Final

from labelaudit.limits import AUDITED, MODEL_ESTIMATED, Verdict, judged, overall
from labelaudit.render import text
from labelaudit.render.alerts import Alert, alerts_of
from labelaudit.render.judgements import tally, whose
from labelaudit.report import Report

ONE_IN_FROM: Final = 1 / 3  # above, "1 in 2" would be said of all from 40 to 67 %
NAMED: Final = 2  # broken limits that are said in full
UNJUDGED: Final = "no person has judged any"


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
        tally=tally(judgements) + (f" ({owner})" if owner else ""),
    )


def _label_errors(report: Report) -> str:
    """Say how many labels are wrong, and who says so."""
    audited = report.value("audited_labels", AUDITED)
    if audited is not None and audited.value is not None:
        return f"{_share(audited.value)} wrong, as people judged of a drawn sample."
    estimate = report.value("label_noise", MODEL_ESTIMATED)
    if estimate is not None and estimate.value is None:
        return f"A model disagrees with too many labels to say how many are wrong; {UNJUDGED}."
    if estimate is not None and estimate.value is not None:
        if not estimate.value:
            return f"A model finds no label wrong; {UNJUDGED}."
        return f"{_share(estimate.value, 'may be')} wrong, as a model estimates; {UNJUDGED}."
    missing = report.value("multi_label_noise", "suspected_missing_count")
    if missing is not None and missing.value is not None:
        count = text.counted(int(missing.value), "label")
        verb = "is" if missing.value == 1 else "are"
        return f"A model suspects that {count} {verb} missing; {UNJUDGED}."
    return "How many labels are wrong is not known: none was checked."


def _share(rate: float, verb: str = "are") -> str:
    if 0 < rate < ONE_IN_FROM:
        return f"About 1 in {round(1 / rate):,} labels {verb}"
    return f"{text.number(rate, 'share')} of the labels {verb}"


def _broken(alerts: list[Alert]) -> str:
    """Say what is beyond its limit, but for label errors, which are said before."""
    rates = {AUDITED, MODEL_ESTIMATED}
    broken = [alert for alert in alerts if alert.level == "fail" and alert.value not in rates]
    said = [f"{alert.amount} {alert.title}" for alert in broken[:NAMED]]
    more = len(broken) - NAMED
    if more > 0:
        said.append(f"{text.counted(more, 'more limit')} {'is' if more == 1 else 'are'} not kept")
    return "; ".join(said) + "." if said else ""
