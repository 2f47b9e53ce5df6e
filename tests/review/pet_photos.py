"""Reports, items and plans made by hand."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from labelaudit.report import DatasetFacts, Report, Run
from labelaudit.review.items import Items
from labelaudit.review.plan import Asked, Plan, Stratum

CLASSES = ("cat", "dog", "emu")
DIGEST = "d" * 64


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def report(n: int = 300, **facts: object) -> Report:
    said = {
        "name": "pets",
        "digest": DIGEST,
        "format": "table",
        "why": (),
        "manifest": "",
        "task": "multiclass",
        "class_names": CLASSES,
        "n_found": n,
        "n_items": n,
        "n_unlabelled": 0,
        "n_unreadable": 0,
        "ignored": {},
        "splits": {},
    } | facts
    run = Run(
        started="",
        seconds={},
        provider="",
        node_providers={},
        n_from_cache=0,
        python="",
        packages={},
    )
    return Report(
        tool_version="0",
        dataset=DatasetFacts(**said),  # type: ignore[arg-type]
        embedding=None,
        random_state=0,
        measures=(),
        run=run,
    )


def items(n: int = 300, *, known: bool = True) -> Items:
    """Return items of three classes in turn, the most doubtful first."""
    rows = np.arange(n, dtype=np.float64)
    table = pa.table(
        {
            "path": [f"{row:.0f}.png" for row in rows],
            "content_sha256": [sha(f"{row:.0f}") for row in rows],
            "given_label": [CLASSES[row % 3] for row in range(n)],
            "suggested_label": [CLASSES[(row + 1) % 3] if known else None for row in range(n)],
        }
    )
    nothing = np.full(n, np.nan)
    return Items(
        table=table,
        margin=rows - 10.0 if known else nothing,
        error_probability=1 / (1.5 + rows) if known else nothing,
        suspected=rows < 10 if known else np.zeros(n, dtype=np.bool_),
        judgeable=np.ones(n, dtype=np.bool_),
    )


def asked(path: str = "1.png", **said: object) -> Asked:
    about = {
        "content": sha(path),
        "path": path,
        "given_label": "cat",
        "suggested_label": "dog",
        "stratum": 0,
    } | said
    return Asked(**about)  # type: ignore[arg-type]


def plan(*found: Asked, **said: object) -> Plan:
    listed: Sequence[Asked] = found or (asked("1.png"), asked("2.png", stratum=1))
    about = {
        "kind": "audit",
        "name": "pets",
        "digest": DIGEST,
        "seed": 0,
        "budget": len(listed),
        "judged_before": 0,
        "strata": (Stratum(size=10, drawn=1), Stratum(size=90, drawn=1)),
        "items": tuple(listed),
    } | said
    return Plan(**about)  # type: ignore[arg-type]
