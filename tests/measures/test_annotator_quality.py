"""Who is rated, by what, and what annotators confuse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import numbers, rows
from numpy.typing import NDArray
from panels import NAMES, consensus_of, probs_of, three_annotators, truth

from labelaudit.errors import MissingInputError
from labelaudit.inputs.pred_probs import PredProbs, user_probs
from labelaudit.measures import Findings
from labelaudit.measures.annotators.annotator_quality import annotator_quality
from labelaudit.statistics.intervals import wilson
from labelaudit.statistics.others_majority import agreement_with_others
from labelaudit.statistics.votes import count_votes


def found_in(
    table: NDArray[np.int64],
    labels: NDArray[np.int32] | None = None,
    pred_probs: PredProbs | None = None,
    *,
    names: tuple[str, ...] = NAMES,
) -> Findings:
    return annotator_quality(consensus_of(table, labels, pred_probs, names=names), names)


def careless_third(n_items: int = 240) -> NDArray[np.int64]:
    """Return four annotators of whom the third says dog of half of the cats."""
    table = np.stack([np.arange(n_items) % 3] * 4, axis=1)
    table[np.arange(n_items) % 6 == 0, 2] = 1
    return table


def test_the_careless_annotator_comes_first_with_what_is_confused() -> None:
    found = found_in(careless_third(), truth(240))
    people = rows(found, "annotators")
    assert [row["annotator"] for row in people] == ["ann 2", "ann 0", "ann 1", "ann 3"]
    first = people[0]
    assert (first["judgements"], first["shared"], first["compared"]) == (240, 240, 240)
    assert first["agreement"] == pytest.approx(200 / 240)
    assert (first["low"], first["high"]) == pytest.approx(tuple(map(float, wilson(200, 240))))
    assert first["accuracy"] == pytest.approx(1 - 1 / 6, abs=0.01)
    assert [row["accuracy"] for row in people[1:]] == pytest.approx([1, 1, 1], abs=1e-3)
    assert {row["quality"] for row in people} == {None}
    whole = {"agreed": "cat", "judged": "dog", "judgements": 40}
    assert rows(found, "confusions") == [whole | {"share": pytest.approx(40 / 320)}]
    assert rows(found, "confusions_of_1") == [whole | {"share": pytest.approx(40 / 80)}]
    assert [table.title for table in found.tables][2] == "What ann 2 says instead"
    assert numbers(found) == {
        "mean_accuracy_share": pytest.approx(1 - 1 / 24, abs=0.003),
        "annotator_count": 4,
        "rated_annotator_count": 4,
        "outvoted_annotator_count": 0,
    }
    assert found.notes == ()


def test_whoever_is_outvoted_as_a_rule_is_named() -> None:
    table = three_annotators()
    table[:, 1] = (table[:, 1] + 1) % 3
    found = found_in(np.append(table, table[:, :1], axis=1), truth())
    assert numbers(found)["outvoted_annotator_count"] == 1
    assert found.notes == ("Annotators who differ from most others, as a rule: ann 1.",)


def test_with_probabilities_there_is_a_quality() -> None:
    found = found_in(three_annotators(), truth(), probs_of(truth(), truth()))
    for row in rows(found, "annotators"):
        assert 0.8 < row["quality"] <= 1


def test_few_judgements_of_shared_items_are_not_rated() -> None:
    table = np.full((90, 4), -1)
    table[:, 0] = truth()
    table[:60, 1] = truth()[:60]
    table[:30, 2] = truth()[:30]
    table[:29, 3] = truth()[:29]
    found = found_in(table, truth())
    last = rows(found, "annotators")[-1]
    assert (last["annotator"], last["shared"]) == ("ann 3", 29)
    assert last["agreement"] is last["accuracy"] is last["low"] is None
    assert "fewer than 30 judgements" in found.notes[0]
    assert found.notes[0].endswith("1 of 4.")


def test_accuracy_needs_ten_judgements_a_class_and_quality_thirty() -> None:
    names = (*NAMES, "fly", "gnu")
    table = np.repeat(np.arange(90)[:, None] % 5, 3, axis=1)
    table[50:, 1], table[49:, 2] = -1, -1
    labels = (np.arange(90) % 5).astype(np.int32)
    probs = user_probs(0.1 + 0.7 * np.eye(5)[labels], labels, "mine")
    people = rows(found_in(table, labels, probs, names=names), "annotators")
    (last,) = (row for row in people if row["annotator"] == "ann 2")
    assert last["accuracy"] is None
    assert last["quality"] > 0.8


def test_nobody_rated_leaves_the_accuracy_undefined() -> None:
    table = np.full((90, 60), -1)
    items = np.arange(90)
    table[items, items // 3], table[items, 30 + items // 3] = items % 3, items % 3
    found = found_in(table, truth())
    assert found.values[0].value is None
    assert found.values[0].note.startswith("undefined: no annotator has 30 judgements")
    assert {row["agreement"] for row in rows(found, "annotators")} == {None}


def test_the_anonymous_are_not_rated() -> None:
    with pytest.raises(MissingInputError, match="anonymous"):
        annotator_quality(consensus_of(three_annotators(), named=False), NAMES)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=5),
        min_size=1,
        max_size=8,
    )
)
def test_the_majority_of_the_others_matches_the_definition(
    units: list[list[tuple[int, int]]],
) -> None:
    judged = [(item, *vote) for item, unit in enumerate(units) for vote in dict(unit).items()]
    items, who, labels = np.array(judged).T
    votes = count_votes(items, who, labels.astype(np.int32), len(units), 3)
    compared, alike = np.zeros(votes.n_annotators), np.zeros(votes.n_annotators)
    for item, annotator, label in judged:
        others = [said for at, one, said in judged if at == item and one != annotator]
        own, rival = others.count(label), max(others.count(k) for k in range(3) if k != label)
        if own != rival:  # not compared where the label ties with another, or nobody else judged
            compared[annotator] += 1
            alike[annotator] += own > rival
    found = agreement_with_others(votes)
    assert found[0].tolist() == compared.tolist()
    assert found[1].tolist() == alike.tolist()
