"""What a dataset's own papers state: files beside the data, read as plain text."""

from pathlib import Path

from labelaudit.statements.papers import Papers


def read_papers(path: Path | None) -> Papers:
    """Return what the papers beside a dataset state."""
    return Papers()
