from dataclasses import replace

import numpy as np
import pytest
from made import numbers, rows
from numpy.typing import NDArray
from scipy.stats import norm
from tiny import inputs_of, run_measure, single_label

from labelaudit.errors import MissingInputError
from labelaudit.inputs.label_judgement import Judgement, judge
from labelaudit.inputs.pred_probs import user_probs
from labelaudit.inputs.slices import CLUSTER, Slicing
from labelaudit.measures import Findings
from labelaudit.measures.label_noise.worst_slices import worst_slices

N = 2000


def judged(shares: NDArray[np.float64]) -> tuple[NDArray[np.int32], Judgement]:
    """Return labels of which some share is contradicted with confidence, item by item."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, N)
    labels = np.where(rng.random(N) < shares, 1 - truth, truth).astype(np.int32)
    probs = np.full((N, 2), 0.02)
    probs[np.arange(N), truth] = 0.98
    return labels, judge(labels, 2, user_probs(probs, labels, "mine"))


def camera(n: int = 4) -> Slicing:
    names = tuple(f"camera {at}" for at in range(n))
    return Slicing("column camera", names, (np.arange(N) % n).astype(np.int32))


def test_the_slice_with_planted_errors_comes_first() -> None:
    way = camera()
    labels, judgement = judged(np.where(way.codes == 2, 0.3, 0.05))
    found = worst_slices(labels, judgement, (way,))
    first, *others = rows(found, "slices")
    assert first["slice"] == "camera 2"
    assert first["adjusted_p_value"] < 1e-9
    assert all(row["difference"] < 0 for row in others)
    assert numbers(found)["worse_slice_count"] == 1
    assert "camera 2" in found.notes[0]


def test_shares_and_differences_are_those_of_a_plain_count() -> None:
    way = camera(3)
    labels, judgement = judged(np.where(way.codes == 1, 0.2, 0.1))
    found = worst_slices(labels, judgement, (way,))
    for row in rows(found, "slices"):
        inside = way.codes == way.names.index(row["slice"])
        x, n = int(judgement.suspected[inside].sum()), int(inside.sum())
        y, m = int(judgement.suspected[~inside].sum()), int((~inside).sum())
        assert (row["suspected"], row["judged"]) == (x, n)
        assert row["difference"] == pytest.approx(x / n - y / m)
        share = (x + y) / (n + m)
        z = (x / n - y / m) / np.sqrt(share * (1 - share) * (1 / n + 1 / m))
        assert row["p_value"] == pytest.approx(2 * norm.sf(abs(z)))
        assert row["mean_error_probability"] == pytest.approx(
            judgement.error_probability[inside].mean(), rel=1e-5
        )


def test_the_worst_of_many_equal_slices_is_worse_by_chance_only() -> None:
    way = camera(40)
    labels, judgement = judged(np.full(N, 0.1))
    found = worst_slices(labels, judgement, (way,))
    assert numbers(found)["worse_slice_count"] == 0
    assert found.notes == ()
    worst = found.values[0]
    assert "no more than by chance" in worst.note
    # Unadjusted, some of forty would have been.
    assert min(row["p_value"] for row in rows(found, "slices")) < 0.05
    assert worst.low is not None
    assert worst.low < 0.1 < (worst.value or 0)


def test_small_slices_are_counted_and_not_ranked() -> None:
    codes = np.zeros(N, dtype=np.int32)
    codes[:29], codes[29:59] = 1, 2
    labels, judgement = judged(np.where(codes == 1, 1.0, 0.05))
    way = Slicing("column site", ("most", "tiny", "small"), codes)
    found = worst_slices(labels, judgement, (way,))
    assert {row["slice"] for row in rows(found, "slices")} == {"most", "small"}
    assert numbers(found)["small_slice_count"] == 1


def test_the_worst_cluster_is_shown_most_doubtful_first() -> None:
    way = Slicing(CLUSTER, ("1", "2"), (np.arange(N) % 5 == 0).astype(np.int32))
    labels, judgement = judged(np.where(way.codes == 1, 0.3, 0.05))
    (ranking,) = worst_slices(labels, judgement, (way,)).rankings
    assert ranking.title.endswith("2")
    assert (way.codes[ranking.items] == 1).all()
    assert judgement.suspected[ranking.items].all()
    equal = judged(np.full(N, 0.05))
    assert worst_slices(*equal, (way,)).rankings == ()


def test_where_the_model_is_too_weak_no_error_probability_is_given() -> None:
    way = camera()
    labels, judgement = judged(np.full(N, 0.1))
    assert judgement.tells_errors
    weak = replace(judgement, margin=-np.abs(judgement.margin))
    assert not weak.tells_errors
    with pytest.raises(MissingInputError, match="by chance"):
        worst_slices(labels, weak, (way,))


def test_without_a_slice_beside_others_nothing_is_ranked() -> None:
    labels, judgement = judged(np.full(N, 0.1))
    everything = Slicing("split", ("all",), np.zeros(N, dtype=np.int32))
    with pytest.raises(MissingInputError, match="no slice has 30"):
        worst_slices(labels, judgement, (everything,))


def test_audited_rates_stand_beside_the_slices_and_the_judgement_is_shared() -> None:
    inputs = inputs_of(single_label())
    found = run_measure("worst_slices", inputs)
    assert isinstance(found, Findings)
    by_split = {row["slice"]: row for row in rows(found, "slices") if row["cut_by"] == "split"}
    audited = run_measure("audited_labels", inputs)
    assert isinstance(audited, Findings)
    for row in rows(audited, "per_split"):
        mine = by_split[row["split"]]
        assert mine["audited_rate"] == pytest.approx(row["rate"])
        assert mine["audited_high"] == pytest.approx(row["high"])
        assert mine["judged_by_people"] == row["judged"]
    by_class = {row["slice"]: row for row in rows(found, "slices") if row["cut_by"] == "class"}
    for row in rows(audited, "per_class"):
        if row["class"] in by_class:
            assert by_class[row["class"]]["audited_rate"] == pytest.approx(row["rate"])
    noise = run_measure("label_noise", inputs)
    assert isinstance(noise, Findings)
    suspected = {row["split"]: row["suspected"] for row in rows(noise, "per_split")}
    assert suspected == {name: row["suspected"] for name, row in by_split.items()}
