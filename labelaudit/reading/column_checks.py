"""Whether the columns of a table are clear, and what is said about those that are taken."""

from collections.abc import Sequence

from labelaudit.errors import InputError, some

Columns = dict[str, list[str]]


def check_columns(
    where: str, names: Sequence[str], asked: Columns, found: Columns, *, no_label: bool
) -> None:
    """Raise `InputError` for columns that are missing or not clear, all at once.

    Parameters
    ----------
    where
        The manifest as a message names it.
    names
        The columns that there are.
    asked, found
        Those that were named, and those that would be taken, by role.
    no_label
        Whether the items need no label column.
    """
    problems, hints = _not_there(names, asked)
    for role, columns in found.items():
        if len(columns) > 1 and not asked.get(role):
            problems.append(f"the {role} column could be {some(map(repr, columns))}")
            hints.append(f"say which with --{role}-column" if role != "id" else "keep one of them")
    if found["image"] and found["text"]:
        problems.append("an image column and a text column are asked for")
        hints.append("the items are either: leave out --image-column or --text-column")
    if not found["label"] and not no_label:
        problems.append("there is no label column")
        first_line = "; the first line must name the columns"
        is_text = where.lower().endswith((".csv", ".tsv"))
        hints.append("name it with --label-column" + first_line * is_text)
    if problems:
        raise InputError(
            f"{where}: {'; '.join(problems)}; found {some(map(repr, names), 12) or 'no columns'}",
            hint="; ".join(hints),
        )


def _not_there(names: Sequence[str], asked: Columns) -> tuple[list[str], list[str]]:
    """Return what is wrong with the columns that are asked for, and what to do about it."""
    problems, hints = [], []
    for role, columns in asked.items():
        missing = [column for column in columns if column not in names]
        if missing:
            problems.append(f"there is no {role} column {some(map(repr, missing))}")
            hints.append(f"check --{role}-column for a typing error")
        twice = sorted({column for column in columns if columns.count(column) > 1})
        if twice:
            problems.append(f"the {role} column {some(map(repr, twice))} is asked for twice")
            hints.append(f"name each --{role}-column once")
    return problems, hints


def why_columns(names: Sequence[str], roles: Columns, asked: Columns) -> tuple[str, ...]:
    """Say which columns were taken, and which were not read."""
    why = []
    if not roles["image"] and not roles["text"]:
        why.append("no image column")
    for role, columns in roles.items():
        if not columns:
            continue
        reason = "as asked for" if asked.get(role) else "the only one of the usual names"
        if role == "annotators":
            why.append(f"{len(columns)} annotator columns: {some(map(repr, columns))}")
        elif role == "label" and len(columns) > 1:
            why.append(f"{len(columns)} class columns {some(map(repr, columns))}: as asked for")
        elif role == "judgement" and not asked[role]:
            why.append(f"judgements in the label column {columns[0]!r}; items have no other label")
        else:
            why.append(f"{role} column {some(map(repr, columns))}: {reason}")
    read = {column for columns in roles.values() for column in columns}
    others = [name for name in names if name not in read]
    if others:
        why.append(f"columns that were not read: {some(map(repr, others))}")
    return tuple(why)
