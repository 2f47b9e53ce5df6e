"""What the summary and the card are put together from."""

from collections.abc import Iterable, Sequence
from typing import Final

from labelaudit.limits import Verdict
from labelaudit.render import text
from labelaudit.render.facts import Fact, facts, hero
from labelaudit.render.judgements import SIGNS, WORDS
from labelaudit.render.markdown.escape import code, prose
from labelaudit.report import Report

SHORT_HASH: Final = 12
MOST_SPLITS: Final = 300  # characters
COLUMNS: Final = ("Measured", "Amount", "Beside", "Limit", "Verdict")


def verdict_of(verdict: Verdict | None) -> str:
    """Return a verdict as sign and word; one that is not kept in bold."""
    if verdict is None:
        return ""
    said = f"{SIGNS[verdict]} {WORDS[verdict]}"
    return f"**{said}**" if verdict in {"check", "fail"} else said


def dataset_line(report: Report) -> str:
    """Return what was measured, in a line: items, classes and splits."""
    dataset = report.dataset
    splits = prose(text.splits(dataset.splits), MOST_SPLITS) or "no splits"
    return f"{text.counted(dataset.n_items, 'item')}; {text.labels(dataset)}; {splits}"


def label_rows(report: Report) -> list[str]:
    """Return the headline and the rows of the label as a table."""
    found = hero(report)
    first = Fact(
        name="**Label errors**",
        amount=f"**{prose(found.amount)}**",
        reference=f"{found.of_interval} {found.interval}" if found.interval else "",
        limit=found.limit,
        verdict=found.verdict,
    )
    rows = [_cells(fact) for fact in facts(report)]
    headline = [first.name, first.amount, *_cells(first)[2:]]
    return table(COLUMNS, [headline, *rows], right=(1,))


def table(
    names: Iterable[str], rows: Iterable[Iterable[str]], right: Sequence[int] = ()
) -> list[str]:
    """Return the lines of a table, whose cells are Markdown already.

    Parameters
    ----------
    names
        Heads of the columns.
    rows
        Cells by row.
    right
        Columns that are aligned to the right.
    """
    heads = list(names)
    rules = ["--:" if at in right else "---" for at in range(len(heads))]
    return [f"| {' | '.join(cells)} |" for cells in (heads, rules, *map(list, rows))]


def with_code(words: str) -> str:
    """Return a sentence of ours, in which what stands between backticks is code.

    Examples
    --------
    >>> with_code("Look at `issues.csv`, rule `unreadable`.")
    'Look at `issues.csv`, rule `unreadable`.'
    """
    parts = words.split("`")
    return "".join(code(part) if at % 2 else _spaced(part) for at, part in enumerate(parts))


def _spaced(words: str) -> str:
    """Return words of ours as prose, with the spaces around them."""
    inner = words.strip(" ")
    return words.replace(inner, prose(inner)) if inner else words


def _cells(fact: Fact) -> list[str]:
    known = fact.amount if fact.known else fact.reference
    return [
        prose(fact.name),
        prose(known),
        prose(fact.reference) if fact.known else "",
        prose(fact.limit),
        verdict_of(fact.verdict),
    ]
