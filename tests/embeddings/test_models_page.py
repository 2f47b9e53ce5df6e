"""The page on models says what is so."""

import json
import re
from pathlib import Path

from labelaudit.embeddings.models.class_map import class_map, wrong_class_map
from labelaudit.embeddings.models.declaration import ALLOWED, read_declaration

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_example_is_a_declaration(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(BLOCKS[0], encoding="utf-8")
    said = read_declaration(path)
    assert said.preprocessing.scores == "logits"
    assert said.class_map is not None
    assert said.class_map.names[282] == "cat"


def test_every_key_is_explained() -> None:
    rows = re.findall(r"^\| (`.*?) \|", PAGE, flags=re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == set(ALLOWED)


def test_the_examples_of_class_maps_are_class_maps() -> None:
    assert len(BLOCKS) == 3
    for block in BLOCKS[1:]:
        assert wrong_class_map(json.loads(block)) == ""
        assert set(class_map(json.loads(block)).names.values()) == {"cat", "dog"}
