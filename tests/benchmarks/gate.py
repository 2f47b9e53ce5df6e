"""How often does a gate decide wrongly, and how often does it find what is there?

Run ``python tests/benchmarks/gate.py``; it takes a minute, and needs no data.

Datasets whose share of wrong labels is the limit, and twice the limit, are audited again and
again; the rate and its interval are those of a report (`rate_today`), and each verdict is the
gate's (`verdict_of`). *block* fails where the verdict is fail, *assure* passes where it is pass.
Beside them is a gate that compares the point estimate with the limit, as other tools do, and how
often *block* would fail by MOVER's interval, with Jeffreys intervals of the strata.

The first table has simple random samples, without end: its numbers are exact, summed over all
counts. The second has samples as ``labelaudit review`` draws them, from strata of 50,000 and of
5,000 items by four detectors: one that knows nothing; two that rank the errors first, somewhat
and well; and one that is sure and mistaken, whose errors are anywhere. It has the worst of the
four, over 10,000 samples of each, so its shares have a standard error of .0016 at 2.5 %.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from labelaudit.limits import AUDITED, verdict_of
from labelaudit.report import Limit, Value
from labelaudit.statistics.intervals import jeffreys
from labelaudit.statistics.stratified import draw
from labelaudit.statistics.stratified_rate import Audit, Estimate, Known, rate_today

LIMITS = (0.01, 0.02, 0.05)
JUDGED = (200, 500, 1000, 2000)
WITHOUT_END = 10**9
SIZES = (5_000, 50_000)
N_SAMPLES = 10_000
DETECTORS = ("knows nothing", "ranks", "ranks well", "mistaken")
Shares = tuple[float, float, float, float]


def shares_of(audits: list[Audit], limit: float, chances: NDArray[np.float64]) -> Shares:
    """Return how often audits that come with some chances are decided in each way."""
    rows = []
    for audit in audits:
        known = Known(int(audit.judged.sum()), int(audit.wrong.sum()))
        found = rate_today([audit], known, known, int(audit.sizes.sum()))
        rows.append((*decided(found, limit), mover(audit) > limit))
    block, assure, point, by_mover = (chances @ np.array(rows, dtype=float)).tolist()
    return block, assure, point, by_mover


def mover(audit: Audit) -> float:
    """Return the lower end of MOVER's interval from Jeffreys' of the strata."""
    weights, shares = audit.sizes / audit.sizes.sum(), audit.wrong / audit.judged
    low, _ = jeffreys(audit.wrong, audit.judged)
    left = np.maximum(1 - audit.judged / audit.sizes, 0)
    return float(weights @ shares - np.sqrt(weights**2 @ (left * (shares - low) ** 2)))


def decided(found: Estimate, limit: float) -> tuple[bool, bool, bool]:
    """Return whether *block* fails, *assure* passes, and a point estimate fails."""
    value = Value(
        name=AUDITED,
        title="",
        value=found.share,
        unit="share",
        better="lower",
        low=found.low,
        high=found.high,
    )
    held = Limit(measure="audited_labels", value=AUDITED, at_most=limit)
    verdict = verdict_of(held, value, 1)
    return verdict == "fail", verdict == "pass", round(found.share, 9) > limit


def simple(n: int, limit: float, rate: float) -> Shares:
    """Return the exact shares of simple random samples that are decided so."""
    counts = np.arange(n + 1)
    audits = [
        Audit(
            sizes=np.array([WITHOUT_END]),
            judged=np.array([n]),
            wrong=np.array([wrong]),
            before=Known(0, 0),
        )
        for wrong in counts.tolist()
    ]
    return shares_of(audits, limit, binom.pmf(counts, n, rate))


def expectations(detector: str, size: int, rate: float) -> NDArray[np.float64]:
    """Return the probability that a detector gives each item of being wrong, worst first."""
    rank = (np.arange(size) + 0.5) / size
    shape = {
        "knows nothing": np.ones(size),
        "ranks": np.exp(-5 * rank) + 0.1,
        "ranks well": np.exp(-60 * rank) + 0.005,
        "mistaken": np.exp(-60 * rank) + 0.005,
    }[detector]
    expected: NDArray[np.float64] = np.minimum(shape * rate * size / shape.sum(), 0.95)
    return expected


def stratified(detector: str, size: int, n: int, limit: float, rate: float) -> Shares:
    """Return the shares of samples that review draws which are decided so."""
    expected = expectations(detector, size, rate)
    keys = [str(row) for row in range(size)]
    sample = draw(-expected, expected, expected > 0.5, keys, n, 0)
    total = round(rate * size)
    true = np.full(size, total / size) if detector == "mistaken" else expected
    starts = np.cumsum(sample.sizes) - sample.sizes
    errors = np.floor(np.add.reduceat(true, starts)).astype(np.int64)
    errors[-1] += total - errors.sum()  # so that the rate is exact
    rng = np.random.default_rng(0)
    drawn = rng.hypergeometric(
        errors, sample.sizes - errors, sample.drawn, size=(N_SAMPLES, len(errors))
    )
    kinds, counts = np.unique(drawn, axis=0, return_counts=True)
    audits = [
        Audit(sizes=sample.sizes, judged=sample.drawn, wrong=wrong, before=Known(0, 0))
        for wrong in kinds
    ]
    return shares_of(audits, limit, counts / N_SAMPLES)


def row(name: str, n: int, limit: float, at: list[Shares], twice: list[Shares]) -> str:
    """Return a row of a table: the most that is decided wrongly, the least that is found."""
    found, _, point_found, _ = np.min(twice, axis=0)
    cells = (*np.max(at, axis=0), found, max(shares[1] for shares in twice), point_found)
    return f"| {name} | {n:,} | {limit:.0%} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |"


def main() -> None:
    """Print both tables."""
    print("The last three columns are of datasets that have twice as many wrong labels.")
    wrong = "block fails | assure passes | point estimate fails"
    print(f"| samples | judged | limit | {wrong} | block by MOVER fails | {wrong} |")
    print("| --- " * 10 + "|")
    for n in JUDGED:
        for limit in LIMITS:
            at, twice = simple(n, limit, limit), simple(n, limit, 2 * limit)
            print(row("simple", n, limit, [at], [twice]), flush=True)
    for size in SIZES:
        for n in JUDGED[:3]:
            for limit in LIMITS:
                each = [
                    [stratified(detector, size, n, limit, times * limit) for detector in DETECTORS]
                    for times in (1, 2)
                ]
                print(row(f"review, of {size:,}", n, limit, *each), flush=True)


if __name__ == "__main__":
    main()
