"""The measure: what is compared, what is said of whom, and cases worked by hand."""

import numpy as np
import pyarrow as pa
import pytest
from made import numbers, rows
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs import annotator_panel as panels
from labelaudit.inputs.annotator_panel import annotator_panel
from labelaudit.inputs.pred_probs import PredProbs, user_probs
from labelaudit.measures import Findings
from labelaudit.measures.annotator_consensus import annotator_consensus
from labelaudit.statistics.votes import count_votes

NAMES = ("cat", "dog", "emu")


def judgements(table: NDArray[np.int64]) -> pa.Table:
    """Return the judgements of a table with one column an annotator, negative for none."""
    items, annotators = np.nonzero(table >= 0)
    return pa.table(
        {
            "item": items,
            "annotator": [f"ann {at}" for at in annotators],
            "label": table[items, annotators].astype(np.int32),
        }
    )


def found_in(
    table: NDArray[np.int64],
    labels: NDArray[np.int32] | None = None,
    pred_probs: PredProbs | None = None,
) -> Findings:
    panel = annotator_panel(judgements(table), NAMES)
    labelled = np.zeros(len(table), dtype=bool) if labels is None else labels >= 0
    return annotator_consensus(panel, NAMES, labelled, labels, pred_probs)


def three_annotators(n_items: int = 90) -> NDArray[np.int64]:
    """Return three who agree, but for two items that one of them gets wrong."""
    table = np.repeat(np.arange(n_items)[:, None] % 3, 3, axis=1)
    table[0, 0], table[1, 2] = 1, 0
    return table


def truth(n_items: int = 90) -> NDArray[np.int32]:
    return (np.arange(n_items) % 3).astype(np.int32)


def probs_of(labels: NDArray[np.int32], given: NDArray[np.int32]) -> PredProbs:
    """Return the probabilities of a classifier that gives some labels .8."""
    return user_probs(0.1 + 0.7 * np.eye(3)[labels], given, "mine")


def test_a_label_that_no_annotator_gives_is_listed_with_its_evidence() -> None:
    labels = truth()
    labels[[4, 7]] = 2, -1
    found = found_in(three_annotators(), labels)
    assert numbers(found) == {
        "consensus_differs_share": pytest.approx(1 / 89),
        "consensus_differs_count": 1,
        "compared_item_count": 89,
        "majority_differs_share": 0,
        "tied_vote_share": 0,
        "methods_differ_share": None,
    }
    (ranking,) = found.rankings
    assert ranking.items.tolist() == [4]
    assert ranking.suggested is not None
    assert ranking.suggested.tolist() == [1]
    assert ranking.scores is not None
    assert ranking.scores.tolist() == pytest.approx([-1])
    assert ranking.details == (
        "3 of 3 annotators say dog, 0 emu; consensus dog (Dawid-Skene, quality 1.00; emu 0.00)",
    )
    assert found.columns["consensus_label"].tolist() == truth().tolist()
    assert np.flatnonzero(found.columns["is_label_against_consensus"]).tolist() == [4]
    assert found.notes == ("Judged items without a label in the manifest: 1.",)


def test_without_a_label_the_majority_is_compared() -> None:
    table = three_annotators()
    table[5, 1], table[5, 2] = -1, 0
    found = found_in(table)
    values = numbers(found)
    assert values["compared_item_count"] == 89
    assert values["consensus_differs_count"] == 0
    assert values["tied_vote_share"] == pytest.approx(1 / 90)
    assert "the majority of the judgements is compared" in found.notes[0]


def test_an_annotator_who_is_often_wrong_is_outvoted() -> None:
    # The two careful annotators see half of the items each; the careless one sees all, and says
    # dog of half of the cats. Two votes tie, and who is right is known from the other items.
    table = np.stack([np.arange(240) % 3] * 4, axis=1)
    careless = (np.arange(240) % 6) == 0
    table[careless, 2] = 1
    table[::2, 0], table[1::2, 1] = -1, -1
    table[:120, 3] = -1
    found = found_in(table, truth(240))
    assert numbers(found)["consensus_differs_count"] == 0
    assert numbers(found)["tied_vote_share"] == pytest.approx(20 / 240)
    table_rows = rows(found, "annotators")
    assert table_rows[0]["annotator"] == "ann 2"
    assert table_rows[0]["accuracy"] == pytest.approx(1 - 1 / 6, abs=0.01)
    assert [row["accuracy"] for row in table_rows[1:]] == pytest.approx([1, 1, 1], abs=1e-3)
    assert [row["quality"] for row in table_rows] == [None] * 4


def test_with_probabilities_it_is_crowdlab() -> None:
    labels = truth()
    labels[4] = 2
    found = found_in(three_annotators(), labels, probs_of(truth(), labels))
    (ranking,) = found.rankings
    assert ranking.items.tolist() == [4]
    assert ranking.details[0].startswith(
        "3 of 3 annotators say dog, 0 emu; consensus dog (CROWDLAB"
    )
    assert numbers(found)["methods_differ_share"] == 0
    assert found.parameters["probabilities"] == "mine"
    for row in rows(found, "annotators"):
        assert 0.8 < row["quality"] <= 1


