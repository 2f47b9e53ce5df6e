import hashlib
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings.content import Content
from labelaudit.errors import InputError, MissingInputError
from labelaudit.inputs import Inputs
from labelaudit.inputs.verdicts import JudgedLabels
from labelaudit.statistics.label_fit import Fit
from labelaudit.verdicts import Verdicts, from_rows

CLASSES = ("cat", "dog", "fox")


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def line(content: str, verdict: str, **other: str) -> dict[str, str]:
    """Return a verdict on the content of that text, of a cat that may be a dog."""
    return {
        "content": sha(content),
        "path": f"{content}.png",
        "given_label": "cat",
        "suggested_label": "dog",
        "verdict": verdict,
        "reviewer": "ann",
        "audit": "first",
        "stratum": "0",
        "stratum_size": "9",
        "stratum_drawn": "3",
        "judged_before": "0",
    } | other


def inputs_of(
    contents: str, labels: list[int], verdicts: Verdicts, paths: list[str] | None = None
) -> Inputs:
    """Return the inputs of a dataset with an item a letter."""
    n = len(contents)
    dataset = Dataset(
        name="letters",
        task="multiclass",
        class_names=CLASSES,
        paths=pa.array(paths or [f"{letter}.png" for letter in contents], pa.large_string()),
        labels=np.array(labels, dtype=np.int32),
        splits=np.full(n, -1, dtype=np.int32),
        media=None,
        source=Source(format="test", why=(), found=n),
    )
    digests = np.array([list(bytes.fromhex(sha(letter))) for letter in contents], dtype=np.uint8)
    content = Content(
        digests=digests,
        status=np.zeros(n, dtype=np.uint8),
        oddities=np.zeros(n, dtype=np.uint16),
        sizes=np.ones((n, 2), dtype=np.int32),
        signatures=np.zeros((n, 256), dtype=np.uint8),
        reasons={},
    )
    return Inputs({"dataset": dataset, "content": content, "verdict_file": verdicts})


def judged(inputs: Inputs) -> JudgedLabels:
    found = inputs.get("verdicts")
    assert isinstance(found, JudgedLabels)
    return found


def fits(values: NDArray[np.int8]) -> list[str]:
    return [Fit(value).name for value in values.tolist()]


def test_verdicts_find_their_items_in_any_order_and_under_any_path() -> None:
    said = from_rows([line("b", "suggested"), line("a", "given"), line("c", "unsure")])
    found = judged(inputs_of("xabc", [0, 0, 0, 0], said, ["1", "2", "3", "4"]))
    assert fits(found.today) == ["NOT_JUDGED", "SOLE", "NOT_CONTAINED", "UNKNOWN"]
    assert found.fine.tolist() == [False, True, False, False]
    assert found.wrong.tolist() == [False, False, True, False]
    assert found.right.tolist() == [-1, -1, 1, -1]
    assert found.items.rows.tolist() == [2, 1, 3]


def test_a_corrected_label_is_fine_and_was_wrong() -> None:
    said = from_rows([line("a", "suggested"), line("b", "suggested"), line("c", "neither")])
    # The first was moved to the folder of dogs, the second became a fox, the third is a cat still.
    found = judged(inputs_of("abc", [1, 2, 0], said, ["dog/a.png", "b.png", "c.png"]))
    assert fits(found.today) == ["SOLE", "UNKNOWN", "NONE_FITS"]
    assert fits(found.items.then) == ["NOT_CONTAINED", "NOT_CONTAINED", "NONE_FITS"]
    assert found.items.labels.tolist() == [0, 0, 0]


def test_copies_are_told_apart_by_path_and_share_their_verdicts() -> None:
    said = from_rows([line("a", "given", path="second.png"), line("b", "given")])
    found = judged(inputs_of("aab", [1, 0, 0], said, ["first.png", "second.png", "b.png"]))
    assert fits(found.today) == ["NOT_CONTAINED", "SOLE", "SOLE"]
    assert found.right.tolist() == [0, -1, -1]
    (sample,) = found.samples
    assert sample.items.rows.tolist() == [1, 2]
    assert fits(sample.items.then) == ["SOLE", "SOLE"]
    # The copy is known as well, with the label that it has.
    assert found.items.rows.tolist() == [0, 1, 2]
    assert fits(found.items.then) == ["NOT_CONTAINED", "SOLE", "SOLE"]


