"""The catalog: every entry is whole, and declares what its model wants."""

import json
from pathlib import Path

import pytest

from labelaudit.embeddings.catalog import Entry, read_catalog
from labelaudit.embeddings.declaration import read_declaration

ENTRIES = list(read_catalog().values())


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.kind == "image"], ids=lambda e: e.name)
def test_an_image_model_is_declared_as_a_user_declares_one(entry: Entry, tmp_path: Path) -> None:
    sidecar = tmp_path / "model.json"
    sidecar.write_text(json.dumps(entry.declaration))
    read_declaration(sidecar)