def test_items_without_probabilities_keep_the_other_consensus() -> None:
    labels = truth()
    labels[80:] = -1  # so the classifier says nothing of them
    plain = found_in(three_annotators(), labels)
    found = found_in(three_annotators(), labels, probs_of(truth(), labels))
    assert found.columns["consensus_label"].tolist() == truth().tolist()
    quality, expected = found.columns["consensus_quality"], plain.columns["consensus_quality"]
    assert quality[80:].tolist() == expected[80:].tolist()
    assert (quality[:80] != expected[:80]).all()


def test_a_classifier_breaks_a_tie() -> None:
    table = three_annotators()
    table[:, 2] = -1
    table[3] = 0, 1, -1
    labels = truth()
    labels[3] = 1
    found = found_in(table, labels, probs_of(truth(), labels))
    assert found.rankings[0].items[0] == 3
    assert found.columns["consensus_label"][3] == 0


def test_annotators_of_few_items_vote_as_one_and_are_not_rated() -> None:
    # 90 items with two votes each of 60 people who judge three items: alone, each would be
    # right about everything.
    table = np.full((90, 60), -1)
    items = np.arange(90)
    table[items, items // 3], table[items, 30 + items // 3] = items % 3, items % 3
    panel = annotator_panel(judgements(table), NAMES)
    assert panel.rated.votes.n_annotators == panel.weighed.votes.n_annotators == 1
    assert not panel.rated.known.any()
    found = found_in(table, truth())
    assert {row["accuracy"] for row in rows(found, "annotators")} == {None}
    assert "fewer than 30 judgements" in found.notes[-1]
    assert "share one set of error rates: 60." in found.notes[-1]


def test_thirty_judgements_of_shared_items_are_enough_for_a_weight() -> None:
    table = np.full((90, 4), -1)
    table[:, 0] = truth()
    table[:60, 1] = truth()[:60]
    table[:30, 2] = truth()[:30]
    table[:29, 3] = truth()[:29]
    panel = annotator_panel(judgements(table), NAMES)
    assert panel.weighed.known.tolist() == [True, True, True, False]
    assert panel.weighed.numbers.tolist() == [0, 1, 2, 3]
    assert panel.n_judged.tolist() == [90, 60, 30, 29]
    assert panel.n_shared.tolist() == [60, 60, 30, 29]
    assert panel.rated.known.tolist() == panel.weighed.known.tolist()


def test_rates_of_errors_need_ten_judgements_a_class() -> None:
    names = (*NAMES, "fly", "gnu")
    table = np.repeat(np.arange(90)[:, None] % 5, 3, axis=1)
    table[50:, 1], table[49:, 2] = -1, -1
    panel = annotator_panel(judgements(table), names)
    assert panel.weighed.known.tolist() == [True] * 3
    assert panel.rated.known.tolist() == [True, True, False]
    labels = (np.arange(90) % 5).astype(np.int32)
    probs = user_probs(0.1 + 0.7 * np.eye(5)[labels], labels, "mine")
    found = annotator_consensus(panel, names, labels >= 0, labels, probs)
    (last,) = (row for row in rows(found, "annotators") if row["annotator"] == "ann 2")
    assert last["accuracy"] is None
    assert last["quality"] > 0.8


def test_those_taken_together_have_the_sum_of_their_votes() -> None:
    table = three_annotators()
    items, annotators = np.nonzero(table >= 0)
    votes = count_votes(items, annotators, table[items, annotators].astype(np.int32), 90, 3)
    pooled = votes.pooled(np.array([0, 1, 1]))
    expected = count_votes(
        items, np.minimum(annotators, 1), table[items, annotators].astype(np.int32), 90, 3
    )
    assert pooled.counts.toarray().tolist() == expected.counts.toarray().tolist()
    assert pooled.annotators.tolist() == expected.annotators.tolist()
    assert pooled.labels.tolist() == expected.labels.tolist()


def test_it_is_refused_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingInputError, match="49 items have two or more"):
        annotator_panel(judgements(three_annotators(49)), NAMES)
    monkeypatch.setattr(panels, "MOST_RATES", 26)
    with pytest.raises(MissingInputError, match="3 annotators in 3 classes do not fit"):
        annotator_panel(judgements(three_annotators()), NAMES)


def test_judgements_that_name_no_class_do_not_count() -> None:
    table = judgements(three_annotators())
    none = pa.table(
        {"item": [0, 1], "annotator": ["x", "x"], "label": pa.array([-1, -1], pa.int32())}
    )
    panel = annotator_panel(pa.concat_tables([table, none]), NAMES)
    assert panel.names == ("ann 0", "ann 1", "ann 2")
