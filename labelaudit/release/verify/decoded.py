"""Whether an item with other bytes is still seen as the same: encoded again, or swapped."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from labelaudit.dataset import Dataset
from labelaudit.embeddings.images.decode import UnreadableError, pillow_warnings_ignored
from labelaudit.embeddings.models.opener import image_opener
from labelaudit.embeddings.pipeline import UNREADABLE
from labelaudit.embeddings.texts.content import text_opener
from labelaudit.errors import SHOWN
from labelaudit.release.verify.outcome import Difference

COLUMN = "decoded_sha256"
SAME = "encoded again: it decodes to the same"
OTHER = "it decodes to something else"


def with_looks(
    differences: Iterable[Difference], table: Path, dataset: Dataset
) -> list[Difference]:
    """Return differences of which the first with other bytes say what they decode to.

    Parameters
    ----------
    differences
        What became of the items.
    table
        The items.parquet of the scan; one of before version 1.4 does not say what items decode to.
    dataset
        The data as it is.
    """
    found = list(differences)
    paths = [each.name for each in found if each.kind == "bytes"][:SHOWN]
    said = dict(_said(paths, table, dataset)) if paths else {}
    return [
        Difference(each.kind, each.name, said[each.name])
        if each.kind == "bytes" and each.name in said
        else each
        for each in found
    ]


def _said(paths: list[str], table: Path, dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Yield what is said of each path that one item has, where it can be decoded."""
    schema = pq.read_schema(table)
    if schema.names.count(COLUMN) != 1 or not pa.types.is_string(schema.field(COLUMN).type):
        return
    scanned = pq.read_table(table, columns=["path", COLUMN])
    opener = text_opener(None) if dataset.modality == "text" else image_opener(None)
    for path in paths:
        before = scanned.filter(pc.equal(scanned["path"], path))[COLUMN].to_pylist()
        rows = pc.indices_nonzero(pc.equal(dataset.paths, path)).to_pylist()
        if len(before) != 1 or len(rows) != 1 or dataset.media is None:
            continue
        try:
            with pillow_warnings_ignored():
                now = opener.open(dataset.media.read(rows[0])).sha256.hex()
        except UnreadableError as error:
            yield path, f"it cannot be decoded: {error}"
        except (*UNREADABLE, pa.ArrowException):
            continue
        else:
            yield path, SAME if now == before[0] else OTHER
