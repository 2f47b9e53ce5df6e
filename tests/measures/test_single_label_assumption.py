import math
from functools import cache

import numpy as np
import pytest
from made import compute, numbers, rows
from tiny import inputs_of, multi_label, run_measure, single_label

from labelaudit.errors import MissingInputError
from labelaudit.inputs import Inputs
from labelaudit.inputs.label_judgement import judge
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pred_probs import user_probs
from labelaudit.measures import Findings
from labelaudit.measures.label_noise.audited_labels import audited_labels
from labelaudit.measures.multi_label import plausible_tables
from labelaudit.measures.multi_label import single_label_assumption as measured
from labelaudit.measures.multi_label.single_label_assumption import single_label_assumption

N, K = 2000, 6
NAMES = tuple(f"class {at}" for at in range(K))
SHARES = ("sole_correct_share", "contained_share", "not_contained_share", "none_fits_share")


@cache
def two_faced() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return labels, probabilities, and which items truly have two labels."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, K, N).astype(np.int32)
    other = (labels + rng.integers(1, K, N)) % K
    several = rng.random(N) < 0.1
    logits = 0.5 * rng.normal(size=(N, K)) + 5 * np.eye(K)[labels]
    logits += 5 * np.eye(K)[other] * several[:, None]
    probs = np.exp(logits)
    return labels, (probs / probs.sum(axis=1, keepdims=True)).astype(np.float32), several


def scan() -> Findings:
    labels, probs, _ = two_faced()
    return single_label_assumption(labels, NAMES, user_probs(probs, labels, "test"))


def test_items_with_two_labels_are_found_and_the_other_label_is_named() -> None:
    labels, probs, several = two_faced()
    (ranking,) = scan().rankings
    assert ranking.scores is not None
    assert ranking.suggested is not None
    assert (np.diff(ranking.scores) <= 0).all()
    n_first = int(several.sum() / 2)
    assert several[ranking.items[:n_first]].mean() > 0.9
    first = ranking.items[:n_first]
    without = probs[first].copy()
    without[np.arange(n_first), labels[first]] = 0
    assert (ranking.suggested[:n_first] == without.argmax(axis=1)).mean() > 0.95
    assert (ranking.suggested != labels[ranking.items]).all()
    assert "times as probable" in ranking.details[0]


def test_proxies_are_named_as_such_and_say_what_they_were_calibrated_on() -> None:
    found = scan()
    values = {value.name: value for value in found.values}
    for name in ("plausible_classes", "several_plausible_share", "mostly_several_count"):
        assert values[name].title.startswith("Proxy: ")
        assert values[name].note == "calibrated on the given labels of 2,000 items of this dataset"
        assert "only people can tell" in values[name].no_interval
    table = rows(found, "screening_by_class")
    assert sum(row["items"] for row in table) == N
    mean = sum(row["items"] * row["several_plausible_share"] for row in table) / N
    assert mean == pytest.approx(values["several_plausible_share"].value)
    pairs = rows(found, "plausible_pairs")
    assert sum(row["items"] for row in pairs) == len(found.rankings[0].items)


def test_without_people_the_shares_are_not_audited_and_no_proxy_takes_their_place() -> None:
    values = {value.name: value for value in scan().values}
    for name in SHARES:
        assert values[name].value is None
        assert values[name].note.startswith("not audited")


def test_the_shares_are_those_of_the_audited_labels() -> None:
    inputs = inputs_of(single_label())
    found: Findings = inputs.call(single_label_assumption)
    audited: Findings = inputs_of(single_label()).call(audited_labels)
    expected = {value.name: value for value in audited.values}
    values = {value.name: value for value in found.values}
    assert [values[name] for name in SHARES] == [expected[name] for name in SHARES]
    assert sum(values[name].value or 0 for name in SHARES) == pytest.approx(1)


