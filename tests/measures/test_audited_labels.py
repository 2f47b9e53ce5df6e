"""The audited rate against its definition, a case worked by hand, and published counts."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made import numbers, rows
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings.content import Content
from labelaudit.errors import MissingInputError
from labelaudit.inputs import Inputs
from labelaudit.measures import Findings
from labelaudit.measures.label_noise.audited_labels import audited_labels
from labelaudit.report import Value
from labelaudit.statistics.weighted_share import weighted_share
from labelaudit.verdicts import Verdicts, from_rows

CLASSES = ("ant", "bee", "cow")
Line = dict[str, str]


def sha(item: int) -> str:
    return hashlib.sha256(str(item).encode()).hexdigest()


def sample_of(
    strata: Sequence[tuple[int, Sequence[str]]],
    *,
    first: int = 0,
    audit: str = "a",
    by: str = "",
    before: int = 0,
) -> list[Line]:
    """Return the verdicts on the first items of strata of so many items each, all of them ants."""
    lines = []
    for stratum, (size, words) in enumerate(strata):
        for at, word in enumerate(words):
            line = {
                "content": sha(first + at),
                "path": f"{first + at}.png",
                "given_label": "ant",
                "suggested_label": "bee",
                "verdict": word,
                "reviewer": by,
                "audit": audit,
                "stratum": str(stratum if audit else -1),
                "stratum_size": str(size if audit else 0),
                "stratum_drawn": str(len(words) if audit else 0),
                "judged_before": str(before),
            }
            lines.append(line)
        first += size
    return lines


def measured(
    lines: Sequence[Line],
    n_items: int,
    *,
    labels: dict[int, int] | None = None,
    splits: NDArray[np.int32] | None = None,
    missing: Sequence[int] = (),
) -> Findings:
    """Return what is found of so many ants, of which some have another label, or are gone."""
    kept = np.setdiff1d(np.arange(n_items), missing)
    given = np.zeros(n_items, dtype=np.int32)
    for item, label in (labels or {}).items():
        given[item] = label
    dataset = Dataset(
        name="made",
        task="multiclass",
        class_names=CLASSES,
        paths=pa.array([f"{item}.png" for item in kept], pa.large_string()),
        labels=given[kept],
        split_names=("train", "test") if splits is not None else (),
        splits=np.full(n_items, -1, dtype=np.int32)[kept] if splits is None else splits[kept],
        media=None,
        source=Source(format="test", why=(), found=len(kept)),
    )
    digests = [np.frombuffer(bytes.fromhex(sha(item)), dtype=np.uint8) for item in kept.tolist()]
    content = Content(
        digests=np.stack(digests),
        status=np.zeros(len(kept), dtype=np.uint8),
        oddities=np.zeros(len(kept), dtype=np.uint16),
        sizes=np.ones((len(kept), 2), dtype=np.int32),
        signatures=np.zeros((len(kept), 0), dtype=np.uint8),
        reasons={},
    )
    said: Verdicts = from_rows(lines)
    given_inputs = {"dataset": dataset, "content": content, "verdict_file": said, "random_state": 0}
    found = Inputs(given_inputs).call(audited_labels)
    assert isinstance(found, Findings)
    return found


def rate(found: Findings) -> Value:
    (value,) = (value for value in found.values if value.name == "audited_error_rate")
    return value


def test_a_case_worked_by_hand() -> None:
    # Of 12 judged items three fit in each way; 30 items, so each way is that of 7.5 of them.
    found = measured(sample_of([(30, ["given", "both", "suggested", "neither"] * 3)]), 30)
    values = numbers(found)
    shares = ("sole_correct", "contained", "not_contained", "none_fits")
    assert [values[f"{name}_share"] for name in shares] == pytest.approx([0.25] * 4)
    assert values["audited_error_rate"] == pytest.approx(0.5)
    assert values["judged_wrong_count"] == 6
    # 4 / (1/12 + 3/30) = 21.8 judgements would halve it: 10 more.
    assert values["more_judgements_count"] == 10
    (ranking,) = found.rankings
    assert (ranking.items.tolist(), ranking.suggested is None) == ([2, 6, 10, 3, 7, 11], False)
    assert ranking.details[2:4] == (
        "people judged that ant is wrong, and bee right",
        "people judged that ant is wrong",
    )


def test_the_rate_is_its_definition() -> None:
    rng = np.random.default_rng(0)
    words = np.array(["given", "both", "suggested", "neither"])
    strata = [
        (60, rng.choice(words, 20, p=[0.3, 0.1, 0.4, 0.2]).tolist()),
        (400, rng.choice(words, 50, p=[0.9, 0.05, 0.05, 0]).tolist()),
    ]
    sizes = np.array([size for size, _ in strata])
    judged = np.array([len(said) for _, said in strata])
    wrong = np.array([sum(word in {"suggested", "neither"} for word in said) for _, said in strata])
    share, low, high = weighted_share(wrong, judged, sizes / 460, 1 - judged / sizes)
    found = rate(measured(sample_of(strata), 460))
    assert [found.value, found.low, found.high] == pytest.approx([share, low, high])
    assert "70 items judged by 1 person in 1 sample" in found.interval


def test_the_published_stratified_estimate() -> None:
    words = [["suggested"] * 96 + ["given"] * 104, ["suggested"] * 2 + ["given"] * 198]
    found = rate(measured(sample_of([(500, words[0]), (9500, words[1])]), 10_000))
    assert found.value == pytest.approx(0.0335)


def test_what_is_right_beside_another_is_no_error() -> None:
    values = numbers(measured(sample_of([(20, ["both"] * 10)]), 20))
    assert values["audited_error_rate"] == 0
    assert values["contained_share"] == 1


def test_corrected_labels_no_longer_count() -> None:
    # 5 of 20 judged were wrong, so 25 of 100 items; 20 of them are among the 80 not judged.
    lines = sample_of([(100, ["suggested"] * 5 + ["given"] * 15)])
    assert rate(measured(lines, 100)).value == pytest.approx(0.25)
    corrected = measured(lines, 100, labels=dict.fromkeys(range(5), 1))
    assert rate(corrected).value == pytest.approx(0.20)
    assert not len(corrected.rankings[0].items)
    # Taken out instead, they leave 20 errors in 95 items.
    assert rate(measured(lines, 100, missing=range(5))).value == pytest.approx(20 / 95)
    # A label that nobody spoke of is like the rest: 20 in 80.
    unknown = measured(lines, 100, labels=dict.fromkeys(range(5), 2))
    assert rate(unknown).value == pytest.approx(0.25 * 85 / 100)


def test_a_second_sample_joins_the_first() -> None:
    lines = [
        *sample_of([(100, ["suggested"] * 2 + ["given"] * 8)]),
        *sample_of([(90, ["suggested"] * 3 + ["given"] * 27)], first=10, audit="b", before=10),
    ]
    # 20 errors by the first, 2 + 9 by the second; without the 5 found, 15 and 6 in 60 items.
    found = rate(measured(lines, 100))
    assert found.value == pytest.approx((5 + 15 / 4 + 6 * 3 / 4) / 100)
    assert "40 items judged by 1 person in 2 samples" in found.interval


def test_two_samples_drawn_before_either_is_judged() -> None:
    lines = [
        *sample_of([(100, ["suggested"] * 2 + ["given"] * 8)]),
        *sample_of([(100, ["suggested"] * 3 + ["given"] * 27)], first=10, audit="b"),
    ]
    # 20 errors by the first, 10 by the second; without the 5 found, 15 and 5 in 60 items.
    found = measured(lines, 100)
    assert (
        rate(found).value
        == rows(found, "per_class")[0]["rate"]
        == pytest.approx((5 + 15 / 4 + 5 * 3 / 4) / 100)
    )


def test_of_samples_that_share_most_items_the_largest_counts() -> None:
    small = sample_of([(100, ["suggested"] * 2 + ["given"] * 8)])
    large = sample_of([(100, ["given"] * 27 + ["suggested"] * 3)], first=2, audit="b")
    found = measured([*small, *large], 100)
    # 10 errors by the larger one, 5 of them among the 68 that were not judged.
    assert rate(found).value == pytest.approx(0.10)
    assert "30 items judged" in rate(found).interval
    assert any("a larger sample has most of the same items" in note for note in found.notes)


def test_a_list_judged_while_a_sample_is_out_does_not_bias_the_rate() -> None:
    # 10 errors listed and judged wrong, of the 20 that a sample of half of all finds ten of.
    fixes = sample_of([(10, ["suggested"] * 10)], audit="")
    drawn = sample_of([(100, ["suggested"] * 5 + ["given"] * 20)], first=10)
    found = measured([*fixes, *drawn], 100)
    assert rate(found).value == pytest.approx(0.20)
    assert rows(found, "per_class")[0]["rate"] == pytest.approx(0.20)


def test_a_class_of_which_all_is_judged_has_its_rate() -> None:
    found = measured(sample_of([(12, ["suggested"] * 3 + ["given"] * 9)]), 12)
    row = rows(found, "per_class")[0]
    assert (row["rate"], row["low"], row["high"]) == (0.25, 0.25, 0.25)


def test_few_judgements_are_too_few_for_a_rate() -> None:
    few = rate(measured(sample_of([(30, ["given"] * 9)]), 30))
    assert few.value is None
    assert few.note == "judged items of the sample: 9, too few for a rate; judge 10 or more"
    assert rate(measured(sample_of([(9, ["given"] * 9)]), 9)).value == 0


def test_a_list_of_suspects_says_nothing_of_the_rate() -> None:
    found = measured(sample_of([(20, ["suggested"] * 10)], audit=""), 20)
    assert rate(found).value is None
    assert "draw a sample" in rate(found).note
    assert numbers(found)["judged_wrong_count"] == 10
    assert found.tables == ()


def test_suspects_judged_before_are_counted_for_what_they_are() -> None:
    # 10 of 100 were listed and are all wrong; of the other 90, 2 in 20: 9 errors.
    lines = [
        *sample_of([(10, ["suggested"] * 10)], audit=""),
        *sample_of([(90, ["suggested"] * 2 + ["given"] * 18)], first=10, before=10),
    ]
    assert rate(measured(lines, 100)).value == pytest.approx(19 / 100)


def test_a_sample_that_is_not_judged_yet_is_left_out() -> None:
    lines = sample_of([(10, ["unsure"] * 3), (90, ["given"] * 20)])
    alone = rate(measured(lines, 100))
    assert alone.value is None
    assert "1 of 2 strata" in alone.note
    whole = sample_of([(100, ["given"] * 30)], first=40, audit="b")
    joined = measured([*whole, *lines], 100)
    assert rate(joined).value == 0
    assert any("1 of 2 samples are left out" in note for note in joined.notes)


def test_a_sample_of_a_dataset_that_has_grown_much_is_refused() -> None:
    lines = sample_of([(100, ["given"] * 50)])
    assert "there are 300 now" in rate(measured(lines, 300)).note
    grown = measured(lines, 110)
    assert rate(grown).value == 0
    assert any("10 items came or went" in note for note in grown.notes)


def test_unsure_and_divided_items_are_left_out_and_counted() -> None:
    lines = [
        *sample_of([(100, ["given"] * 10 + ["suggested"] * 4 + ["unsure"] * 6)], by="ann"),
        *sample_of([(100, ["given"] * 12 + ["suggested"] * 2 + ["unsure"] * 6)], by="bob"),
    ]
    found = measured(lines, 100)
    values = numbers(found)
    # 10 right, 2 wrong by both; 2 divided and 6 unsure.
    assert values["audited_error_rate"] == pytest.approx(2 / 12)
    assert values["drawn_judged_count"] == 12
    assert values["undecided_count"] == 8
    assert any("8 judged items are left out" in note for note in found.notes)


def test_few_judgements_of_what_is_not_doubted_are_warned_of() -> None:
    few = measured(sample_of([(20, ["suggested"] * 20), (300, ["given"] * 99)]), 320)
    many = measured(sample_of([(20, ["suggested"] * 20), (300, ["given"] * 100)]), 320)
    assert measured(sample_of([(9, ["given"] * 9)]), 9).notes == ()
    assert "99 items" in few.notes[0]
    assert many.notes == ()


def test_agreement_of_reviewers() -> None:
    words = ["given"] * 40 + ["suggested"] * 20
    lines = [
        *sample_of([(100, words)], by="ann"),
        *sample_of([(100, words[6:] + words[:6])], by="bob"),
    ]
    found = measured(lines, 100)
    values = numbers(found)
    # They differ on 6 + 6 of 60 items: 40 and 20 words of each kind by either.
    observed = 12 / 60
    expected = 2 * 80 * 40 / (120 * 119)
    assert values["reviewer_agreement"] == pytest.approx(1 - observed)
    assert values["reviewer_alpha"] == pytest.approx(1 - observed / expected)
    alone = measured(sample_of([(100, words)], by="ann"), 100)
    assert "reviewer_alpha" not in numbers(alone)
    few = measured([*lines[:60], *lines[60:109]], 100)
    assert numbers(few)["reviewer_alpha"] is None


def test_rates_by_class_and_split() -> None:
    # 30 ants, 8 bees and 2 cows; the first 20 ants and 5 bees are judged.
    labels = dict.fromkeys(range(30, 38), 1) | dict.fromkeys(range(38, 40), 2)
    splits = (np.arange(40) >= 30).astype(np.int32)
    ants = sample_of([(40, ["suggested"] * 5 + ["given"] * 15)])
    bees = [
        line | {"given_label": "bee", "suggested_label": "ant"}
        for line in sample_of([(40, ["given"] * 5)], first=30)
    ]
    found = measured([*ants, *bees], 40, labels=labels, splits=splits)
    by_class = rows(found, "per_class")
    assert [row["class"] for row in by_class] == ["ant", "bee", "cow"]
    # 5 known to be wrong, and a quarter of the 10 ants that were not judged.
    assert by_class[0]["rate"] == pytest.approx((5 + 2.5) / 30)
    assert 5 / 30 < by_class[0]["low"] < by_class[0]["rate"] < by_class[0]["high"] < 15 / 30
    assert [row["rate"] for row in by_class[1:]] == [None, None]
    assert [row["judged"] for row in by_class] == [20, 5, 0]
    assert any("2 of 3 classes cannot be judged" in note for note in found.notes)
    assert any("bee, cow" in note for note in found.notes)
    by_split = rows(found, "per_split")
    assert [(row["split"], row["rate"] is None) for row in by_split] == [
        ("train", False),
        ("test", True),
    ]


def test_the_published_review_of_flags(real_data: Path) -> None:
    # Five workers judged 275 flagged labels; fewer than three chose the given one of 54.
    truth = pq.read_table(real_data / "cifar10-test-truth.parquet").to_pandas()
    reviewed = truth[truth["mturk_reviewed"]]
    columns = {"given": "given", "suggested": "guessed", "neither": "neither", "both": "both"}
    lines = []
    for item, row in enumerate(reviewed.to_dict("records")):
        words = [w for w, of in columns.items() for _ in range(int(row[f"mturk_{of}"]))]
        for by, word in enumerate(words):
            (line,) = sample_of([(1, [word])], first=item, audit="", by=f"worker {by}")
            lines.append(line)
    found = measured(lines, len(reviewed))
    wrong = np.flatnonzero(reviewed["label_error"].eq(other=True))
    assert len(wrong) == 54
    # Here "both" speaks for the given label, so 17 of the 54 are right beside another, or divided.
    assert len(found.rankings[0].items) == 37
    assert set(found.rankings[0].items.tolist()) <= set(wrong.tolist())
    assert rate(found).value is None


def test_labels_that_nobody_can_judge_so_are_the_reason_not_that_nobody_did() -> None:
    nothing = {
        "labels": MissingInputError("the labels of this dataset are numbers, not classes"),
        "verdict_file": MissingInputError("no person judged any label: labelaudit review"),
    }
    with pytest.raises(MissingInputError, match="numbers, not classes"):
        Inputs(nothing).call(audited_labels)
