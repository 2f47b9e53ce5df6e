"""A comparison in a terminal: what matters first, and no line wider than the screen."""

import textwrap
from collections.abc import Sequence
from typing import Final

from rich.console import Group
from rich.text import Text

from labelaudit.release.diff.parts import Change, Diff, Listed, Side
from labelaudit.release.diff.words import (
    ARROW,
    STANDINGS,
    amount,
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

MOST_CHANGES: Final = 8
MOST_CLASSES: Final = 8
MOST_FINDINGS: Final = 3
MOST_NUMBERS: Final = 4
INTERVAL_FROM: Final = 96  # columns of a terminal that has room for them
STYLES: Final = {"worse": "red", "improved": "green"}
BOLD, DIM = "bold", "dim"
GAP: Final = "  "

Cells = Sequence[Text]


def to_terminal(diff: Diff, *, width: int = 80) -> Group:
    """Return a comparison as rich prints it.

    Names are printed as they are: markup in them is not followed, and what would control the
    terminal is shown as its code point.

    Parameters
    ----------
    diff
        Any comparison.
    width
        Columns of the terminal.
    """
    lines = [
        _side("before", diff.old),
        _side("now   ", diff.new),
        Text(),
        *(line for said in gist(diff) for line in _wrapped(f"{said}.", width)),
        *(line for said in diff.cautions for line in _wrapped(f"Note: {said}.", width, DIM)),
        *_label(diff, width),
        *_changes(diff, width),
        *_classes(diff, width),
        *_findings(diff),
        *_one_sided(diff, width),
    ]
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return Group(*lines)


def _side(word: str, side: Side) -> Text:
    name = Text(text.visible(side.name), BOLD)
    name.truncate(40, overflow="ellipsis")
    facts = f"{text.counted(side.n_items, 'item')}; sha256 {text.visible(side.digest[:12])}"
    return Text.assemble((word, DIM), GAP, verdict(side.verdict), GAP, name, GAP, (facts, DIM))


def _label(diff: Diff, width: int) -> list[Text]:
    """Return the rows of the label that are not as they were, or that have a limit."""
    rows = []
    for row in label_rows(diff):
        change, ruling = row.change, row.ruling
        is_ruled = ruling is not None and ruling.old != ruling.new
        if not is_ruled and (change is None or change.standing in {"same", "undefined"}):
            continue
        cells = [Text(text.visible(row.title)), *_numbers(change, width)]
        if ruling is not None and is_ruled:
            cells[-1] = Text(f"{verdict(ruling.old)} {ARROW} {verdict(ruling.new)}", BOLD)
        rows.append(cells)
    return _section("The label", rows, width)


def _changes(diff: Diff, width: int) -> list[Text]:
    """Return the first changes that are no chance, and how many others there are."""
    lines: list[Text] = []
    others: list[str] = []
    for group in groups(diff):
        if not group.changes:
            continue
        title = f"{group.title}: {len(group.changes):,}"
        if group.name not in {"worse", "improved"}:
            others.append(f"{group.title.lower()}: {len(group.changes):,}")
            continue
        rows = [
            [Text(text.visible(each.title)), *_numbers(each, width, STANDINGS[each.standing])]
            for each in group.changes[:MOST_CHANGES]
        ]
        more = len(group.changes) - MOST_CHANGES
        lines += _section(title, rows, width)
        lines += [Text(f"{more:,} more", DIM)] if more > 0 else []
    said = "; ".join(others)
    return [*lines, *([Text()] if said else []), *_wrapped(said[:1].upper() + said[1:], width)]


def _numbers(change: Change | None, width: int, worth: str = "") -> list[Text]:
    """Return before and now, the difference with its interval, and what that is worth."""
    if change is None:
        return [Text("not measured in both", DIM), Text(), Text()]
    sides = [amount(each, change.unit) for each in (change.old, change.new)]
    difference = "" if change.difference is None else signed(change.difference, change.unit)
    ends = between(change.low, change.high, change.unit)
    return [
        Text(f"{sides[0]} {ARROW} {sides[1]}"),
        Text(f"{difference} ({ends})" if ends and width >= INTERVAL_FROM else difference),
        Text(worth or standing(change), STYLES.get(change.direction, DIM)),
    ]


def _classes(diff: Diff, width: int) -> list[Text]:
    """Return the classes that changed most."""
    classes = diff.classes
    lines: list[Text] = []
    for word, names in (("added", classes.added), ("removed", classes.removed)):
        if names:
            said = ", ".join(map(text.visible, names[:20])) + (", ..." if names[20:] else "")
            lines += _wrapped(f"Classes {word}: {said}", width)
    if not classes.rows:
        return [Text(), *lines] if lines else []
    columns = classes.columns[:MOST_NUMBERS]
    heads = [Text("class", DIM), *(Text(text.visible(each.title), DIM) for each in columns)]
    rows: list[Cells] = [heads]
    for row in classes.rows[:MOST_CLASSES]:
        cells = [Text(text.visible(row.name))]
        for column, number in zip(columns, row.numbers, strict=False):
            sides = [amount(each, column.unit) for each in (number.old, number.new)]
            said = sides[1] if sides[0] == sides[1] else f"{sides[0]} {ARROW} {sides[1]}"
            cells.append(Text(said, STYLES.get(number.direction, "")))
        rows.append(cells)
    more = len(classes.rows) - MOST_CLASSES
    lines += _section("Class by class, those that changed most", rows, width)[bool(lines) :]
    return [*lines, *([Text(f"{more:,} more", DIM)] if more > 0 else [])]


def _findings(diff: Diff) -> list[Text]:
    """Return what is gone and what is new, rule by rule."""
    kept = unchanged(diff)
    changed = [each for each in diff.findings if each not in kept]
    if not changed:
        return []
    lines = [Text(), Text("Findings", BOLD)]
    for found in changed:
        head = Text.assemble(text.visible(found.title), ": ", of_findings(found))
        lines.append(head)
        if found.reason or unlisted(found):
            lines.append(Text(GAP + (text.visible(found.reason) or unlisted(found)), DIM))
        marks = (("gone", found.fixed), ("new ", found.appeared))
        lines += [_listed(word, each) for word, every in marks for each in every[:MOST_FINDINGS]]
    return lines


def _listed(word: str, found: Listed) -> Text:
    given = text.visible(found.given_label or "no label")
    instead = "" if found.suggested_label is None else text.visible(found.suggested_label)
    path = Text(text.visible(found.path))
    path.truncate(40, overflow="ellipsis")
    style = "green" if word == "gone" else "red"
    said = f"{given}, rather {instead}" if instead else given
    return Text.assemble(GAP, (word, style), GAP, path, GAP, said)


def _one_sided(diff: Diff, width: int) -> list[Text]:
    lines = []
    for side, words in (("old", "Measured only before"), ("new", "Measured only now")):
        names = [text.visible(each.title) for each in diff.one_sided if each.measured_in == side]
        if names:
            lines += _wrapped(f"{words}: {', '.join(names)}", width)
    return [Text(), *lines] if lines else []


def _section(title: str, rows: Sequence[Cells], width: int) -> list[Text]:
    """Return rows in columns below a heading; nothing where there is none."""
    if not rows:
        return []
    return [Text(), Text(title, BOLD), *in_columns(rows, width)]


def in_columns(rows: Sequence[Cells], width: int) -> list[Text]:
    """Return cells side by side; the first column gives way where there is no room.

    Parameters
    ----------
    rows
        Cells, as many in each row.
    width
        Columns of the terminal.
    """
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]
    room = width - sum(widths[1:]) - len(GAP) * (len(widths) - 1)
    widths[0] = min(widths[0], max(room, width // 3))
    lines = []
    for row in rows:
        cells = [cell.copy() for cell in row]
        for cell, wide in zip(cells, widths, strict=True):
            cell.truncate(wide, overflow="ellipsis", pad=True)
        line = Text(GAP).join(cells)
        line.rstrip()
        lines.append(line)
    return lines


def _wrapped(words: str, width: int, style: str = "") -> list[Text]:
    return [Text(line, style) for line in textwrap.wrap(text.visible(words), max(width, 20))]
