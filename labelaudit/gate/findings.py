"""What a scan found, from the tables beside its report: one finding a row, and its item."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labelaudit.errors import InputError, some
from labelaudit.gate import items as of_items
from labelaudit.gate.items import Items, items_of
from labelaudit.gate.outcome import Finding
from labelaudit.report import Gallery, Report

ITEMS: Final = "items.parquet"
ISSUES: Final = "issues.parquet"
OF_ITEMS: Final = (*of_items.NEEDED, "line")
TOLD_BY: Final = ("path", "decoded_sha256")
OF_FINDINGS: Final = ("rule", "item", "path", "suggested_label", "class", "group", "evidence")
TEXTS: Final = ("rule", "path", "evidence", "decoded_sha256")
N_OTHERS: Final = 20  # of the items that one belongs together with, how many are named
HINT: Final = "scan the dataset again with this version"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """All findings of a scan, in the order of the report, and the items that it looked at.

    Attributes
    ----------
    findings
        The findings.
    rows
        Row of each finding's item, shape ``(n,)``.
    groups
        Number of the group that it is shown in among its rule's, ``-1`` for none, shape ``(n,)``.
    classes
        Class that each is about where an item has several; None for the label as a whole.
    items
        The items.
    """

    findings: tuple[Finding, ...]
    rows: NDArray[np.int64]
    groups: NDArray[np.int64]
    classes: tuple[str | None, ...]
    items: Items


def read_found(file: Path, report: Report) -> Found | None:
    """Return the findings of a scan; None where no tables lie beside its report.

    Parameters
    ----------
    file
        The report.json.
    report
        What it holds. Beside a public one nothing is looked for.

    Raises
    ------
    InputError
        When a table cannot be read, is of an older version, or is not of this report.
    """
    if report.privacy == "public" or not (file.parent / ISSUES).exists():
        return None
    issues = _table(file.parent / ISSUES, OF_FINDINGS)
    listed = _table(file.parent / ITEMS, OF_ITEMS)
    _check_fit(file.parent, report, listed, issues)
    return found_in(listed, issues)


def found_in(listed: pa.Table, issues: pa.Table) -> Found:
    """Return the findings of two tables.

    Parameters
    ----------
    listed
        One row an item, with the columns `OF_ITEMS`.
    issues
        One row a finding, with the columns `OF_FINDINGS`.
    """
    items = items_of(listed)
    rows: NDArray[np.int64] = issues["item"].to_numpy().astype(np.int64)
    groups = pc.fill_null(issues["group"], -1).to_numpy().astype(np.int64)
    about = {name: listed[name].take(pa.array(rows)).to_pylist() for name in OF_ITEMS}
    said = {name: issues[name].to_pylist() for name in OF_FINDINGS}
    others = _others(said["rule"], groups, about["path"])
    findings = tuple(
        Finding(
            rule=said["rule"][at],
            fingerprint=fingerprint(
                said["rule"][at],
                items.contents[row].tobytes().hex(),
                items.labels[row],
                said["class"][at],
            ),
            path=about["path"][at],
            split=about["split"][at],
            given_label=_shown(about["given_label"][at]),
            line=about["line"][at],
            suggested_label=said["suggested_label"][at],
            evidence=said["evidence"][at] or "",
            others=others.get(at, ()),
        )
        for at, row in enumerate(rows.tolist())
    )
    return Found(
        findings=findings, rows=rows, groups=groups, classes=tuple(said["class"]), items=items
    )


def fingerprint(rule: str, content: str, label: str | None, class_name: str | None = None) -> str:
    """Return the SHA-256 by which a finding is told again, in hexadecimal.

    Parameters
    ----------
    rule
        Name of the rule.
    content
        SHA-256 of what the item decodes to, in hexadecimal.
    label
        Its label as text.
    class_name
        The class that it is about, where an item has several; else None.
    """
    parts = [rule, content, label] + ([] if class_name is None else [class_name])
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _table(file: Path, needed: Sequence[str]) -> pa.Table:
    """Return some columns of a table."""
    try:
        names = pq.read_schema(file).names
        missing = [name for name in needed if name not in names]
        if not missing:
            table = pq.read_table(file, columns=list(needed))
            _refuse_odd(file, table)
            return table
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"{file}: cannot be read: {str(error).partition(chr(10))[0]}",
            hint=f"it lies beside the report.json of a scan; {HINT}",
        ) from error
    raise InputError(f"{file}: has no column {some(missing)}", hint=HINT)


def _refuse_odd(file: Path, table: pa.Table) -> None:
    """Raise when a column holds what no scan writes into it."""
    odd = [
        name
        for name, column in zip(table.column_names, table.columns, strict=True)
        if pa.types.is_temporal(column.type)
        or pa.types.is_struct(column.type)
        or pa.types.is_map(column.type)
        or (name in TEXTS and not _is_text(column))
        or (name == "rule" and column.null_count)
    ]
    if odd:
        raise InputError(f"{file}: {some(odd)}: holds something else than a scan writes", hint=HINT)


def _is_text(column: pa.ChunkedArray) -> bool:
    kind = column.type
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)
    )


def _check_fit(folder: Path, report: Report, listed: pa.Table, issues: pa.Table) -> None:
    """Refuse tables of another scan than the report."""
    wrong = []
    if listed.num_rows != report.dataset.n_items:
        what = f"{listed.num_rows:,} items; the report is of {report.dataset.n_items:,}"
        wrong.append(f"{ITEMS}: {what}")
    counts = Counter(issues["rule"].to_pylist())
    galleries = [gallery for result in report.measures for gallery in result.galleries]
    reported = {each.name: len(each.samples) + each.omitted for each in galleries}
    for rule in sorted(reported.keys() | counts.keys()):
        there = reported.get(rule, 0)
        if counts[rule] != there:
            what = f"{counts[rule]:,} findings; the report has {there:,}"
            wrong.append(f"{ISSUES}: {rule}: {what}")
    if not wrong and not _same_paths(listed, issues):
        wrong.append(f"{ISSUES}: names other items than {ITEMS}")
    if not wrong:
        wrong += _others_than_shown(galleries, listed, issues)
    if wrong:
        raise InputError(
            f"{folder}: the tables are not of the report beside them", details=wrong, hint=HINT
        )


def _others_than_shown(
    galleries: Sequence[Gallery], listed: pa.Table, issues: pa.Table
) -> list[str]:
    """Say of which rules the first findings are not those that the report shows."""
    about = {name: listed[name].take(issues["item"]).to_pylist() for name in TOLD_BY}
    rows = zip(issues["rule"].to_pylist(), *about.values(), strict=True)
    first: dict[str, list[tuple[str | None, ...]]] = defaultdict(list)
    for rule, *told in rows:
        first[rule].append(tuple(told))
    return [
        f"{ISSUES}: {each.name}: other items than the report shows"
        for each in galleries
        if [(one.path, one.decoded_sha256) for one in each.samples]
        != first[each.name][: len(each.samples)]
    ]


def _same_paths(listed: pa.Table, issues: pa.Table) -> bool:
    rows = issues["item"]
    if not len(rows):
        return True
    ends = pc.min_max(rows).as_py()
    if rows.null_count or ends["min"] < 0 or ends["max"] >= listed.num_rows:
        return False
    paths = (listed["path"].take(rows), issues["path"])
    return bool(paths[0].cast(pa.large_string()).equals(paths[1].cast(pa.large_string())))


def _others(
    rules: Sequence[str], groups: NDArray[np.int64], paths: Sequence[str]
) -> Mapping[int, tuple[str, ...]]:
    """Return the paths of the items that findings belong together with, by finding."""
    together: dict[tuple[str, int], list[int]] = defaultdict(list)
    for at in np.flatnonzero(groups >= 0).tolist():
        together[rules[at], int(groups[at])].append(at)
    return {
        at: tuple([paths[other] for other in members[: N_OTHERS + 1] if other != at][:N_OTHERS])
        for members in together.values()
        for at in members
    }


def _shown(label: str | list[str] | None) -> str | None:
    return ", ".join(label) if isinstance(label, list) else label
