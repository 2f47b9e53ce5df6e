"""What people answered, from the CSV files that they hand in."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from labelaudit.errors import InputError, some
from labelaudit.review.page import COLUMNS
from labelaudit.review.plan import FILE, Asked, Plan
from labelaudit.spreadsheet import read_cells
from labelaudit.verdicts import WORDS, Verdicts, from_rows

NEEDED = ("review", "content", "verdict")
By = Mapping[str, Sequence[Asked]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """The judgements of one file.

    Attributes
    ----------
    verdicts
        The judgements.
    n_blank
        Items of the file that are not judged yet.
    n_edited
        Rows with another label than was asked about; labels are not read from the file.
    passed_over
        Columns of the file that were not read.
    """

    verdicts: Verdicts
    n_blank: int
    n_edited: int
    passed_over: tuple[str, ...]


def read_answers(file: Path, plans: Mapping[str, Plan], reviewer: str = "") -> Answers:
    """Read the judgements of a file, and give each what the plan says of its item.

    Parameters
    ----------
    file
        A CSV file from the page, or review.csv with its column of verdicts filled in.
    plans
        The plans beside the report, by their identifier.
    reviewer
        Who judged, where the file does not say so.

    Raises
    ------
    InputError
        When the file is of another review, or has words or items that are not of the plan; all
        such lines are said at once.
    """
    cells = read_cells(file, NEEDED)
    by_plan = {name: _by_content(plan) for name, plan in plans.items()}
    rows: list[dict[str, str]] = []
    problems: list[str] = []
    n_edited = 0
    lines: dict[tuple[str, ...], tuple[int, str]] = {}
    for line, row in cells.rows:
        plan = plans.get(row["review"].strip().lower())
        item = None if plan is None else _item(row, by_plan[plan.id])
        what = _problem(row, plan, item)
        if what or plan is None or item is None:
            problems.append(f"line {line}: {what}")
            continue
        n_edited += any(row.get(name, asked) != asked for name, asked in _labels(item))
        word = row["verdict"].strip().lower()
        if not word:
            continue
        said = _row(plan, item, word, row.get("reviewer", "").strip() or reviewer)
        key = tuple(said[name] for name in ("audit", "content", "path", "given_label", "reviewer"))
        first, before = lines.setdefault(key, (line, word))
        if before != word:
            problems.append(f"line {line}: {word!r}; line {first} says {before!r} of the same item")
        elif first == line:
            rows.append(said)
    if problems:
        raise InputError(
            f"{file}: {len(problems):,} problems in {len(cells.rows):,} rows; nothing was imported",
            details=problems,
            hint=_hint(plans),
        )
    blank = sum(not row["verdict"].strip() for _, row in cells.rows)
    others = tuple(name for name in cells.names if name not in COLUMNS)
    return Answers(verdicts=from_rows(rows), n_blank=blank, n_edited=n_edited, passed_over=others)


def refuse_unsaved(sheet: Path, judged: Verdicts | None) -> None:
    """Raise `InputError` when a sheet that would be replaced has judgements not yet taken in."""
    if not sheet.exists():
        return
    known = set(zip(judged.content, judged.verdict, strict=True)) if judged is not None else set()
    filled = [
        (row["content"].strip().lower(), word)
        for _, row in read_cells(sheet, NEEDED).rows
        if (word := row["verdict"].strip().lower())
    ]
    n_open = sum(each not in known for each in filled)
    if n_open:
        raise InputError(
            f"{sheet}: {n_open:,} judgements in it are not taken in yet, and would be replaced",
            hint=f"take them in with --import {sheet}, or name another folder with --output",
        )


def _labels(item: Asked) -> tuple[tuple[str, str], ...]:
    return ("given_label", item.given_label), ("suggested_label", item.suggested_label)


def _by_content(plan: Plan) -> By:
    found = defaultdict(list)
    for item in plan.items:
        found[item.content].append(item)
    return found


def _item(row: Mapping[str, str], items: By) -> Asked | None:
    """Return the item of a row: by its content, of copies by path, then by the given label."""
    found = items.get(row["content"].strip().lower(), ())
    for name in ("path", "given_label"):
        if len(found) > 1:
            found = [item for item in found if getattr(item, name) == row.get(name)]
    return found[0] if found else None


def _problem(row: Mapping[str, str], plan: Plan | None, item: Asked | None) -> str:
    """Say what is wrong with a row; an empty text when nothing is."""
    if plan is None:
        return f"of a review {row['review'][:40]!r} that is not in {FILE}"
    if item is None:
        return f"an item {row['content'][:12]!r} that is not of review {plan.id}"
    word = row["verdict"].strip().lower()
    if word and word not in WORDS:
        return f"verdict is none of {', '.join(WORDS)}; found {row['verdict'][:40]!r}"
    if word in {"suggested", "both"} and not item.suggested_label:
        return f"verdict is {word!r}, and there is no suggested label"
    return ""


def _row(plan: Plan, item: Asked, word: str, reviewer: str) -> dict[str, str]:
    """Return a judgement as a row of verdicts."""
    drawn = plan.kind == "audit"
    stratum = plan.strata[item.stratum] if drawn else None
    return {
        "content": item.content,
        "path": item.path,
        "given_label": item.given_label,
        "suggested_label": item.suggested_label,
        "verdict": word,
        "reviewer": reviewer,
        "audit": plan.id if drawn else "",
        "stratum": str(item.stratum),
        "stratum_size": str(stratum.size if stratum else 0),
        "stratum_drawn": str(stratum.drawn if stratum else 0),
        "judged_before": str(plan.judged_before if drawn else 0),
    }


def _hint(plans: Mapping[str, Plan]) -> str:
    if not plans:
        return f"there is no {FILE} beside the report: draw a sample with labelaudit review REPORT"
    return f"mend these lines, or name the report whose review this is; this one has {some(plans)}"
