"""How often the paper's rule and the argmax of the whole row take an item for different classes.

Run ``python tests/benchmarks/label_rules.py DATA`` with a folder that has
``cifar10-test-pred-probs.npy`` and ``cifar10-test-truth.parquet``. Made probabilities follow, 50
matrices of 5,000 items a line: logits are normal, that of the true class is raised, and 10 % of
the labels are wrong at random. Printed are the share of items that are taken for different
classes, and for each filter how many flags only one of the two rules gives, and how many more
change because of equals, of which the first ones are taken with the paper's rule: among items, and
among entries of the joint that are as near to the next whole number. cleanlab, where it is
installed, is the witness that ``rule="argmax"`` flags what it does.
"""

import argparse
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labelaudit.statistics.label_issues.blocks import array_blocks
from labelaudit.statistics.label_issues.evidence import weigh_labels
from labelaudit.statistics.label_issues.filters import Filter, flag_labels

Case = tuple[NDArray[np.int64], NDArray[np.float32]]
FILTERS: tuple[Filter, ...] = get_args(Filter)
N_MATRICES, N_ITEMS = 50, 5000


def published(data: Path) -> Iterator[Case]:
    """Yield the CIFAR-10 test labels and the probabilities published for them."""
    names = pq.read_table(data / "cifar10-test-truth.parquet")["label"].to_pylist()
    yield np.unique(names, return_inverse=True)[1], np.load(data / "cifar10-test-pred-probs.npy")


def made(n_classes: int, raised: float) -> Iterator[Case]:
    """Yield matrices of a model that is the better the more the true class's logit is raised."""
    for seed in range(N_MATRICES):
        rng = np.random.default_rng((seed, n_classes))
        true = rng.integers(0, n_classes, N_ITEMS)
        wrong = rng.random(N_ITEMS) < 0.1
        labels = np.where(wrong, rng.integers(0, n_classes, N_ITEMS), true)
        probs = rng.standard_normal((N_ITEMS, n_classes), dtype=np.float32)
        probs[np.arange(N_ITEMS), true] += raised
        np.exp(1.5 * probs, out=probs)
        yield labels, probs / probs.sum(axis=1, keepdims=True)


def theirs(
    labels: NDArray[np.int64], probs: NDArray[np.float32], filter_by: str
) -> NDArray[np.bool_]:
    """Return cleanlab's mask; nothing without it."""
    try:
        from cleanlab.filter import find_label_issues
    except ImportError:
        return np.empty(0, dtype=bool)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(find_label_issues(labels, probs, filter_by=filter_by, n_jobs=1))


def compare(title: str, cases: Iterator[Case]) -> None:
    """Print one line for the guesses and one for each filter."""
    n_cases, n_items, n_other, n_right = 0, 0, 0, 0
    tally = {filter_by: np.zeros(4, dtype=np.int64) for filter_by in FILTERS}
    for labels, probs in cases:
        blocks = array_blocks(probs, labels)
        paper = weigh_labels(labels, probs.shape[1], blocks)
        argmax = weigh_labels(labels, probs.shape[1], blocks, rule="argmax")
        n_cases, n_items = n_cases + 1, n_items + len(labels)
        n_other += int((paper.guess != argmax.guess).sum())
        n_right += int((probs.argmax(axis=1) == labels).sum())
        same_ties = replace(paper, rule="argmax")
        for filter_by in FILTERS:
            ours, by_rule, wanted = (
                flag_labels(evidence, blocks, filter_by=filter_by)
                for evidence in (paper, same_ties, argmax)
            )
            is_theirs = np.array_equal(wanted, theirs(labels, probs, filter_by))
            rule, ties = (by_rule ^ wanted).sum(), (ours ^ by_rule).sum()
            tally[filter_by] += wanted.sum(), rule, ties, is_theirs
    print(
        f"\n{title}: {n_cases} of {n_items // n_cases:,} items, argmax is the label of "
        f"{n_right / n_items:.1%}; taken for different classes: {n_other:,} items, "
        f"{n_other / n_items:.4%}"
    )
    for filter_by, (flags, rule, ties, equal) in tally.items():
        print(
            f"  {filter_by:22} {flags:7} flags; others by the rule {rule:4} ({rule / flags:.3%}), "
            f"by equals {ties:4} ({ties / flags:.2%}); cleanlab's in {equal} of {n_cases}",
            flush=True,
        )


def main() -> None:
    """Print a table for the published probabilities, then for made ones."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("data", type=Path, help="folder with the published probabilities")
    compare("CIFAR-10 test", published(parser.parse_args().data))
    for n_classes in (2, 10, 30):
        for raised in (2.0, 4.0):
            title = f"made, {n_classes} classes, logit raised by {raised:g}"
            compare(title, made(n_classes, raised))


if __name__ == "__main__":
    main()
