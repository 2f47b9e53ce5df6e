"""What a dataset's own papers state: files beside the data, read as plain text.

One file a kind of paper. Nobody measures what they say, and nothing that is wrong with one stops
a scan: a topic that no paper states is *not stated*, a paper that cannot be read is told of.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from labelaudit.report import TOPICS, Statement
from labelaudit.statements.citation_file import CITATION_FILE
from labelaudit.statements.croissant import CROISSANT
from labelaudit.statements.dataset_card import DATASET_CARD, DATASHEET
from labelaudit.statements.dataset_info import DATASET_INFO, schema_statements
from labelaudit.statements.papers import Papers as Papers
from labelaudit.statements.papers import UnreadablePaperError, paper_files, read_text
from labelaudit.statements.plain_files import LICENSE_FILE, VERSION_FILE

# Of two papers that state a topic, the one named first here is taken.
KINDS: Final = (
    CROISSANT,
    DATASET_CARD,
    DATASHEET,
    CITATION_FILE,
    LICENSE_FILE,
    VERSION_FILE,
    DATASET_INFO,
)


def read_papers(path: Path | None) -> Papers:
    """Return what the papers beside a dataset state.

    Parameters
    ----------
    path
        The folder or manifest that the dataset was read from; None when it was made in memory.
    """
    if path is None:
        return Papers()
    folder = path if path.is_dir() else path.parent
    files = paper_files(folder, KINDS)
    stated: dict[str, Statement] = {}
    unread: list[str] = []
    for kind in KINDS:
        for entry in files:
            if not kind.has(entry.name):
                continue
            try:
                _take(kind.states(read_text(entry, folder, kind.most_bytes), entry.name), stated)
            except UnreadablePaperError as error:
                unread.append(f"{entry.name}: {error}")
    try:
        _take(schema_statements(path), stated)
    except UnreadablePaperError as error:
        unread.append(f"schema of the Parquet file: {error}")
    return Papers(
        statements=tuple(stated[topic] for topic in TOPICS if topic in stated),
        unread=tuple(unread),
    )


def _take(found: Iterable[Statement], stated: dict[str, Statement]) -> None:
    """Keep what is stated on topics of which nothing was yet."""
    for statement in found:
        stated.setdefault(statement.topic, statement)
