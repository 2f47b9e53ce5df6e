"""Measure a labelled dataset and print its nutrition label.

>>> from labelaudit import open_dataset
>>> from labelaudit.scan import scan
>>> dataset = open_dataset("sample_data")  # doctest: +SKIP
>>> scan(dataset).report.dataset.n_items  # doctest: +SKIP
405
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labelaudit.dataset import Dataset as Dataset
    from labelaudit.manifests import open_dataset as open_dataset
    from labelaudit.manifests import reader as reader
    from labelaudit.measures import measure as measure
    from labelaudit.report import Report as Report
    from labelaudit.statistics.label_issues.find import find_label_issues as find_label_issues

__version__ = "0.1.0"

_HOMES = {
    "Dataset": "dataset",
    "Report": "report",
    "find_label_issues": "statistics.label_issues.find",
    "measure": "measures",
    "open_dataset": "manifests",
    "reader": "manifests",
}
__all__ = ["Dataset", "Report", "find_label_issues", "measure", "open_dataset", "reader"]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: the command line starts without them."""
    if name not in _HOMES:
        raise AttributeError(f"module 'labelaudit' has no attribute {name!r}")
    return getattr(import_module(f"labelaudit.{_HOMES[name]}"), name)
