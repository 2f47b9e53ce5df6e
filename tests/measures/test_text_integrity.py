"""Integrity of texts: by their words, with what the model did not see."""

import hashlib

import numpy as np
from made import no_splits, numbers, rows

from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.decode import Status
from labelaudit.embeddings.texts.content import TextOddity
from labelaudit.inputs.copies import file_copies
from labelaudit.measures import Findings
from labelaudit.measures.integrity.integrity import integrity
from labelaudit.statistics.groups import Groups

TEXTS = ("a long text", "same", "same", "", "  ", None, "\u200b")
STATUS = (*[Status.OK] * 3, Status.EMPTY, Status.EMPTY, Status.MISSING, Status.OK)
LABELS = np.array([0, 0, 1, 0, 0, 0, 0])


def measured(*, with_model: bool) -> Findings:
    n = len(TEXTS)
    data = [(text or "").encode() for text in TEXTS]
    digests = [np.frombuffer(hashlib.sha256(each).digest(), dtype=np.uint8) for each in data]
    tokens = [8, 3, 3, 0, 0, 0, 0] if with_model else [0] * n
    oddities = np.zeros(n, dtype=np.uint16)
    if with_model:
        oddities[[0, 6]] = TextOddity.CUT, TextOddity.WORDLESS
    content = Content(
        digests=np.stack(digests),
        status=np.array(STATUS, dtype=np.uint8),
        oddities=oddities,
        sizes=np.array([[len(text or "") for text in TEXTS], tokens], dtype=np.int32).T,
        signatures=np.zeros((n, 0), dtype=np.uint8),
        reasons={3: "the text is empty", 4: "only white space", 5: "null"},
    )

    def differ(groups: Groups) -> np.ndarray:
        return groups.disagree(LABELS)

    return integrity(
        np.ones(n, dtype=bool),
        differ,
        no_splits(n),
        content,
        file_copies(content),
        texts=lambda item: TEXTS[item] or "",
    )


def test_a_case_worked_by_hand() -> None:
    found = measured(with_model=True)
    assert numbers(found) == {
        "unlabelled_count": 0,
        "unreadable_count": 3,
        "missing_count": 1,
        "empty_count": 2,
        "truncated_count": 0,
        "exact_duplicates_count": 1,
        "contradictory_duplicates_count": 2,
        "duplicates_across_splits_count": None,
        "groups_across_splits_count": None,
        "cut_texts_count": 1,
        "wordless_texts_count": 1,
    }
    shown = {ranking.name: ranking.items.tolist() for ranking in found.rankings}
    assert shown["contradictory_duplicates"] == [1, 2]
    assert shown["unreadable"] == [3, 4, 5]
    assert rows(found, "lengths") == [
        {"of": "characters", "shortest": 1, "median": 4.0, "longest": 11},
        {"of": "tokens, as cut", "shortest": 0, "median": 3.0, "longest": 8},
    ]


def test_nothing_is_said_of_images() -> None:
    found = measured(with_model=True)
    said = [value.title for value in found.values]
    said += [ranking.title for ranking in found.rankings]
    said += [table.title for table in found.tables]
    assert not any("image" in title.lower() or "file" in title.lower() for title in said)


def test_what_was_cut_is_noted() -> None:
    (note,) = measured(with_model=True).notes
    assert note.startswith("1 of 4 texts are longer than the model takes")
    assert "first 8 tokens" in note


def test_without_a_model_nothing_is_known_of_cuts() -> None:
    found = measured(with_model=False)
    values = {value.name: value for value in found.values}
    assert values["cut_texts_count"].value is None
    assert values["cut_texts_count"].note == "No text model read the texts."
    assert [row["of"] for row in rows(found, "lengths")] == ["characters"]
    assert not found.notes
