"""The page on which a person judges: one file, offline, that hides what would sway them."""

from collections.abc import Mapping, Sequence

import numpy as np
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from labelaudit.render.templates import SHIPPED, content_policy
from labelaudit.render.text import counted, visible
from labelaudit.review.looks import Look
from labelaudit.review.plan import Plan
from labelaudit.spreadsheet import csv_text

PAGE = "review.html"
COLUMNS = (
    *("review", "content", "path", "given_label", "suggested_label"),
    *("verdict", "reviewer"),
)


def to_page(
    plan: Plan, looks: Sequence[Look], examples: Mapping[str, Sequence[Look]], modality: str
) -> str:
    """Return the page of a plan.

    It shows neither path, score nor stratum, and the two labels in an order drawn for each item,
    so that who judges does not see which one was given.

    Parameters
    ----------
    plan
        What is to be judged.
    looks
        What each item of the plan looks like.
    examples
        What typical items look like, by class; of every class of the plan.
    modality
        What the items are: ``image`` or ``text``.
    """
    folder = next(folder for folder in SHIPPED if (folder / PAGE).is_file())
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    assets = {kind: environment.get_template(f"review.{kind}").render() for kind in ("css", "js")}
    return environment.get_template(PAGE).render(
        plan=plan,
        name=visible(plan.name),
        modality=modality,
        counted=counted,
        data=_data(plan, looks, examples),
        policy=content_policy(style=assets["css"], script=assets["js"]),
    )


def to_csv(plan: Plan) -> str:
    """Return the same list as CSV, in the same order, with an empty column of verdicts."""
    rows = [
        [plan.id, item.content, item.path, item.given_label, item.suggested_label, "", ""]
        for item in plan.items
    ]
    return csv_text(COLUMNS, rows)


def _data(
    plan: Plan, looks: Sequence[Look], examples: Mapping[str, Sequence[Look]]
) -> dict[str, object]:
    """Return what the script needs: every text of it is shown as text, never as markup."""
    number = {name: at for at, name in enumerate(examples)}
    n = len(plan.items)
    coins = np.random.default_rng([plan.seed, n]).integers(2, size=n)
    return {
        "review": plan.id,
        "columns": COLUMNS,
        "classes": [
            {"name": visible(name), "examples": list(shown)} for name, shown in examples.items()
        ],
        "items": [
            {
                "cells": [item.content, item.path, item.given_label, item.suggested_label],
                "given": number[item.given_label],
                "suggested": number.get(item.suggested_label, -1),
                "swapped": bool(coin) and bool(item.suggested_label),
                "look": look,
            }
            for item, coin, look in zip(plan.items, coins, looks, strict=True)
        ],
    }
