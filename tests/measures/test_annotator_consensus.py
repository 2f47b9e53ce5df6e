"""The measure: what is compared, what is said of whom, and cases worked by hand."""

import numpy as np
import pyarrow as pa
import pytest
from made import numbers
from numpy.typing import NDArray
from panels import (
    NAMES,
    annotator_panel,
    consensus_of,
    judgements,
    probs_of,
    three_annotators,
    truth,
)

from labelaudit.errors import MissingInputError
from labelaudit.inputs import annotator_panel as panels
from labelaudit.inputs.pred_probs import PredProbs
from labelaudit.measures import Findings
from labelaudit.measures.annotators.annotator_consensus import annotator_consensus
from labelaudit.statistics import dawid_skene as models
from labelaudit.statistics.votes import count_votes


def found_in(
    table: NDArray[np.int64],
    labels: NDArray[np.int32] | None = None,
    pred_probs: PredProbs | None = None,
    *,
    named: bool = True,
) -> Findings:
    labelled = np.zeros(len(table), dtype=bool)
    return annotator_consensus(
        consensus_of(table, labels, pred_probs, named=named), NAMES, labelled
    )


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
    assert str(found.parameters["method"]).startswith("CROWDLAB")


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
    assert found.parameters["method"] == "votes"
    (note,) = found.notes
    assert "as no annotator has 30 judgements of items that another judged" in note


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


def test_annotators_with_few_judgements_share_one_set_of_rates() -> None:
    table = np.append(three_annotators(), np.full((90, 2), -1), axis=1)
    table[:3, 3], table[3:6, 4] = 0, 1
    notes = found_in(table, truth()).notes
    assert any("share one set of error rates: 2." in note for note in notes)


def test_rates_from_two_judgements_an_item_are_warned_about() -> None:
    table = three_annotators()
    table[41:, 2] = -1
    assert any("three or more judgements: 41." in note for note in found_in(table).notes)
    assert found_in(three_annotators(), truth()).notes == ()


def test_it_is_warned_when_the_model_has_not_converged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MAX_ITERATIONS", 1)
    found = found_in(three_annotators(), truth())
    assert found.notes == ("The model of Dawid and Skene has not converged after 1 steps.",)
    assert found.parameters["smoothing"] == 0


def test_the_consensus_of_the_anonymous_is_what_most_of_them_say() -> None:
    table = three_annotators()
    table[5, 2], table[6] = -1, (0, 1, 2)
    table[5, 0] = 0  # of two, one says 0 and one 2
    labels = truth()
    labels[4] = 2
    found = found_in(table, labels, named=False)
    values = numbers(found)
    assert values["consensus_differs_count"] == 1
    assert values["compared_item_count"] == 88
    assert values["majority_differs_share"] == 0
    assert values["tied_vote_share"] == pytest.approx(2 / 90)
    assert found.notes == ("All votes count the same, as the judgements are anonymous.",)
    assert found.rankings[0].details == (
        "3 of 3 annotators say dog, 0 emu; consensus dog (votes, quality 1.00; emu 0.00)",
    )
    assert found.columns["consensus_label"][[4, 5, 6]].tolist() == [1, -1, -1]
    assert np.isnan(found.columns["consensus_quality"][[5, 6]]).all()


def test_a_classifier_votes_with_the_anonymous() -> None:
    table = three_annotators()
    table[6] = 0, 1, 2
    found = found_in(table, truth(), probs_of(truth(), truth()), named=False)
    assert found.columns["consensus_label"].tolist() == truth().tolist()
    assert found.parameters["method"] == "CROWDLAB, without probabilities votes"


def test_some_anonymous_judgements_vote_as_one_more() -> None:
    table = judgements(three_annotators())
    nobody = judgements(three_annotators()[:, :1], named=False)
    panel = annotator_panel(pa.concat_tables([table, nobody]), NAMES)
    assert panel.names == ("ann 0", "ann 1", "ann 2")
    assert panel.rated.known.tolist() == [True] * 3
    assert panel.rated.votes.n_annotators == 4
    assert panel.n_judged.tolist() == [90] * 3
    assert panel.unrated == ""


def test_it_is_refused_with_a_reason() -> None:
    with pytest.raises(MissingInputError, match="49 items have two or more"):
        annotator_panel(judgements(three_annotators(49)), NAMES)


def test_votes_count_where_the_rates_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "MOST_RATES", 26)
    found = found_in(three_annotators(), truth())
    assert found.parameters["method"] == "votes"
    assert "3 annotators in 3 classes do not fit" in found.notes[0]


def test_judgements_that_name_no_class_do_not_count() -> None:
    table = judgements(three_annotators())
    none = pa.table(
        {"item": [0, 1], "annotator": ["x", "x"], "label": pa.array([-1, -1], pa.int32())}
    )
    panel = annotator_panel(pa.concat_tables([table, none]), NAMES)
    assert panel.names == ("ann 0", "ann 1", "ann 2")
