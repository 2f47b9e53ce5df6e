"""Hugging Face imagefolder: images below a folder, described by ``metadata.csv|jsonl|parquet``."""

from pathlib import Path

METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")


def metadata_files(path: Path) -> list[Path]:
    """Return the metadata files of an imagefolder: at its top, or in its first folders."""
    if not path.is_dir():
        return []
    return sorted(
        file for pattern in METADATA for where in ("", "*/") for file in path.glob(where + pattern)
    )
