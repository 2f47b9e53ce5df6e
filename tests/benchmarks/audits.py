"""Simulate audits of datasets whose wrong labels are known: does the interval keep its level?

Run ``python tests/benchmarks/audits.py DATA`` where ``DATA`` has ``cifar10n-dev.tar``,
``cifar10n-dev-truth.parquet``, ``cifar10-test-pred-probs.npy`` and ``cifar10-test-truth.parquet``.

Each audit draws a sample as ``labelaudit review`` does, from the margins and error probabilities
of a scan, and judges it by the truth; 400 audits of each size. Coverage is the share of audits
whose 95 % interval holds the true rate, and the half-width is their mean, in points. Beside it
are, over 5,000 samples of the same strata, the shares of intervals that lie above and below the
true rate, which a gate depends on; a simple random sample of as many items with Wilson's interval;
and on the same samples two other intervals: MOVER with Wilson's intervals of the strata, and the
posterior of the rate under Jeffreys' prior of each stratum. The last column is the share of
audits in which the intervals of all classes with 10 judged items hold at once.

The populations are the 5,000 images of CIFAR-10N in odd rows (how samples are drawn was tuned on
the even ones), and all 10,000, with the aggregate and the worst label, scanned with the built-in
model; and the 10,000 of CIFAR-10 test with strong probabilities, of whose labels 9 % were changed
at random.
"""

import argparse
import tempfile
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from embeddings import embed, noisy_labels, unpacked
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.scan import Scan, ScanOptions, scan
from labelaudit.statistics.domain_rates import domain_rates
from labelaudit.statistics.intervals import wilson
from labelaudit.statistics.stratified import draw
from labelaudit.statistics.stratified_rate import Audit, Known, rate_today

SIZES = (100, 200, 400)
FLIPPED = 0.09
N_DRAWS = 1000
N_SAMPLES = 5000
Ends = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """Items with what a scan says of them, and whether their labels are wrong."""

    name: str
    wrong: NDArray[np.bool_]
    labels: NDArray[np.int32]
    margin: NDArray[np.float64]
    expected: NDArray[np.float64]
    suspected: NDArray[np.bool_]

    def take(self, name: str, rows: NDArray[np.int64]) -> "Population":
        """Return some of the items."""
        columns = (each.name for each in fields(self) if each.name != "name")
        return replace(self, name=name, **{of: getattr(self, of)[rows] for of in columns})


def population(
    name: str, found: Scan, labels: NDArray[np.int32], wrong: NDArray[np.bool_]
) -> Population:
    """Return the items of a scan."""

    def column(of: str) -> NDArray[np.float64]:
        values: NDArray[np.float64] = found.items[of].to_numpy(zero_copy_only=False)
        return values.astype(np.float64)

    return Population(
        name=name,
        wrong=wrong,
        labels=labels,
        margin=column("label_margin"),
        expected=column("error_probability"),
        suspected=column("is_label_suspected") > 0,
    )


def of_people(data: Path, folder: Path) -> list[Population]:
    """Return CIFAR-10N with two sets of labels, its odd rows and all."""
    dataset = unpacked(data / "cifar10n-dev.tar", folder / "dev")
    vectors, _ = embed(dataset, BUILTIN)
    np.save(folder / "vectors.npy", vectors)
    at = {Path(path).parts[-2:]: row for row, path in enumerate(dataset.paths.to_pylist())}
    truth = pq.read_table(data / "cifar10n-dev-truth.parquet", columns=["path"])["path"]
    order = np.array([at[Path(path).parts[-2:]] for path in truth.to_pylist()])
    made = []
    for kind in ("aggregate", "worst"):
        labels = noisy_labels(dataset, data / "cifar10n-dev-truth.parquet", f"{kind}_label")
        options = ScanOptions(embeddings=folder / "vectors.npy", n_threads=2)
        found = scan(replace(dataset, labels=labels, media=None), options)
        whole = population(f"{kind}, all", found, labels, labels != dataset.labels)
        made += [whole.take(f"{kind}, odd rows", order[1::2]), whole]
    return made


def of_strong_probabilities(data: Path) -> Population:
    """Return CIFAR-10 test with probabilities of a trained network, and flipped labels."""
    said = pq.read_table(data / "cifar10-test-truth.parquet", columns=["label"])["label"]
    names, codes = np.unique(said.to_pylist(), return_inverse=True)
    rng = np.random.default_rng(0)
    wrong = rng.random(len(codes)) < FLIPPED
    other = (codes + rng.integers(1, len(names), len(codes))) % len(names)
    labels = np.where(wrong, other, codes).astype(np.int32)
    dataset = Dataset(
        name="test",
        task="multiclass",
        class_names=tuple(names.tolist()),
        paths=pa.array([str(row) for row in range(len(codes))], pa.large_string()),
        labels=labels,
        splits=np.full(len(codes), -1, dtype=np.int32),
        media=None,
        source=Source(format="benchmark", why=(), found=len(codes)),
    )
    found = scan(dataset, ScanOptions(pred_probs=data / "cifar10-test-pred-probs.npy"))
    return population("strong probabilities, 9 % flipped", found, labels, wrong)


