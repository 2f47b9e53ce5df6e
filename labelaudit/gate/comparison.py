"""A scan held against a baseline: what is new, what is settled, and what is stale."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.gate.baseline import Baseline, Entry, made_of
from labelaudit.gate.findings import Found
from labelaudit.gate.items import known
from labelaudit.gate.outcome import Finding
from labelaudit.render.text import visible
from labelaudit.report import Report

BY_PEOPLE: Final = "judged_wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a baseline says of a scan.

    Attributes
    ----------
    findings
        All findings, the new ones first; within them in the order of the report.
    stale
        Entries of the baseline that no finding matches any more, in words.
    still_wrong
        Findings that a person judged to be wrong labels, and that are still there, in words.
    unsettled
        How many findings are not in the baseline though their items have not changed since.
    """

    findings: tuple[Finding, ...]
    stale: tuple[str, ...] = ()
    still_wrong: tuple[str, ...] = ()
    unsettled: int = 0


def compared(found: Found, baseline: Baseline) -> Comparison:
    """Hold what a scan found against a baseline.

    A finding is new that the baseline has not, of an item that it does not know. A baseline knows
    as many items of each content, label and split as there were: one more copy is new. A finding
    that the baseline has not, of an item that it knows, is unsettled, unless it is one of a group
    of copies with a new one among them, which then tells of it. What people judged wrong since is
    new: no model changed its mind there.

    Parameters
    ----------
    found
        The findings.
    baseline
        What was known.
    """
    is_known = known(found.items.keys, baseline.items)[found.rows]
    matched, unmatched = _matched(found, baseline, is_known)
    listed = np.zeros(len(found.findings), dtype=np.bool_)
    listed[list(matched)] = True
    by_people = np.array([finding.rule == BY_PEOPLE for finding in found.findings], dtype=np.bool_)
    is_new = ~listed & (~is_known | by_people)
    unsettled = ~listed & ~is_new & ~_beside_new(found, is_new)
    ranked = np.argsort(~is_new, kind="stable").tolist()
    marked = tuple(replace(found.findings[at], is_new=bool(is_new[at])) for at in ranked)
    wrong = (baseline.entries[place] for place in matched.values())
    return Comparison(
        findings=marked,
        stale=_stale(found, [baseline.entries[place] for place in unmatched]),
        still_wrong=tuple(
            f"{_named(entry)}: judged wrong, and still there{_noted(entry)}"
            for entry in wrong
            if entry.verdict == "wrong"
        ),
        unsettled=int(unsettled.sum()),
    )


def updated_baseline(report: Report, found: Found, before: Baseline | None = None) -> Baseline:
    """Return the baseline that accepts everything that a scan found.

    Parameters
    ----------
    report, found
        The scan.
    before
        An earlier baseline, whose verdicts and notes are kept; None for the first.
    """
    if before is None:
        return made_of(report, found, {})
    is_known = known(found.items.keys, before.items)[found.rows]
    matched, _ = _matched(found, before, is_known)
    return made_of(report, found, {at: before.entries[place] for at, place in matched.items()})


def _matched(
    found: Found, baseline: Baseline, is_known: NDArray[np.bool_]
) -> tuple[dict[int, int], list[int]]:
    """Return the entry that each finding matches, and the entries that none does.

    Of findings that are alike, copies, those come first whose path an entry has, then those of
    items that are known.
    """
    alike: dict[str, list[int]] = defaultdict(list)
    for at, finding in enumerate(found.findings):
        alike[finding.fingerprint].append(at)
    slots: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(baseline.entries):
        members = alike.get(entry.fingerprint, ())
        slots[entry.fingerprint] += [place] * min(entry.copies, len(members))
    matched: dict[int, int] = {}
    for each, places in slots.items():
        by_path: dict[str, list[int]] = defaultdict(list)
        for place in places:
            by_path[baseline.entries[place].path].append(place)
        rest = []
        for at in alike.get(each, ()):
            if same := by_path[found.findings[at].path]:
                matched[at] = same.pop(0)
            else:
                rest.append(at)
        left = sorted(place for places in by_path.values() for place in places)
        matched |= zip(sorted(rest, key=lambda at: not is_known[at]), left, strict=False)
    taken = Counter(matched.values())
    entries = enumerate(baseline.entries)
    return matched, [place for place, entry in entries if taken[place] < entry.copies]


def _beside_new(found: Found, is_new: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which findings are in a group with a new one."""
    rules = [finding.rule for finding in found.findings]
    groups = found.groups.tolist()
    pairs = list(zip(rules, groups, strict=True))
    with_new = {pairs[at] for at in np.flatnonzero(is_new).tolist() if groups[at] >= 0}
    return np.fromiter((pair in with_new for pair in pairs), dtype=np.bool_, count=len(pairs))


def _stale(found: Found, entries: list[Entry]) -> tuple[str, ...]:
    """Say of entries that nothing matches what became of their items."""
    wanted = {entry.content for entry in entries}
    labels: Mapping[str, set[str | None]] = _labels_of(found, wanted) if wanted else {}
    return tuple(
        f"{_named(entry)}: {_what_became(entry, labels.get(entry.content))}" for entry in entries
    )


def _labels_of(found: Found, contents: set[str]) -> dict[str, set[str | None]]:
    """Return the labels that items of some contents have."""
    starts = found.items.contents[:, :8].copy().view(">u8").ravel()
    firsts = np.array([int(content[:16], 16) for content in contents], dtype=np.uint64)
    labels: dict[str, set[str | None]] = defaultdict(set)
    for row in np.flatnonzero(np.isin(starts, firsts)).tolist():
        labels[found.items.contents[row].tobytes().hex()].add(found.items.labels[row])
    return labels


def _what_became(entry: Entry, labels: set[str | None] | None) -> str:
    if not labels:
        return "the item is gone, or its content is another"
    if entry.given_label not in labels:
        now = ", ".join(sorted("none" if label is None else visible(label) for label in labels))
        return f"relabelled: the label is now {now}"
    return "no longer found"


def _named(entry: Entry) -> str:
    of_class = f" ({visible(entry.class_name)})" if entry.class_name else ""
    label = "no label" if entry.given_label is None else visible(entry.given_label)
    return f"{visible(entry.rule)}: {visible(entry.path)}, {label}{of_class}"


def _noted(entry: Entry) -> str:
    return f" ({visible(entry.note)})" if entry.note else ""
