"""What a gate says as SARIF 2.1.0, for code scanning and editors."""

import json
from typing import Any, Final

from labelaudit.gate.formats.listing import Entry, entries_of
from labelaudit.gate.formats.rules import LONGEST, NOT_SHOWN, Rule
from labelaudit.gate.formats.said import cut, headline
from labelaudit.gate.outcome import Outcome
from labelaudit.render import text
from labelaudit.render.markdown.escape import prose
from labelaudit.render.markdown.parts import with_code

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS: Final = 5_000  # of a run, beyond which code scanning drops results
MOST_CHARACTERS: Final = 1_000  # of a message
ROOT: Final = "%SRCROOT%"

Object = dict[str, Any]


def to_sarif(outcome: Outcome) -> str:
    """Return an outcome as SARIF 2.1.0.

    A result is a finding, or a rule that is not kept though it has no findings. It stands at its
    line of the manifest, and its fingerprint is that of what the item decodes to.

    Parameters
    ----------
    outcome
        Any outcome.
    """
    entries = entries_of(outcome, MOST_RESULTS)
    rules = {entry.rule.name: entry.rule for entry in entries}
    places = {name: at for at, name in enumerate(rules)}
    run = {
        "tool": {"driver": _driver(outcome, list(rules.values()))},
        "automationDetails": {"id": f"labelaudit/{_name(outcome)}/"},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {ROOT: {"description": {"text": "Where labelaudit was run."}}},
        "invocations": [_invocation(outcome, entries)],
        "results": [_result(entry, places, outcome) for entry in entries],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _driver(outcome: Outcome, rules: list[Rule]) -> Object:
    return {
        "name": "labelaudit",
        "version": text.visible(outcome.report.tool_version),
        "shortDescription": {"text": "Measures a labelled dataset, and gates on what it found."},
        "rules": [_descriptor(rule) for rule in rules],
    }


def _descriptor(rule: Rule) -> Object:
    """Return all that there is to say of a rule."""
    explained = f"`labelaudit explain {rule.measure}` says how it is measured." * bool(rule.measure)
    remedy = " ".join(filter(None, (rule.remedy, explained)))
    said = ". ".join(filter(None, (rule.title, rule.summary.removesuffix(".")))) + "."
    return {
        "id": rule.name,
        "name": "".join(word.capitalize() for word in _words(rule.name)),
        "shortDescription": {"text": plain(rule.title)},
        "fullDescription": {"text": plain(said)},
        "help": {
            "text": plain(f"{said} {remedy.replace('`', '')}".strip()),
            "markdown": f"{prose(said)}\n\n{with_code(remedy)}".strip(),
        },
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["dataset", "labels"], "precision": "medium"},
    }


def _result(entry: Entry, places: dict[str, int], outcome: Outcome) -> Object:
    physical: Object = {"artifactLocation": {"uri": entry.place.uri, "uriBaseId": ROOT}}
    if entry.place.line is not None:
        physical["region"] = {"startLine": max(entry.place.line, 1)}
    result: Object = {
        "ruleId": entry.rule.name,
        "ruleIndex": places[entry.rule.name],
        "level": entry.level,
        "message": {"text": plain(entry.words)},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {
            "labelaudit/v1": entry.fingerprint,
            "primaryLocationLineHash": f"{entry.fingerprint}:1",
        },
    }
    return result | ({"baselineState": entry.state} if outcome.baseline else {})


def _invocation(outcome: Outcome, entries: list[Entry]) -> Object:
    """Return what the gate says of the whole, and of what is not shown."""
    said = [("note", headline(outcome))]
    said += [("warning", each.words) for each in entries if each.rule.name == NOT_SHOWN]
    if outcome.stale:
        stale = text.counted(len(outcome.stale), "entry", "entries")
        said.append(("note", f"{stale} of the baseline without a finding any more"))
    if outcome.unsettled:
        unsettled = text.counted(outcome.unsettled, "finding")
        said.append(("note", f"{unsettled} on unchanged items, counted against no rule"))
    return {
        "executionSuccessful": True,
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": plain(words)}} for level, words in said
        ],
    }


def plain(words: str) -> str:
    """Return words as the plain text of a message: nothing in them is a link or a placeholder.

    Examples
    --------
    >>> plain("[a](https://evil.example) {0}")
    '[a] (https://evil.example) {{0}}'
    """
    shown = cut(text.visible(words), MOST_CHARACTERS)
    return shown.replace("](", "] (").replace("{", "{{").replace("}", "}}") or "?"


def _name(outcome: Outcome) -> str:
    return cut(text.visible(outcome.report.dataset.name), LONGEST)


def _words(name: str) -> list[str]:
    return [word for word in "".join(c if c.isalnum() else " " for c in name).split() if word]
