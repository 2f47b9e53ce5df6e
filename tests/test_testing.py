"""The checks of a measure: each finds what it is there for."""

from dataclasses import replace

import numpy as np
import pytest

from labelaudit.measures import Findings, Ranking, measure
from labelaudit.report import EXACT, Column, Table, Value
from labelaudit.testing import check_findings, check_measure

GOOD = Value(name="wrong_share", title="Wrong", value=0.5, unit="share", no_interval=EXACT)
TABLE = Table(name="t", title="T", columns=(Column(name="n"),), rows=((1,),))
RANKING = Ranking(name="r", title="R", items=np.array([1, 0]))
DOCUMENT = """Return nothing.

    Formula
    -------
    None.

    Range
    -----
    Neither lower nor higher is better.

    Undefined
    ---------
    Always.

    Not comparable
    --------------
    With anything.
    """


def described(document: str) -> None:
    def nothing() -> Findings:
        return Findings()

    nothing.__doc__ = document
    check_measure(measure(family="integrity", title="Nothing")(nothing))


def test_what_is_documented_and_plain_passes() -> None:
    described(DOCUMENT)
    described(DOCUMENT.replace("Neither lower nor higher", "Lower"))
    check_findings(Findings(values=(GOOD,), tables=(TABLE,), rankings=(RANKING,)), 2)


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("Formula\n", "no section 'Formula'"),
        ("is better", "lower or higher is better"),
        ("nothing.", "no sentence"),
        ("    Undefined\n    ---------\n", "no section 'Undefined'"),
    ],
)
def test_what_is_not_documented_is_told(gone: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        described(DOCUMENT.replace(gone, ""))


def test_a_measure_without_a_word_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="nothing has no docstring"):
        described("")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Findings(values=(GOOD, GOOD)), "twice"),
        (Findings(values=(replace(GOOD, value=1.5),)), "within 0 to 1"),
        (Findings(values=(replace(GOOD, value=float("nan")),)), "nan"),
        (Findings(values=(replace(GOOD, value=np.float64(0.5)),)), "not int or float"),
        (Findings(values=(replace(GOOD, value=None),)), "why it is undefined"),
        (Findings(values=(replace(GOOD, low=0.1),)), "two ends"),
        (Findings(values=(replace(GOOD, no_interval=""),)), "or why there is none"),
        (
            Findings(values=(replace(GOOD, low=0.6, high=0.7, interval="95 %", no_interval=""),)),
            "outside",
        ),
        (Findings(values=(replace(GOOD, unit="pixels"),)), "no unit"),
        (Findings(values=(replace(GOOD, name="Wrong share"),)), "letters, digits"),
        (Findings(values=(replace(GOOD, name="wrong_count"),)), "no count"),
        (Findings(values=(replace(GOOD, name="x_ratio", unit="", value=-1.0),)), "below 0"),
        (Findings(tables=(replace(TABLE, rows=((1, 2),)),)), "a row of 2 cells"),
        (Findings(tables=(replace(TABLE, rows=((float("inf"),),)),)), "no plain Python"),
        (Findings(rankings=(replace(RANKING, items=np.array([0, 0])),)), "an item twice"),
        (Findings(rankings=(replace(RANKING, items=np.array([0, 2])),)), "no such item"),
        (Findings(rankings=(replace(RANKING, scores=np.zeros(3)),)), "other lengths"),
        (Findings(columns={"c": np.zeros(3)}), "3 rows, not 2"),
        (Findings(parameters={"p": np.int64(3)}), "parameter p"),  # type: ignore[dict-item]
    ],
)
def test_what_a_report_cannot_hold_is_told(found: Findings, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        check_findings(found, 2)
