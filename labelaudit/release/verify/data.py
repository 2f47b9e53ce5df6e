"""Whether the data is what a report was made of: digest, counts, classes, splits, copies, items."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.manifests import Options, open_dataset
from labelaudit.progress import Progress
from labelaudit.reading.recorded import options_of
from labelaudit.release.verify.contents import read_contents
from labelaudit.release.verify.decoded import with_looks
from labelaudit.release.verify.items import ITEMS, changes, digest_of, items_of, scanned_items
from labelaudit.release.verify.numbers import facts_that_differ, numbers_that_differ
from labelaudit.release.verify.outcome import Difference, Found, together
from labelaudit.release.verify.recount import is_of_this_version, recounted
from labelaudit.report import Report

SHORT = 12
HEADLINE = re.compile("^measures/integrity/values/|/tables/(?:classes|labels)/.*/count$", re.DOTALL)


def check_data(  # noqa: PLR0913 - what it needs to know
    report: Report,
    folder: Path | None,
    data: Path,
    options: Options | None,
    *,
    n_threads: int,
    progress: Progress,
) -> Found:
    """Hold a report against the data, read as the report says.

    Parameters
    ----------
    report
        The report.
    folder
        Where it lies: a table of the items that were scanned, if there is one, names those that
        are not as they were. None where what lies beside it may be of another report.
    data
        The folder or manifest.
    options
        What takes the place of what the report keeps of how the data was read.
    n_threads
        Items are read in so many threads.
    progress
        Told of each stage.
    """
    progress("reading the manifest", 0, 0)
    dataset = open_dataset(data, _read_alike(report, data, options))
    content, status = read_contents(dataset, n_threads=n_threads, progress=progress)
    progress("counting", 0, 0)
    again = recounted(report, dataset, content, status)
    differences = [*facts_that_differ(report.dataset, again.dataset)]
    unchecked = [*_ignored(report, again)]
    is_same = again.dataset.digest == report.dataset.digest
    n_numbers = sum(len(result.values) for result in again.measures)
    short = f"digest {again.dataset.digest[:SHORT]}..., {n_numbers:,} numbers computed again"
    checked = [f"the data: {dataset.n_samples:,} items, {short}"]
    if is_of_this_version(report):
        differ = list(numbers_that_differ(report, again))
        # where the data is another, most numbers follow
        named = [each for each in differ if is_same or HEADLINE.search(each.name)]
        differences += named
        if len(named) < len(differ):
            checked.append(f"{len(differ) - len(named):,} more numbers follow from other data")
    else:
        why = f"computed by labelaudit {report.tool_version}, which may count otherwise"
        unchecked.append(f"numbers of measures: {why}")
    found = Found(tuple(checked), tuple(unchecked), tuple(differences))
    return together([found, _items(report, folder, dataset, content, is_same=is_same)])


def _read_alike(report: Report, data: Path, given: Options | None) -> Options:
    options = options_of(report.dataset.options, data)
    said = {} if given is None else {each.name: getattr(given, each.name) for each in fields(given)}
    return replace(options, **{name: value for name, value in said.items() if value})


def _ignored(report: Report, again: Report) -> Iterator[str]:
    """Tell of other files that are no items: they are no part of the data."""
    was, now = (each.dataset.n_found - each.dataset.n_items for each in (report, again))
    if was != now:
        yield f"files that are no items: there are {now:,}, and were {was:,} at the scan"


def _items(
    report: Report,
    folder: Path | None,
    dataset: Dataset,
    content: NDArray[np.uint8],
    *,
    is_same: bool,
) -> Found:
    """Name the items that are not as they were scanned, where a table of them lies beside."""
    if folder is None or not (folder / ITEMS).is_file():
        why = f"{ITEMS} is not beside the report, which alone names no item"
        return Found(unchecked=() if is_same else (f"which items differ: {why}",))
    scanned = scanned_items(folder / ITEMS, report.dataset.n_items)
    if isinstance(scanned, str):
        return Found(differences=(Difference("file", ITEMS, scanned),))
    found = digest_of(scanned)
    if found != report.dataset.digest:
        said = f"its items have the digest {found[:SHORT]}..., not that of the report"
        unchecked = () if is_same else ("which items differ: the table of items is another",)
        return Found((), unchecked, (Difference("file", ITEMS, said),))
    if is_same:
        return Found()
    became = changes(scanned, items_of(dataset, content))
    return Found(differences=tuple(with_looks(became, folder / ITEMS, dataset)))