def test_samples_know_their_strata_and_what_was_judged_before() -> None:
    second = {"audit": "second", "stratum": "1", "stratum_size": "5", "stratum_drawn": "2"}
    second |= {"judged_before": "3"}
    said = from_rows(
        [
            line("a", "given", audit="", stratum="-1", stratum_size="0", stratum_drawn="0"),
            line("b", "given", judged_before="1"),
            line("b", "suggested", reviewer="bob", judged_before="1"),
            line("c", "given", stratum="2", stratum_size="7", judged_before="1"),
            line("d", "neither", **second),
        ]
    )
    found = judged(inputs_of("abcd", [0, 0, 0, 0], said))
    one, two = found.samples
    assert (one.before, two.before) == (1, 3)
    assert (one.sizes.tolist(), two.sizes.tolist()) == ([9, 0, 7], [0, 5])
    assert (one.strata.tolist(), two.strata.tolist()) == ([0, 2], [1])
    assert fits(one.items.then) == ["UNKNOWN", "SOLE"]
    assert (found.n_verdicts, found.n_reviewers) == (5, 2)
    items, votes = found.votes
    assert items.tolist() == [0, 1, 1, 2, 3]
    assert fits(votes.astype(np.int8)) == ["SOLE", "SOLE", "NOT_CONTAINED", "SOLE", "NONE_FITS"]


def test_what_was_taken_in_while_a_sample_was_out_was_not_judged_before_it() -> None:
    fix = {"audit": "", "stratum": "-1", "stratum_size": "0", "stratum_drawn": "0"}
    said = from_rows([line("a", "suggested", **fix), line("b", "given")])
    (sample,) = judged(inputs_of("ab", [0, 0], said)).samples
    assert sample.before == 0


def test_items_that_are_gone_are_remembered() -> None:
    said = from_rows([line("a", "suggested"), line("b", "given"), line("gone", "suggested")])
    found = judged(inputs_of("ab", [0, 0], said))
    assert found.items.rows.tolist() == [0, 1, -1]
    assert fits(found.items.then) == ["NOT_CONTAINED", "SOLE", "NOT_CONTAINED"]


def test_an_unlabelled_item_fits_nothing() -> None:
    said = from_rows([line("a", "given", suggested_label=""), line("b", "given")])
    found = judged(inputs_of("ab", [-1, 0], said))
    assert fits(found.today) == ["UNKNOWN", "SOLE"]


def test_verdicts_of_another_dataset_are_refused() -> None:
    said = from_rows([line(letter, "given") for letter in "apqr"])
    with pytest.raises(InputError, match="1 of 4 judged items are in this dataset") as raised:
        inputs_of("abc", [0, 0, 0], said).get("verdicts")
    assert "--verdicts" in raised.value.hint


def test_samples_of_another_dataset_are_left_out() -> None:
    other = [line(letter, "suggested", audit="other") for letter in "apq"]
    own = [line(letter, "given", judged_before="3") for letter in "bcd"]
    found = judged(inputs_of("abcd", [0] * 4, from_rows([*other, *own])))
    (sample,) = found.samples
    assert fits(found.today) == ["NOT_CONTAINED", "SOLE", "SOLE", "SOLE"]
    assert found.items.rows.tolist() == [0, 1, 2, 3]
    assert sample.before == 1
    assert (found.n_verdicts, found.n_elsewhere) == (4, 2)


def test_without_verdicts_there_is_a_reason() -> None:
    inputs = inputs_of("ab", [0, 0], from_rows([]))
    with pytest.raises(MissingInputError, match="holds none"):
        inputs.get("verdicts")
    with pytest.raises(MissingInputError, match="labelaudit review"):
        Inputs({}).get("verdict_file")


def test_items_with_several_labels_are_not_judged_so() -> None:
    inputs = inputs_of("a", [0], from_rows([line("a", "given")]))
    dataset = inputs.get("dataset")
    assert isinstance(dataset, Dataset)
    given = {name: inputs.get(name) for name in ("content", "verdict_file")}
    several = Inputs(given | {"dataset": replace(dataset, task="multilabel")})
    with pytest.raises(MissingInputError, match="several labels"):
        several.get("verdicts")
