"""The rules that a report was held against, as a policy that a gate reads."""

import json
from collections.abc import Iterator
from typing import Final

from labelaudit.report import Limit, Report

KEYS: Final = {
    "measure": "measure",
    "value": "value",
    "class_name": "class",
    "split": "split",
    "at_most": "at_most",
    "at_least": "at_least",
    "rise_at_most": "rise_at_most",
    "of_items": "of_items",
    "mode": "mode",
    "accept_model": "accept_model",
}


def policy_toml(report: Report) -> str:
    """Return the effective policy of a report as TOML.

    Parameters
    ----------
    report
        Any report.
    """
    policy = report.policy
    lines = [
        "# What this report was held against: labelaudit gate report.json --policy policy.toml",
        "[gate]",
        f"mode = {_text(policy.mode)}",
    ]
    if policy.findings:
        counts = [f"{_text(rule)} = {most}" for rule, most in sorted(policy.findings.items())]
        lines += ["", "[gate.findings]", *counts]
    for limit in report.limits:
        lines += ["", "[[gate.limits]]", *_entry(limit)]
    return "\n".join(lines) + "\n"


def _entry(limit: Limit) -> Iterator[str]:
    for field, key in KEYS.items():
        said = getattr(limit, field)
        if isinstance(said, bool):
            if said:
                yield f"{key} = true"
        elif isinstance(said, str):
            yield f"{key} = {_text(said)}"
        elif said is not None:
            yield f"{key} = {float(said)!r}"


def _text(said: str) -> str:
    """Return a text as TOML has it; what no file can hold, as a question mark."""
    whole = said.encode(errors="replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
