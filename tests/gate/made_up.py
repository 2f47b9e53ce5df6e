"""Made-up datasets, and what a detector that is never wrong finds in them."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa
from hypothesis import strategies as st

from labelaudit.gate.findings import Found, found_in
from labelaudit.report import DatasetFacts, EmbeddingFacts, MeasureResult, Report, Run, Value

LABELS = ("cat", "dog", "eel")
SPLITS = ("train", "test", None)


class Item(NamedTuple):
    """An item; ``content`` is what it shows, and its label should be ``LABELS[content % 3]``."""

    path: str
    content: int
    label: str | None
    split: str | None

    @property
    def truth(self) -> str:
        """The label that it should have."""
        return LABELS[self.content % 3]


@st.composite
def datasets(draw: st.DrawFn, most: int = 8) -> list[Item]:
    """Return items with different paths, some of them copies, some of them wrong."""
    contents = draw(st.lists(st.integers(0, 5), min_size=1, max_size=most))
    return [
        Item(
            path=f"{at}.png",
            content=content,
            label=draw(st.sampled_from([*LABELS, LABELS[content % 3], LABELS[content % 3], None])),
            split=draw(st.sampled_from(SPLITS)),
        )
        for at, content in enumerate(contents)
    ]


def sha(content: int) -> str:
    return hashlib.sha256(str(content).encode()).hexdigest()


def found(items: Sequence[Item]) -> Found:
    """Return what is wrong with some items: wrong labels, none, copies, copies that contradict."""
    wrong = [at for at, item in enumerate(items) if item.label not in {None, item.truth}]
    without = [at for at, item in enumerate(items) if item.label is None]
    copies: dict[int, list[int]] = defaultdict(list)
    for at, item in enumerate(items):
        copies[item.content].append(at)
    groups = [members for members in copies.values() if len(members) > 1]
    contradictory = [members for members in groups if len({items[at].label for at in members}) > 1]
    rows = [
        *(_finding(items, "suspects", at) for at in wrong),
        *(_finding(items, "unlabelled", at) for at in without),
        *_grouped(items, "exact_duplicates", groups),
        *_grouped(items, "contradictory_duplicates", contradictory),
    ]
    return found_in(item_table(items), pa.Table.from_pylist(rows, ISSUES))


def _grouped(items: Sequence[Item], rule: str, groups: list[list[int]]) -> list[dict[str, object]]:
    return [
        {**_finding(items, rule, at), "group": group}
        for group, members in enumerate(groups)
        for at in members
    ]


def _finding(items: Sequence[Item], rule: str, at: int) -> dict[str, object]:
    suggested = items[at].truth if rule == "suspects" else None
    about = {"rule": rule, "item": at, "path": items[at].path, "suggested_label": suggested}
    return {**about, "class": None, "group": None, "evidence": f"found by {rule}"}


def item_table(items: Sequence[Item]) -> pa.Table:
    """Return the table of items."""
    return pa.Table.from_pylist(
        [
            {
                "path": item.path,
                "decoded_sha256": sha(item.content),
                "given_label": item.label,
                "split": item.split,
                "line": at + 2,
            }
            for at, item in enumerate(items)
        ],
        ITEMS,
    )


def report(model: str = "builtin", sha256: str = "a" * 64, **changed: object) -> Report:
    """Return a report with one number."""
    known: dict[str, object] = {
        "tool_version": "0.1.0",
        "random_state": 0,
        "embedding": EmbeddingFacts(
            model=model,
            model_sha256=sha256,
            preprocessing="decode-3 {}",
            n_features=3,
            n_embedded=2,
        ),
        "dataset": DatasetFacts(
            name="made up",
            digest="0" * 64,
            format="table",
            why=(),
            manifest="items.csv",
            task="multiclass",
            class_names=LABELS,
            n_found=2,
            n_items=2,
            n_unlabelled=0,
            n_unreadable=0,
            ignored={},
            splits={},
        ),
        "measures": (
            MeasureResult(
                name="label_noise",
                family="label_noise",
                title="Label noise",
                summary="",
                status="measured",
                values=(
                    Value(
                        name="model_estimated_error_rate",
                        title="Rate",
                        value=0.1234567,
                        unit="share",
                        low=0.1,
                        high=0.2,
                    ),
                ),
                parameters={"label_filter": "adaptive", "probabilities": "made up (well)"},
            ),
        ),
        "run": Run(
            started="",
            seconds={},
            provider="",
            node_providers={},
            n_from_cache=0,
            python="",
            packages={},
        ),
    }
    return Report(**{**known, **changed})  # type: ignore[arg-type]


ITEMS = pa.schema(
    [
        *[(name, pa.string()) for name in ("path", "decoded_sha256", "given_label", "split")],
        ("line", pa.int64()),
    ]
)
ISSUES = pa.schema(
    [
        ("rule", pa.string()),
        ("item", pa.int64()),
        *[(name, pa.string()) for name in ("path", "suggested_label", "class", "evidence")],
        ("group", pa.int64()),
    ]
)
