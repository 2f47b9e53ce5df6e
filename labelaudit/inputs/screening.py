"""What an earlier scan suspected, read from the files beside its report."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.errors import SHOWN, InputError, MissingInputError
from labelaudit.inputs import provider
from labelaudit.reading.table_files import read_columns, read_schema

ITEMS: Final = "items.parquet"
COLUMNS: Final = ("is_label_suspected", "suggested_label", "label_margin", "error_probability")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Screening:
    """What a model says of each label, no person having looked; columns of ``n_samples``.

    Attributes
    ----------
    suspected
        Whether the label is suspected.
    suggested
        Class that the model suggests, ``-1`` for none.
    margin
        Log probability of the given class less the largest of the others; NaN if not judged.
    error_probability
        Probability that the label is wrong; NaN if not judged.
    source
        Where it comes from, in words.
    """

    suspected: NDArray[np.bool_]
    suggested: NDArray[np.int32]
    margin: NDArray[np.float64]
    error_probability: NDArray[np.float64]
    source: str


@provider
def screening() -> Screening:
    """Say that no report was named; a scan has what it suspects itself."""
    raise MissingInputError("no report of a scan was named (--report)")


def read_screening(report: Path, dataset: Dataset) -> Screening:
    """Read what a scan of the same items and labels suspected.

    Parameters
    ----------
    report
        The report.json; ``items.parquet`` lies beside it.
    dataset
        The dataset.

    Raises
    ------
    InputError
        When the file is not there, says nothing of label noise, lacks an item that has a label, or
        has another label for it.
    """
    file = report.parent / ITEMS
    if not file.is_file():
        raise InputError(
            f"--report {report}: {file} is not beside it", hint="name the report.json of a scan"
        )
    missing = [name for name in COLUMNS if name not in read_schema(file).names]
    if missing:
        raise InputError(
            f"--report {report}: the scan did not measure label noise",
            hint="its page says why; labelaudit explain label_noise says what it takes",
        )
    table = read_columns(file, ["path", "given_label", *COLUMNS])
    at = pc.index_in(dataset.paths, table["path"].cast(pa.large_string()).combine_chunks())
    found = table.take(at)
    _check_labels(report, found, dataset)
    codes = {name: code for code, name in enumerate(dataset.class_names)}
    suggested = [codes.get(name, -1) for name in found["suggested_label"].to_pylist()]
    margin, chance = (found[name].to_numpy().astype(np.float64) for name in COLUMNS[2:])
    return Screening(
        suspected=pc.fill_null(found[COLUMNS[0]], fill_value=False).to_numpy(),
        suggested=np.array(suggested, dtype=np.int32),
        margin=margin,
        error_probability=chance,
        source=f"{report.name} of another scan",
    )


def _check_labels(report: Path, found: pa.Table, dataset: Dataset) -> None:
    """Refuse a scan of other labels."""
    labels = found["given_label"].to_pylist()
    details = []
    for item in np.flatnonzero(dataset.labels >= 0).tolist():
        now = dataset.label_text(item)
        if labels[item] != now:
            was = "without a label" if labels[item] is None else repr(labels[item])
            details.append(f"{dataset.paths[item]}: {now!r}, and {was} in the scan")
    if details:
        raise InputError(
            f"--report {report}: {len(details):,} items have another label, or were not scanned",
            details=details[:SHOWN],
            hint="scan the dataset as it is now",
        )
