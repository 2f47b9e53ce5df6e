"""Every page and picture that labelaudit writes, of reports and plans full of attacks."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Final
from unittest.mock import patch

from attacks import PAYLOADS, poisoned
from jinja2.sandbox import SandboxedEnvironment

from labelaudit.render import templates
from labelaudit.render.files import rendered_files
from labelaudit.render.html import to_html
from labelaudit.render.template_files import TemplateFile
from labelaudit.report import Column, MeasureResult, Report, Table, Value
from labelaudit.review.page import to_page
from labelaudit.review.plan import Asked, Plan, Stratum

sys.path.append(str(Path(__file__).parent / "render"))
from reports import THUMBNAILS, audited, full, multilabel, nothing_measured, texts


def stability() -> Report:
    """Return a report of models that are compared."""
    columns = ("scoring", "model", "rank", "accuracy", "low", "high", "basis")
    values = ("label_error_rate", "resolution_share", "leaders_gap", "leaders_swap_share")
    result = MeasureResult(
        name="benchmark_stability",
        family="benchmark_stability",
        title="Benchmark stability",
        summary="Which gaps the labels decide.",
        status="measured",
        values=tuple(
            Value(name=name, title=name, value=0.02, unit="share", low=0.01, high=0.03)
            for name in values
        ),
        tables=(
            Table(
                name="accuracies",
                title="Accuracy and rank by scoring",
                columns=tuple(Column(name=name) for name in columns),
                rows=tuple(("given", f"m{at}", at, 0.9, 0.8, 0.95, "items") for at in range(4)),
            ),
        ),
        notes=("a note", "another"),
    )
    return replace(full(), measures=(result,))


CASES: Final[Mapping[str, Callable[[], Report]]] = {
    "report.html": full,
    "audited.html": audited,
    "multilabel.html": multilabel,
    "nothing.html": nothing_measured,
    "stability.html": stability,
    "texts.html": texts,
}
PICTURES: Final = ("label.svg", "label-dark.svg")
REVIEWS: Final = ("review.html", "review-of-texts.html")
NAMES: Final = (*CASES, *PICTURES, *REVIEWS)


def pages() -> dict[str, bytes]:
    """Return what a browser can be led to open, by the name of its file."""
    found = {
        name: to_html(poisoned(make(), 7 * at)).encode()
        for at, (name, make) in enumerate(CASES.items())
    }
    found |= rendered_files(poisoned(full()), names=PICTURES)
    found["review.html"] = review("image").encode()
    found["review-of-texts.html"] = review("text").encode()
    return found


def review(modality: str) -> str:
    """Return a page to judge labels on, each with an attack for class, path and text."""
    names = [payload for payload in PAYLOADS if payload.isprintable() or "<" in payload]
    following = list(islice(cycle(names), 1, len(names) + 1))
    asked = tuple(
        Asked(content=f"{at:064x}", path=name, given_label=name, suggested_label=other, stratum=0)
        for at, (name, other) in enumerate(zip(names, following, strict=True))
    )
    plan = Plan(
        kind="audit",
        name=PAYLOADS[1] + PAYLOADS[3],
        digest="d" * 64,
        seed=0,
        budget=len(asked),
        judged_before=0,
        strata=(Stratum(size=len(asked), drawn=len(asked)),),
        items=asked,
    )
    shown: list[dict[str, object]] = [
        {"text": name, "cut": 1}
        if modality == "text"
        else {"webp": THUMBNAILS["t0"], "width": 24, "height": 24}
        for name in names
    ]
    return to_page(plan, shown, dict.fromkeys(names, shown[:2]), modality)


def unescaped(report: Report) -> str:
    """Return the page of a report as it would be if nothing in it were escaped."""
    escaping = templates.environment_of

    def bare(files: Mapping[str, TemplateFile]) -> SandboxedEnvironment:
        environment = escaping(files)
        environment.autoescape = False
        environment.finalize = None
        return environment

    with patch.object(templates, "environment_of", bare):
        return to_html(report)
