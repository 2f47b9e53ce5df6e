"""A comparison in words: how changes are grouped, printed and summed up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from labelaudit.limits import AUDITED, MODEL_ESTIMATED, Verdict
from labelaudit.release.diff.numbers import MOVER
from labelaudit.release.diff.parts import Change, Diff, Direction, Findings, Ruling, Standing
from labelaudit.render import text
from labelaudit.render.fact_rows import every_row
from labelaudit.render.judgements import SIGNS, WORDS

STANDINGS: Final[dict[Standing, str]] = {
    "beyond": "beyond its interval",
    "exact": "exact",
    "within": "within its interval",
    "no interval": "no interval",
    "not comparable": "not comparable",
    "one side": "in one report only",
    "undefined": "undefined in both",
    "same": "the same",
}
DIRECTIONS: Final[dict[Direction, str]] = {
    "worse": "got worse",
    "improved": "improved",
    "moved": "moved",
    "": "",
}
BY_CHANCE: Final = 0.05  # of differences where nothing changed
MINUS: Final = "\N{MINUS SIGN}"
ARROW: Final = "\N{RIGHTWARDS ARROW}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Changes that are read alike."""

    name: str
    title: str
    about: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the label before and now, with the limit of its number."""

    title: str
    change: Change | None
    ruling: Ruling | None


def groups(diff: Diff) -> tuple[Group, ...]:
    """Return the changes by what they say, those for the worse first; empty groups too.

    Parameters
    ----------
    diff
        Any comparison.
    """
    sure = [each for each in diff.changes if each.standing in {"beyond", "exact"}]
    sure.sort(key=lambda each: (each.standing != "beyond", not _on_label(each)))
    return (
        _group("worse", "Got worse", "", [each for each in sure if each.direction == "worse"]),
        _group("improved", "Improved", "", [each for each in sure if each.direction == "improved"]),
        _group(
            "moved",
            "Moved",
            "No direction is the good one, or more items alone explain it.",
            [each for each in sure if each.direction == "moved"],
        ),
        _group(
            "within",
            "Within their intervals",
            "Such a difference can be chance: the interval of it holds 0.",
            _of(diff, "within"),
        ),
        _group(
            "no-interval",
            "Without an interval",
            "These differ, and nothing says how sure that is.",
            _of(diff, "no interval"),
        ),
        _group(
            "not-comparable",
            "Not comparable",
            "Another model or other settings made them.",
            _of(diff, "not comparable"),
        ),
        _group("one-side", "Defined in one report only", "", _of(diff, "one side")),
    )


def label_rows(diff: Diff) -> tuple[Row, ...]:
    """Return the rows of the label that either report has, and every other limit.

    Parameters
    ----------
    diff
        Any comparison.
    """
    changes = {(each.measure, each.value): each for each in diff.changes}
    places = {(row.measure, row.value): row.name for row in every_row()}
    first = {
        ("audited_labels", AUDITED): "Audited label errors",
        ("label_noise", MODEL_ESTIMATED): "Model-estimated label errors",
    }
    titles = first | places
    of_all = {
        (each.measure, each.value): each
        for each in diff.rulings
        if each.split is None and each.class_name is None
    }
    rows = [
        Row(title=title, change=changes.get(key), ruling=of_all.get(key))
        for key, title in titles.items()
        if key in of_all or (key in changes and changes[key].standing != "undefined")
    ]
    order = list(dict.fromkeys(titles.values()))
    rows.sort(key=lambda row: order.index(row.title))
    others = [
        Row(title=ruling_title(each), change=None, ruling=each)
        for each in diff.rulings
        if each not in of_all.values()
    ]
    others += [
        Row(title=each.title, change=changes.get(key), ruling=each)
        for key, each in of_all.items()
        if key not in titles
    ]
    return (*rows, *others)


def ruling_title(ruling: Ruling) -> str:
    """Return what a limit is of, with its split and class."""
    parts = [ruling.title, f"class {ruling.class_name}" if ruling.class_name else ""]
    parts += [f"split {ruling.split}" if ruling.split else ""]
    return text.visible(", ".join(filter(None, parts)))


def gist(diff: Diff) -> tuple[str, ...]:
    """Sum a comparison up in a few sentences, each of one kind of change.

    Parameters
    ----------
    diff
        Any comparison.
    """
    said = [_of_limits(diff), _of_estimates(diff), _of_counts(diff), _of_findings(diff)]
    standings = {each.standing for each in diff.changes}
    if diff.same_data and not standings & {"beyond", "exact", "no interval"}:
        which = "no number that can be compared" if "not comparable" in standings else "no number"
        said.insert(0, f"The data are the same, and {which} differs")
    return tuple(filter(None, said))


def signed(number: float | None, unit: str) -> str:
    """Return a difference as it is printed; of shares, in percentage points.

    Examples
    --------
    >>> signed(0.0123, "share"), signed(1200, "count"), signed(0, "")
    ('+1.23 points', '+1,200', '0')
    """
    if number is None:
        return text.UNDEFINED
    sign = "+" if number > 0 else MINUS if number < 0 else ""
    if unit == "share":
        return f"{sign}{text.number(100 * abs(number))} points"
    return sign + text.number(abs(number), unit if unit == "count" else "")


def between(low: float | None, high: float | None, unit: str) -> str:
    """Return the interval of a difference, such as ``+0.1 to +0.4``, in the unit of that."""
    if low is None or high is None:
        return ""
    ends = (signed(end, unit).removesuffix(" points") for end in (low, high))
    return " to ".join(ends)


def amount(number: float | None, unit: str) -> str:
    """Return a number before or now as it is printed."""
    return text.number(number, unit)


def around(low: float | None, high: float | None, unit: str) -> str:
    """Return the interval of a number before or now; empty without one."""
    if low is None or high is None:
        return ""
    of = unit if unit == "share" else ""
    return f"{text.number(low, of)} to {text.number(high, of)}"


def verdict(found: Verdict | None) -> str:
    """Return a verdict in sign and word; ``no limit`` for none."""
    return "no limit" if found is None else f"{SIGNS[found]} {WORDS[found]}"


def standing(change: Change) -> str:
    """Say what a change is worth, such as ``got worse, beyond its interval``."""
    return ", ".join(filter(None, (DIRECTIONS[change.direction], STANDINGS[change.standing])))


def of_findings(found: Findings) -> str:
    """Return how many findings of a rule are gone, new and in both.

    Parameters
    ----------
    found
        The findings of one rule.
    """
    if not (found.fixed or found.appeared or found.kept):
        return f"{found.old:,} before, {found.new:,} now"
    gone = "no longer found" if not found.new_unlisted else "no longer listed"
    new = "new" if not found.old_unlisted else "listed for the first time"
    return (
        f"{found.old:,} before, {found.new:,} now: {len(found.fixed):,} {gone}, "
        f"{len(found.appeared):,} {new}, {found.kept:,} in both"
    )


def unchanged(diff: Diff) -> list[Findings]:
    """Return the rules of which nothing is gone and nothing new, as far as is known."""
    return [
        each
        for each in diff.findings
        if not (each.fixed or each.appeared or each.reason) and each.old == each.new
    ]


def unlisted(found: Findings) -> str:
    """Say how many findings are in no list, so that nothing is known of them; empty for none."""
    is_any = found.fixed or found.appeared or found.kept
    if not is_any or not (found.old_unlisted or found.new_unlisted):
        return ""
    return (
        f"Not listed in the reports: {found.old_unlisted:,} before, {found.new_unlisted:,} now; "
        "what is in one list only may be among these"
    )


def _group(name: str, title: str, about: str, changes: Sequence[Change]) -> Group:
    return Group(name=name, title=title, about=about, changes=tuple(changes))


def _of(diff: Diff, standing: Standing) -> list[Change]:
    return [each for each in diff.changes if each.standing == standing]


def _on_label(change: Change) -> bool:
    return change.value in {AUDITED, MODEL_ESTIMATED, *(row.value for row in every_row())}


def _of_limits(diff: Diff) -> str:
    changed = [each for each in diff.rulings if each.old != each.new]
    if not changed:
        return f"No limit changed its verdict, of {len(diff.rulings):,}" if diff.rulings else ""
    said = [
        f"{ruling_title(each)} {_word(each.old)} {ARROW} {_word(each.new)}" for each in changed[:3]
    ]
    more = [f"{len(changed) - 3:,} more"] if len(changed) > 3 else []  # noqa: PLR2004 - as above
    return f"Verdicts that changed: {'; '.join(said + more)}"


def _word(found: Verdict | None) -> str:
    return "no limit" if found is None else WORDS[found]


def _of_estimates(diff: Diff) -> str:
    """Count the differences of estimates, and how many chance alone would put beyond."""
    estimates = [each for each in diff.changes if each.interval and each.low is not None]
    if not estimates:
        return "No two estimates with intervals can be compared"
    beyond = [each for each in estimates if each.standing == "beyond"]
    mover = sum(each.interval == MOVER for each in estimates)
    by_chance = text.number(BY_CHANCE * mover)
    return (
        f"Of {text.counted(len(estimates), 'difference')} between estimates, {len(beyond):,} "
        f"{'is' if len(beyond) == 1 else 'are'} beyond the interval{_ways(beyond)}; about "
        f"{by_chance} would be by chance alone"
    )


def _of_counts(diff: Diff) -> str:
    exact = [each for each in diff.changes if each.standing == "exact"]
    if not exact:
        return "No exact number differs"
    return f"{text.counted(len(exact), 'exact number')} {_differ(len(exact))}{_ways(exact)}"


def _differ(n: int) -> str:
    return "differs" if n == 1 else "differ"


def _ways(changes: Sequence[Change]) -> str:
    """Return how many changes are for the better and for the worse, in brackets."""
    counts = {
        "worse": sum(each.direction == "worse" for each in changes),
        "improved": sum(each.direction == "improved" for each in changes),
    }
    parts = [f"{n:,} {word}" for word, n in counts.items() if n]
    return f" ({', '.join(parts)})" if parts else ""


def _of_findings(diff: Diff) -> str:
    comparable = [each for each in diff.findings if not each.reason]
    if not comparable or diff.privacy == "public":
        return ""
    fixed = sum(len(each.fixed) for each in comparable)
    new = sum(len(each.appeared) for each in comparable)
    return f"Findings, as far as they are listed: {fixed:,} gone, {new:,} new"
