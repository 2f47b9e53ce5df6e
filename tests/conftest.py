"""What tests of several packages share."""

import os
from pathlib import Path

import hypothesis
import pytest

CHECKOUT = Path(__file__).parents[1]

# how long an example takes is no part of what any test claims
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture
def sample_data() -> Path:
    """Return the bundled sample dataset."""
    return CHECKOUT / "sample_data"


@pytest.fixture
def real_data() -> Path:
    """Return the folder of published data to measure on; skip where there is none."""
    folder = Path(os.environ.get("LABELAUDIT_DATA", CHECKOUT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no published data at {folder}; set LABELAUDIT_DATA")
    return folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests' embeddings out of the user's cache."""
    monkeypatch.setenv("LABELAUDIT_CACHE", str(tmp_path / "cache"))
