"""The same flags as cleanlab 2.9.0, and the published counts, on the same probabilities."""

import warnings
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from noisy import noisy_case
from numpy.typing import NDArray

from labelaudit import find_label_issues
from labelaudit.errors import InputError
from labelaudit.statistics.label_issues import blocks as in_blocks
from labelaudit.statistics.label_issues import largest
from labelaudit.statistics.label_issues.blocks import array_blocks
from labelaudit.statistics.label_issues.class_quality import class_quality, overlapping_pairs
from labelaudit.statistics.label_issues.evidence import weigh_labels
from labelaudit.statistics.label_issues.filters import Filter, estimated_joint
from labelaudit.statistics.label_issues.joint import noise_rates
from labelaudit.statistics.label_issues.scores import Score, label_scores

FILTERS: tuple[Filter, ...] = get_args(Filter)
PRUNING = FILTERS[:3]
SEEDS = st.integers(0, 2**32 - 1)
PUBLISHED = {  # flags, and how many of the 54 errors that people confirmed they hold
    "prune_by_noise_rate": (284, 49),
    "prune_by_class": (284, 46),
    "both": (226, 44),
    "confident_learning": (244, 48),
    "predicted_neq_given": (706, 54),
    "low_normalized_margin": (244, 50),
    "low_self_confidence": (244, 41),
}


