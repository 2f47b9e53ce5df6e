"""A comparison as Markdown, for a job summary or a release note."""

from collections.abc import Sequence
from typing import Final

from labelaudit.limits import Verdict
from labelaudit.release.diff.parts import Change, Diff, Listed, Side
from labelaudit.release.diff.words import (
    ARROW,
    Group,
    amount,
    around,
    between,
    gist,
    groups,
    label_rows,
    of_findings,
    signed,
    standing,
    unchanged,
    unlisted,
    verdict,
)
from labelaudit.render import text
from labelaudit.render.markdown.escape import code, prose
from labelaudit.render.markdown.parts import SHORT_HASH, table

MOST_CHANGES: Final = 20
MOST_CLASSES: Final = 40
MOST_LISTED: Final = 10
FOOT: Final = (
    "Beyond its interval: the 95 % interval of the difference, from both intervals, is without 0. "
    "Exact: both were counted. All numbers are in `diff.json`."
)
HEADS: Final = ("Number", "Before", "Now", "Change", "Worth")


def to_markdown(diff: Diff) -> str:
    """Return a comparison as Markdown, a few kilobytes whatever the reports.

    Parameters
    ----------
    diff
        Any comparison.
    """
    parts = [
        f"## What changed: {code(diff.new.name)}",
        f"- Before: {_side(diff.old)}\n- Now: {_side(diff.new)}",
        *([_listed_sentences(gist(diff))] if gist(diff) else []),
        *(f"> **Note:** {prose(caution)}." for caution in diff.cautions),
        *_label(diff),
        *(part for group in groups(diff) for part in _group(group)),
        *_classes(diff),
        *_findings(diff),
        *_one_sided(diff),
        FOOT,
    ]
    return "\n\n".join(parts) + "\n"


def _side(side: Side) -> str:
    return (
        f"{verdict(side.verdict)}, {code(side.name)}, {text.counted(side.n_items, 'item')}, "
        f"sha256 {code(side.digest[:SHORT_HASH])}, {prose(side.started)}"
    )


def _listed_sentences(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {prose(sentence)}." for sentence in sentences)


def _label(diff: Diff) -> list[str]:
    rows = []
    for row in label_rows(diff):
        limit, found = "", ""
        if row.ruling is not None:
            limit = prose(row.ruling.new_limit)
            found = _verdicts(row.ruling.old, row.ruling.new)
        cells = ["", "", "not measured in both", ""] if row.change is None else _cells(row.change)
        rows.append([prose(row.title), *cells, limit, found])
    if not rows:
        return []
    heads = (*HEADS, "Limit", "Verdict")
    return ["### The label", "\n".join(table(heads, rows, right=(1, 2, 3)))]


def _verdicts(old: Verdict | None, new: Verdict | None) -> str:
    return verdict(new) if old == new else f"**{verdict(old)} {ARROW} {verdict(new)}**"


def _cells(change: Change) -> list[str]:
    """Return before, now, the difference and what it is worth."""
    sides = [
        (change.old, change.old_low, change.old_high),
        (change.new, change.new_low, change.new_high),
    ]
    said = []
    for value, low, high in sides:
        ends = around(low, high, change.unit)
        said.append(prose(amount(value, change.unit)) + (f" ({prose(ends)})" if ends else ""))
    ends = between(change.low, change.high, change.unit)
    difference = "" if change.difference is None else signed(change.difference, change.unit)
    return [*said, f"{difference} ({ends})" if ends else difference, standing(change)]


def _group(group: Group) -> list[str]:
    """Return the changes of a group; those that say little are folded."""
    if not group.changes:
        return []
    rows = [
        [f"{prose(each.title)} ({prose(each.measure_title)})", *_cells(each)]
        for each in group.changes[:MOST_CHANGES]
    ]
    title = f"{group.title}: {len(group.changes):,}"
    body = "\n".join(table(HEADS, rows, right=(1, 2, 3)))
    more = len(group.changes) - MOST_CHANGES
    rest = [f"{text.counted(more, 'more number')} in `diff.json`."] if more > 0 else []
    about = [group.about] if group.about else []
    if group.name in {"worse", "improved"}:
        return [f"### {title}", *about, body, *rest]
    return [f"<details><summary>{title}</summary>", *about, body, *rest, "</details>"]


def _classes(diff: Diff) -> list[str]:
    classes = diff.classes
    parts: list[str] = []
    for word, names in (("Added", classes.added), ("Removed", classes.removed)):
        if names:
            rest = f" and {len(names) - 20:,} more" if names[20:] else ""
            parts.append(f"{word}: {', '.join(map(code, names[:20]))}{rest}.")
    if classes.rows:
        rows = []
        for row in classes.rows[:MOST_CLASSES]:
            cells = [code(row.name)]
            for column, number in zip(classes.columns, row.numbers, strict=True):
                sides = [prose(amount(each, column.unit)) for each in (number.old, number.new)]
                beyond = " (beyond)" if number.standing == "beyond" else ""
                same = sides[0] == sides[1]
                cells.append(sides[1] if same else f"{sides[0]} {ARROW} {sides[1]}{beyond}")
            rows.append(cells)
        heads = ["Class", *(prose(text.heading(each.title)) for each in classes.columns)]
        parts.append("\n".join(table(heads, rows, right=range(1, len(heads)))))
    more = len(classes.rows) - MOST_CLASSES
    parts += [f"{text.counted(more, 'more class', 'more classes')} in `diff.json`."] * (more > 0)
    return ["### Class by class", *parts] if parts else []


def _findings(diff: Diff) -> list[str]:
    parts, kept = [], unchanged(diff)
    for found in diff.findings:
        if found in kept:
            continue
        line = f"**{prose(found.title)}**: {of_findings(found)}."
        line += f" Not comparable: {prose(found.reason)}." if found.reason else ""
        line += f" {unlisted(found)}." if unlisted(found) else ""
        parts.append(line)
        rows = [["gone", *_listed(each)] for each in found.fixed[:MOST_LISTED]]
        rows += [["new", *_listed(each)] for each in found.appeared[:MOST_LISTED]]
        if rows:
            parts.append("\n".join(table(("", "Item", "Given", "Suggested"), rows)))
    if kept:
        same = "; ".join(f"{prose(found.title)} ({found.new:,})" for found in kept)
        parts.append(f"The same as before: {same}.")
    return ["### Findings", *parts] if parts else []


def _listed(found: Listed) -> list[str]:
    labels = (found.given_label or None, found.suggested_label)
    return [code(found.path), *("" if label is None else code(label) for label in labels)]


def _one_sided(diff: Diff) -> list[str]:
    if not diff.one_sided:
        return []
    lines = [
        f"- {prose(each.title)}: only {'before' if each.measured_in == 'old' else 'now'}"
        + (f"; {prose(each.reason)}" if each.reason else "")
        for each in diff.one_sided
    ]
    return ["### Measured in one report only", "\n".join(lines)]
