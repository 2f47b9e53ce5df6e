import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.statistics.stratified_rate import Audit, Known, rate_today, to_halve
from labelaudit.statistics.weighted_share import weighted_share

NOTHING = Known(0, 0)


def audit_of(strata: list[tuple[int, int, int]], before: Known = NOTHING) -> Audit:
    """Return an audit of strata with so many items, judged and wrong."""
    sizes, judged, wrong = (np.array(column) for column in zip(*strata, strict=True))
    return Audit(sizes=sizes, judged=judged, wrong=wrong, before=before)


strata = st.lists(
    st.integers(1, 300).flatmap(
        lambda size: st.integers(1, size).flatmap(
            lambda judged: st.tuples(st.just(size), st.just(judged), st.integers(0, judged))
        )
    ),
    min_size=1,
    max_size=5,
)


@given(strata)
def test_one_audit_is_its_definition(drawn: list[tuple[int, int, int]]) -> None:
    total = sum(size for size, _, _ in drawn)
    sizes, judged, wrong = (np.array(column) for column in zip(*drawn, strict=True))
    share, low, high = weighted_share(wrong, judged, sizes / total, 1 - judged / sizes)
    known = Known(int(judged.sum()), int(wrong.sum()))
    found = rate_today([audit_of(drawn)], known, known, total)
    assert found.share == pytest.approx(share, abs=1e-9)
    least, most = known.wrong / total, 1 - (known.judged - known.wrong) / total
    assert found.low == pytest.approx(max(low, least), abs=1e-9)
    assert found.high == pytest.approx(min(high, most), abs=1e-9)


def test_the_published_share() -> None:
    # Strata so large that it makes no difference that they are finite.
    audit = audit_of([(50_000_000, 200, 96), (950_000_000, 200, 2)])
    found = rate_today([audit], Known(400, 98), Known(400, 98), 1_000_000_000)
    assert found.share == pytest.approx(0.0335, abs=1e-6)
    # Published for MOVER, of which the ends are less sure: .025236 and .054393.
    published = (0.025236, 0.054393)
    assert found.low < published[0]
    assert found.high > published[1]


def test_all_judged_leaves_nothing_open() -> None:
    found = rate_today([audit_of([(10, 10, 3), (20, 20, 1)])], Known(30, 4), Known(30, 4), 30)
    assert found.share == found.low == found.high == pytest.approx(4 / 30)


def test_of_items_that_came_after_all_were_judged_nothing_is_known() -> None:
    found = rate_today([audit_of([(30, 30, 3)])], Known(30, 3), Known(30, 3), 40)
    assert (found.low, found.high) == (3 / 40, 13 / 40)
    assert found.share == pytest.approx(0.1)


def test_a_sample_of_which_all_is_judged_takes_no_weight_from_the_others() -> None:
    whole, other = audit_of([(10, 10, 0)]), audit_of([(100, 10, 5)], before=Known(10, 0))
    found = rate_today([whole, other], Known(20, 5), Known(20, 5), 110)
    assert found.share == pytest.approx(50 / 110)


def test_a_corrected_item_no_longer_counts() -> None:
    # 100 items, 20 judged, 5 of them wrong: 25 errors, of which 20 are among the 80 not judged.
    audit = audit_of([(100, 20, 5)])
    before = rate_today([audit], Known(20, 5), Known(20, 5), 100)
    after = rate_today([audit], Known(20, 5), Known(20, 0), 100)
    assert before.share == pytest.approx(0.25)
    assert after.share == pytest.approx(0.20)
    assert after.high - after.low == pytest.approx(before.high - before.low)
    # The five are taken out: 20 errors are left in 95 items.
    gone = rate_today([audit], Known(20, 5), Known(15, 0), 95)
    assert gone.share == pytest.approx(20 / 95)


def test_two_audits_by_hand() -> None:
    # The first: 10 of 100 judged, 2 wrong: 20 errors, 18 of them among the 90 not judged.
    first = audit_of([(100, 10, 2)])
    # The second leaves these ten out: 30 of 90 judged, 3 wrong: 9 errors among the 90.
    second = audit_of([(90, 30, 3)], before=Known(10, 2))
    # Without the 5 that were found: 15 and 6 errors in the other 60, with weights 1/4 and 3/4.
    found = rate_today([first, second], Known(40, 5), Known(40, 5), 100)
    assert found.share == pytest.approx((5 + 15 / 4 + 6 * 3 / 4) / 100)


def test_two_audits_have_no_bias_and_cover() -> None:
    # The second audit knows what the first one found, and all that both find is corrected.
    rng = np.random.default_rng(0)
    sizes, errors = np.array([100, 900]), np.array([40, 45])
    shares, ends = [], []
    for _ in range(2000):
        left, wrong = sizes, errors
        audits, known = [], NOTHING
        for judged in (np.array([30, 60]), np.array([20, 100])):
            found = rng.hypergeometric(wrong, left - wrong, judged)
            audits.append(Audit(sizes=left, judged=judged, wrong=found, before=known))
            left, wrong = left - judged, wrong - found
            known = Known(known.judged + int(judged.sum()), known.wrong + int(found.sum()))
        rate = rate_today(audits, known, Known(known.judged, 0), 1000)
        truth = wrong.sum() / 1000
        shares.append(rate.share - truth)
        ends.append((rate.low > truth, rate.high < truth))
    assert np.mean(shares) == pytest.approx(0, abs=0.002)
    assert np.mean(ends, axis=0).max() <= 0.025


def test_four_times_the_judgements_halve_the_interval() -> None:
    assert to_halve(100, 10**9) == 300
    more = to_halve(200, 1000)
    half = [
        rate_today([audit_of([(1000, n, n // 2)])], Known(n, n // 2), Known(n, n // 2), 1000)
        for n in (200, 200 + more)
    ]
    widths = [found.high - found.low for found in half]
    assert widths[1] == pytest.approx(widths[0] / 2, rel=0.05)