def theirs(function: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - another's function
    """Call cleanlab without its warnings of classes that are small."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*args, **options)


@pytest.fixture(scope="module")
def cleanlab() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole: ModuleType = pytest.importorskip("cleanlab")
        for part in ("count", "filter", "rank", "dataset"):
            pytest.importorskip(f"cleanlab.{part}")
    if not whole.__version__.startswith("2.9."):
        pytest.skip(f"cleanlab {whole.__version__} is not the one to be equal to")
    return whole


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, frac_noise=st.sampled_from([1.0, 0.5, 0.3]), least=st.sampled_from([1, 0, 5]))
def test_flags_are_equal(cleanlab: ModuleType, seed: int, frac_noise: float, least: int) -> None:
    labels, probs = noisy_case(seed)
    for filter_by in FILTERS:
        options = {}
        if filter_by in PRUNING:
            options = {"frac_noise": frac_noise, "min_examples_per_class": least}
        wanted = theirs(
            cleanlab.filter.find_label_issues,
            labels,
            probs,
            filter_by=filter_by,
            n_jobs=1,
            **options,
        )
        found = find_label_issues(labels, probs, filter_by=filter_by, rule="argmax", **options)  # type: ignore[call-overload]
        assert (found == wanted).all(), filter_by


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_flags_are_equal_in_small_blocks(cleanlab: ModuleType, seed: int) -> None:
    labels, probs = noisy_case(seed)
    wanted = theirs(cleanlab.filter.find_label_issues, labels, probs, n_jobs=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_blocks, "BLOCK_VALUES", 100)
        patch.setattr(largest, "HELD", 10)
        assert (find_label_issues(labels, probs, rule="argmax") == wanted).all()


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_estimates_are_equal(cleanlab: ModuleType, seed: int) -> None:
    labels, probs = noisy_case(seed)
    n_classes = probs.shape[1]
    evidence = weigh_labels(labels, n_classes, array_blocks(probs, labels), rule="argmax")
    joint = estimated_joint(evidence)
    count = cleanlab.count
    assert (joint.dense() == theirs(count.compute_confident_joint, labels, probs)).all()
    assert (evidence.thresholds == count.get_confident_thresholds(labels, probs)).all()
    prior, noise, inverse = theirs(count.estimate_latent, joint.dense(), labels)
    rates = noise_rates(joint)
    for ours, wanted in ((rates.given_if_true, noise), (rates.true_if_given, inverse)):
        defined = ~np.isnan(ours).any(axis=0)
        assert ours[:, defined] == pytest.approx(wanted[:, defined], abs=2e-4)  # they clip at .9999
    if joint.diagonal.all():
        assert rates.prior == pytest.approx(prior, abs=1e-5)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_classes_are_equal(cleanlab: ModuleType, seed: int) -> None:
    labels, probs = noisy_case(seed)
    evidence = weigh_labels(labels, probs.shape[1], array_blocks(probs, labels), rule="argmax")
    joint = estimated_joint(evidence)
    table = theirs(cleanlab.dataset.rank_classes_by_label_quality, labels, probs)
    table = table.sort_values("Class Index")
    found = class_quality(joint)
    assert found.wrong.tolist() == table["Label Issues"].tolist()
    assert found.missed.tolist() == table["Inverse Label Issues"].tolist()
    known = evidence.counts > 0
    assert found.quality[known] == pytest.approx(table["Label Quality Score"][known], abs=1e-6)
    wanted = theirs(cleanlab.dataset.find_overlapping_classes, labels, probs)
    wanted = wanted[wanted["Num Overlapping Examples"] > 0]
    pairs = overlapping_pairs(joint)
    assert pairs.count.tolist() == wanted["Num Overlapping Examples"].tolist()
    ours = set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
    assert ours == set(zip(wanted["Class Index A"], wanted["Class Index B"], strict=True))


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_scores_are_equal_but_for_the_sure(cleanlab: ModuleType, seed: int) -> None:
    labels, probs = noisy_case(seed)
    blocks = array_blocks(probs, labels)
    methods: tuple[Score, ...] = ("self_confidence", "normalized_margin")
    for method in methods:
        wanted = cleanlab.rank.get_label_quality_scores(labels, probs, method=method)
        assert (label_scores(labels, blocks, method) == wanted).all()
    entropy: Score = "confidence_weighted_entropy"
    wanted = cleanlab.rank.get_label_quality_scores(labels, probs, method=entropy)
    unsure = (probs.max(axis=1) < 0.999) & (probs[np.arange(len(labels)), labels] > 1e-5)
    found = label_scores(labels, blocks, entropy)
    assert found[unsure] == pytest.approx(wanted[unsure], abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_calibrated_counts_are_equal(cleanlab: ModuleType, seed: int) -> None:
    labels, probs = noisy_case(seed)
    wanted = theirs(
        cleanlab.count.num_label_issues, labels, probs, estimation_method="off_diagonal_calibrated"
    )
    found = find_label_issues(
        labels,
        probs,
        filter_by="low_self_confidence",
        rule="argmax",
        n_issues="off_diagonal_calibrated",
    )
    assert found.sum() == wanted


@pytest.fixture
def cifar(real_data: Path) -> tuple[list[str], NDArray[np.float32], NDArray[np.bool_], list[bool]]:
    truth = pq.read_table(real_data / "cifar10-test-truth.parquet")
    probs = np.load(real_data / "cifar10-test-pred-probs.npy", mmap_mode="r")
    errors = np.array([bool(wrong) for wrong in truth["label_error"].to_pylist()])
    return truth["label"].to_pylist(), probs, errors, truth["mturk_reviewed"].to_pylist()


Cifar = tuple[list[str], NDArray[np.float32], NDArray[np.bool_], list[bool]]


@pytest.mark.parametrize("filter_by", FILTERS)
def test_published_flags_of_cifar10(cifar: Cifar, filter_by: Filter) -> None:
    names, probs, errors, _ = cifar
    for flags in (
        find_label_issues(names, probs, filter_by=filter_by),
        find_label_issues(names, probs, filter_by=filter_by, rule="argmax"),
    ):
        assert (flags.sum(), (flags & errors).sum()) == PUBLISHED[filter_by]


@pytest.mark.parametrize("filter_by", FILTERS)
def test_flags_of_cifar10_are_equal(cleanlab: ModuleType, cifar: Cifar, filter_by: Filter) -> None:
    names, probs, _, _ = cifar
    labels = np.unique(names, return_inverse=True)[1]
    wanted = theirs(
        cleanlab.filter.find_label_issues, labels, np.array(probs), filter_by=filter_by, n_jobs=1
    )
    assert (find_label_issues(names, probs, filter_by=filter_by, rule="argmax") == wanted).all()


def test_rules_guess_alike_on_cifar10(cifar: Cifar) -> None:
    names, probs, _, _ = cifar
    labels = np.unique(names, return_inverse=True)[1]
    blocks = array_blocks(probs, labels)
    paper, argmax = (weigh_labels(labels, 10, blocks, rule=rule) for rule in ("paper", "argmax"))
    assert (paper.guess == argmax.guess).all()


def test_the_reviewed_of_cifar10_are_the_lowest_margins(cifar: Cifar) -> None:
    names, probs, _, reviewed = cifar
    labels = np.unique(names, return_inverse=True)[1]
    joint = weigh_labels(labels, 10, array_blocks(probs, labels)).joint
    n_issues = int(len(labels) * joint.n_off_diagonal / joint.count.sum())
    assert n_issues == 275
    flags = find_label_issues(labels, probs, filter_by="low_normalized_margin", n_issues=n_issues)
    assert flags.tolist() == reviewed


def test_a_column_too_few_for_the_names(cifar: Cifar) -> None:
    names, probs, _, _ = cifar
    with pytest.raises(InputError, match="9 columns for 10 names"):
        find_label_issues(names, probs[:, :9])