def test_neighbors_alone_give_their_entropy() -> None:
    labels = np.array([0, 0, 1, 1, -1], dtype=np.int32)
    around = np.array([[1, 2], [0, 4], [3, -1], [2, 0], [0, 1]], dtype=np.int32)
    near = Neighbors(indices=around, similarities=np.ones(around.shape, dtype=np.float32))
    found = single_label_assumption(labels, ("a", "b"), neighbors=near)
    values = numbers(found)
    # Around the labelled: {0, 1}, {0}, {1} and {1, 0}.
    assert values["neighbor_entropy"] == pytest.approx(2 * math.log(2) / 4)
    assert values["several_plausible_share"] is None
    by_class = {row["class"]: row["neighbor_entropy"] for row in rows(found, "screening_by_class")}
    assert by_class == {"a": pytest.approx(math.log(2) / 2), "b": pytest.approx(math.log(2) / 2)}
    # A copy of the item is no witness.
    copied = np.array([0, 1, 0, 3, 4])
    found = single_label_assumption(labels, ("a", "b"), neighbors=near, copies=copied)
    assert numbers(found)["neighbor_entropy"] == pytest.approx(math.log(2) / 4)


@pytest.mark.parametrize("noise", [0, 1])
def test_probabilities_as_good_as_chance_make_no_class_plausible(noise: int) -> None:
    labels, _, _ = two_faced()
    logits = noise * np.random.default_rng(1).normal(size=(N, K))
    probs = user_probs((np.exp(logits)).astype(np.float32), labels, "test")
    judgement = judge(labels, K, probs)
    with pytest.raises(MissingInputError, match="no more than by chance"):
        single_label_assumption(labels, NAMES, probs, label_judgement=judgement)
    around = np.random.default_rng(2).integers(0, N, (N, 5)).astype(np.int32)
    near = Neighbors(indices=around, similarities=np.ones(around.shape, dtype=np.float32))
    found = single_label_assumption(labels, NAMES, probs, near, label_judgement=judgement)
    values = {value.name: value for value in found.values}
    assert values["several_plausible_share"].value is None
    assert "no more than by chance" in values["several_plausible_share"].note
    assert values["neighbor_entropy"].value is not None
    assert not found.rankings
    copies = np.zeros(N, dtype=np.int64)
    with pytest.raises(MissingInputError, match="no more than by chance"):
        single_label_assumption(labels, NAMES, probs, near, copies, label_judgement=judgement)


def test_a_weak_model_is_said_to_be_one() -> None:
    labels, _, _ = two_faced()
    logits = np.random.default_rng(1).normal(size=(N, K)) + 0.5 * np.eye(K)[labels]
    probs = user_probs(np.exp(logits).astype(np.float32), labels, "test")
    found = single_label_assumption(labels, NAMES, probs, label_judgement=judge(labels, K, probs))
    assert "says more of the model than of the items" in found.notes[0]


def test_small_classes_are_left_out_and_named() -> None:
    labels, probs, _ = two_faced()
    few = labels.copy()
    few[few == 0] = -1
    few[:5] = 0
    found = single_label_assumption(few, NAMES, user_probs(probs, few, "test"))
    assert any("class 0" in note and "fewer than 20" in note for note in found.notes)


def test_what_the_list_leaves_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scan()
    n = len(whole.rankings[0].items)
    for module in (plausible_tables, measured):
        monkeypatch.setattr(module, "MOST_LISTED", 10)
    cut = scan()
    assert np.array_equal(cut.rankings[0].items, whole.rankings[0].items[:10])
    assert f"of {n:,} items with several plausible classes the 10 likeliest" in cut.notes[0]
    assert numbers(cut) == numbers(whole)


def test_nothing_to_judge_by_is_not_measured() -> None:
    with pytest.raises(MissingInputError, match="neither probabilities nor embeddings"):
        compute("single_label_assumption", labels=np.zeros(3, dtype=np.int32), class_names=("a",))
    reason = run_measure("single_label_assumption", inputs_of(multi_label()))
    assert isinstance(reason, MissingInputError)
    assert "several labels" in reason.message
    empty = Inputs({"labels": MissingInputError("no item of this dataset has a label")})
    with pytest.raises(MissingInputError):
        empty.call(single_label_assumption)
