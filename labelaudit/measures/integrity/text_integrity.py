"""What integrity says of texts, in place of what it says of image files."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from labelaudit.embeddings.content import Content
from labelaudit.embeddings.texts.content import TextOddity
from labelaudit.measures import Findings
from labelaudit.report import Column, Table, Value
from labelaudit.tabulate import Specification, exact_values

TITLES: Mapping[str, str] = {
    "unreadable_count": "Texts that cannot be read",
    "missing_count": "of these, null",
    "empty_count": "of these, empty or only white space",
    "truncated_count": "of these, not UTF-8",
    "exact_duplicates_count": "Texts that repeat another",
    "contradictory_duplicates_count": "Equal texts with different labels",
    "duplicates_across_splits_count": "Equal texts in different splits",
    "unreadable": "Texts that cannot be read",
    "contradictory_duplicates": "Equal texts with different labels",
    "duplicates_across_splits": "Equal texts in different splits",
    "exact_duplicates": "Equal texts",
}
OF_IMAGES = ("not_an_image_count", "too_large_count")
UNSEEN: tuple[Specification, ...] = (
    ("cut_texts_count", "Texts longer than the model takes, cut", "count", "lower"),
    ("wordless_texts_count", "Texts without a token of the model's", "count", "lower"),
)


def in_words_of_texts(found: Findings, content: Content | None) -> Findings:
    """Return what integrity found of texts: by their words, and with what the model did not see.

    Parameters
    ----------
    found
        What it found, in the words for images.
    content
        What the texts are; None when there are none.
    """
    kept = [value for value in found.values if value.name not in OF_IMAGES]
    values = [replace(value, title=TITLES.get(value.name, value.title)) for value in kept]
    rankings = [replace(each, title=TITLES.get(each.name, each.title)) for each in found.rankings]
    if content is None:
        return replace(found, values=tuple(values), rankings=tuple(rankings))
    return replace(
        found,
        values=(*values, *_unseen(content)),
        tables=(
            _length_table(content),
            *(
                replace(table, title="Groups of equal texts by their size")
                for table in found.tables
                if table.name == "group_sizes"
            ),
        ),
        rankings=tuple(rankings),
        notes=_cut_note(content),
    )


def _unseen(content: Content) -> tuple[Value, ...]:
    """Return how many texts the model did not see whole; undefined where no model saw any."""
    counts: dict[str, float | None] = {
        "cut_texts_count": int((content.oddities & TextOddity.CUT > 0).sum()),
        "wordless_texts_count": int((content.oddities & TextOddity.WORDLESS > 0).sum()),
    }
    if not (content.sizes[:, 1].any() or content.oddities.any()):
        note = "No text model read the texts."
        return exact_values(UNSEEN, dict.fromkeys(counts), dict.fromkeys(counts, note))
    return exact_values(UNSEEN, counts, {})


def _cut_note(content: Content) -> tuple[str, ...]:
    """Say that the ends of some texts have no part in what is measured by their embeddings."""
    cut = content.oddities & TextOddity.CUT > 0
    if not cut.any():
        return ()
    note = (
        f"{cut.sum():,} of {content.readable.sum():,} texts are longer than the model takes: it "
        f"saw no more than their first {content.sizes[cut, 1].max():,} tokens, special ones "
        "included, and the rest has no part in what is measured by embeddings."
    )
    return (note,)


def _length_table(content: Content) -> Table:
    """Return how long the texts are."""
    sizes = content.sizes[content.readable]
    rows = [
        (name, int(values.min()), float(np.median(values)), int(values.max()))
        for name, values in zip(("characters", "tokens, as cut"), sizes.T, strict=True)
        if values.any()
    ]
    return Table(
        name="lengths",
        title="Lengths of the texts",
        columns=tuple(Column(name=name) for name in ("of", "shortest", "median", "longest")),
        rows=tuple(rows),
    )
