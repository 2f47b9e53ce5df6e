"""Test sets whose right labels are known, with what models predict of them and people judged."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from made import rows
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings.content import Content
from labelaudit.errors import MissingInputError
from labelaudit.inputs import Inputs
from labelaudit.inputs.predictions import Predictions
from labelaudit.measures import Findings
from labelaudit.measures.benchmark_stability.benchmark_stability import benchmark_stability
from labelaudit.verdicts import Verdicts, from_rows

CLASSES = ("ant", "bee", "cow", "dog")


@dataclass(frozen=True, kw_only=True, eq=False)
class Made:
    """A test set whose right labels are known, and what two models or more predict of it."""

    truth: NDArray[np.int32]
    given: NDArray[np.int32]
    predicted: NDArray[np.int32]
    strata: NDArray[np.int64]

    @property
    def wrong(self) -> NDArray[np.bool_]:
        wrong: NDArray[np.bool_] = self.truth != self.given
        return wrong


def made(n: int, seed: int, accuracies: Sequence[tuple[float, float]], error_rate: float) -> Made:
    """Return models of some accuracy on right labels, that follow some of the wrong ones.

    Where a model does not follow a wrong label, it predicts the right class.
    """
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, n).astype(np.int32)
    wrong = rng.random(n) < error_rate
    given = np.where(wrong, (truth + rng.integers(1, 4, n)) % 4, truth).astype(np.int32)
    predicted = []
    for on_clean, on_wrong in accuracies:
        follows = rng.random(n) < np.where(wrong, on_wrong, on_clean)
        other = np.where(wrong, truth, (truth + rng.integers(1, 4, n)) % 4)
        predicted.append(np.where(follows, given, other))
    score = wrong * 0.6 + rng.random(n)
    strata = (np.argsort(np.argsort(-score)) >= n // 5).astype(np.int64)
    return Made(
        truth=truth, given=given, predicted=np.array(predicted, dtype=np.int32), strata=strata
    )


def verdicts_on(test: Made, items: NDArray[np.int64], audit: str = "drawn") -> Verdicts:
    """Return what a person who knows the right labels says of some items."""
    sizes = np.bincount(test.strata, minlength=2)
    drawn = np.bincount(test.strata[items], minlength=2)
    lines = []
    for item in items.tolist():
        given, truth = CLASSES[test.given[item]], CLASSES[test.truth[item]]
        other = CLASSES[(test.given[item] + 1) % 4]
        stratum = int(test.strata[item])
        lines.append(
            {
                "content": hashlib.sha256(str(item).encode()).hexdigest(),
                "path": str(item),
                "given_label": given,
                "suggested_label": truth if truth != given else other,
                "verdict": "suggested" if truth != given else "given",
                "reviewer": "ann",
                "audit": audit,
                "stratum": str(stratum) if audit else "-1",
                "stratum_size": str(sizes[stratum]) if audit else "0",
                "stratum_drawn": str(drawn[stratum]) if audit else "0",
                "judged_before": "0",
            }
        )
    return from_rows(lines)


def measured(test: Made, **others: object) -> Findings:
    n = len(test.given)
    dataset = Dataset(
        name="test",
        task="multiclass",
        class_names=CLASSES,
        paths=pa.array(map(str, range(n)), pa.large_string()),
        labels=test.given,
        splits=np.full(n, -1, dtype=np.int32),
        media=None,
        source=Source(format="test", why=(), found=n),
    )
    digests = [hashlib.sha256(str(item).encode()).digest() for item in range(n)]
    content = Content(
        digests=np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(n, 32),
        status=np.zeros(n, dtype=np.uint8),
        oddities=np.zeros(n, dtype=np.uint16),
        sizes=np.ones((n, 2), dtype=np.int32),
        signatures=np.zeros((n, 0), dtype=np.uint8),
        reasons={},
    )
    names = tuple("ABCDEF"[: len(test.predicted)])
    predictions = Predictions(models=names, classes=test.predicted, sources=names)
    inputs = Inputs(
        {"dataset": dataset, "content": content, "predictions": predictions}
        | {"embeddings": MissingInputError("none"), **others}
    )
    found = inputs.call(benchmark_stability)
    assert isinstance(found, Findings)
    return found


def coverage(n_sets: int) -> dict[str, float]:
    """Return how often each 95 % interval holds what is true of all test sets drawn alike.

    Of 3,000 items a tenth has wrong labels, and 100 of each of two strata are judged. The models
    are right on .96 and .94 of the right labels, and follow .2 and .6 of the wrong ones, so that
    they swap where a lead of .02 on right labels meets one of .4 on wrong ones.
    """
    true = {"A": 0.9 * 0.96 + 0.1 * 0.8, "B": 0.9 * 0.94 + 0.1 * 0.4}
    names = ("corrected accuracy A", "corrected accuracy B", "corrected gap", "swap", "error rate")
    held = np.zeros((n_sets, len(names)), dtype=bool)
    for seed in range(n_sets):
        test = made(3000, seed, [(0.96, 0.2), (0.94, 0.6)], 0.1)
        rng = np.random.default_rng(seed)
        strata = [np.flatnonzero(test.strata == h) for h in (0, 1)]
        items = np.concatenate([rng.choice(each, 100, replace=False) for each in strata])
        found = measured(test, verdict_file=verdicts_on(test, items))
        scores = {(row["scoring"], row["model"]): row for row in rows(found, "accuracies")}
        (gap,), (swap,) = rows(found, "gaps"), rows(found, "swaps")
        rate = next(value for value in found.values if value.name == "label_error_rate")
        lead = (true["A"] - true["B"]) * (1 if gap["first"] == "A" else -1)
        ends = [
            *((scores["corrected labels", name], "", share) for name, share in true.items()),
            (gap, "corrected_gap_", lead),
            (swap, "swap_", 0.02 / 0.42),
            ({"low": rate.low, "high": rate.high}, "", test.wrong.mean()),
        ]
        held[seed] = [row[f"{of}low"] <= value <= row[f"{of}high"] for row, of, value in ends]
    return dict(zip(names, held.mean(axis=0).tolist(), strict=True))