def audit(people: Population, n: int, seed: int) -> dict[str, Ends | bool]:
    """Return the interval of each method from one audit, and whether all of the classes hold."""
    keys = [str(row) for row in range(len(people.wrong))]
    sample = draw(people.margin, people.expected, people.suspected, keys, n, seed)
    wrong = people.wrong[sample.items]
    found = np.bincount(sample.strata[wrong], minlength=len(sample.sizes))
    judged = Audit(sizes=sample.sizes, judged=sample.drawn, wrong=found, before=Known(0, 0))
    known = Known(n, int(wrong.sum()))
    kept = rate_today([judged], known, known, len(people.wrong))
    rng = np.random.default_rng(seed)
    simple = int(people.wrong[rng.choice(len(people.wrong), n, replace=False)].sum())
    low, high = wilson(simple, n)
    return {
        "stratified": (kept.low, kept.high),
        "random": (float(low), float(high)),
        "MOVER-Wilson": mover_wilson(judged),
        "posterior": posterior(judged, rng),
        "classes": classes_hold(people, sample.items, (sample.sizes / sample.drawn)[sample.strata]),
    }


def mover_wilson(judged: Audit) -> Ends:
    """Return MOVER's interval from Wilson's of the strata, of a finite population."""
    weights, shares = judged.sizes / judged.sizes.sum(), judged.wrong / judged.judged
    left = np.maximum(1 - judged.judged / judged.sizes, 1e-9)
    low, high = wilson(judged.wrong / left, judged.judged / left)
    share = float(weights @ shares)
    below, above = (np.sqrt(weights**2 @ (shares - end) ** 2) for end in (low, high))
    return share - float(below), share + float(above)


def posterior(judged: Audit, rng: np.random.Generator) -> Ends:
    """Return the middle 95 % of the posterior of a finite population's rate."""
    right, size = judged.judged - judged.wrong, (N_DRAWS, len(judged.sizes))
    shares = rng.beta(judged.wrong + 0.5, right + 0.5, size=size)
    rest = rng.binomial(judged.sizes - judged.judged, shares)
    rates = (rest + judged.wrong).sum(axis=1) / judged.sizes.sum()
    low, high = np.quantile(rates, [0.025, 0.975])
    return float(low), float(high)


def classes_hold(
    people: Population, items: NDArray[np.int64], weights: NDArray[np.float64]
) -> bool:
    """Tell whether the intervals of all judged classes hold the true rates at once."""
    n = int(people.labels.max()) + 1
    found = domain_rates(people.labels[items], weights, people.wrong[items], n)
    truth = np.bincount(people.labels[people.wrong], minlength=n) / np.bincount(people.labels)
    inside = (found.low <= truth) & (truth <= found.high)
    return bool((inside | np.isnan(found.shares)).all())


def often(people: Population, n: int) -> tuple[float, float]:
    """Return how often the interval is above and below the rate, of the strata of an audit."""
    keys = [str(row) for row in range(len(people.wrong))]
    sample = draw(people.margin, people.expected, people.suspected, keys, n, 0)
    ranked = people.wrong[np.argsort(people.margin, kind="stable")]
    starts = np.cumsum(sample.sizes) - sample.sizes
    errors = np.add.reduceat(ranked.astype(np.int64), starts)
    truth, rng = float(people.wrong.mean()), np.random.default_rng(0)
    above = below = 0
    for wrong in rng.hypergeometric(
        errors, sample.sizes - errors, sample.drawn, size=(N_SAMPLES, len(starts))
    ):
        judged = Audit(sizes=sample.sizes, judged=sample.drawn, wrong=wrong, before=Known(0, 0))
        known = Known(n, int(wrong.sum()))
        found = rate_today([judged], known, known, len(ranked))
        above += found.low > truth
        below += found.high < truth
    return above / N_SAMPLES, below / N_SAMPLES


def row(people: Population, n: int, n_audits: int) -> str:
    """Return the coverage and half-width of each method over many audits."""
    truth = float(people.wrong.mean())
    audits = [audit(people, n, seed) for seed in range(n_audits)]
    cells = []
    for method in ("stratified", "random", "MOVER-Wilson", "posterior"):
        ends = np.array([each[method] for each in audits])
        covered = ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()
        cells.append(f"{covered:.1%}, {50 * (ends[:, 1] - ends[:, 0]).mean():.2f}")
    cells.insert(1, " / ".join(f"{share:.1%}" for share in often(people, n)))
    cells.append(f"{np.mean([each['classes'] for each in audits]):.1%}")
    return f"| {people.name} ({truth:.1%}) | {n} | {' | '.join(cells)} |"


def main() -> None:
    """Print a row a population and size of the audit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--audits", type=int, default=400)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        populations = [*of_people(said.data, Path(made)), of_strong_probabilities(said.data)]
    print(f"Coverage and half-width in points over {said.audits} audits.")
    print(
        "| labels (wrong) | judged | stratified | above / below | random, Wilson | MOVER-Wilson "
        "| posterior | all classes |"
    )
    print("| --- " * 8 + "|")
    for people in populations:
        for n in SIZES:
            print(row(people, n, said.audits), flush=True)


if __name__ == "__main__":
    main()
