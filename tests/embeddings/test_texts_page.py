"""The page on texts says what is so."""

import json
import re
from pathlib import Path

from labelaudit.embeddings.texts.declaration import read_text_preprocessing
from labelaudit.embeddings.texts.tokens import CHARACTERS_A_TOKEN
from labelaudit.inputs.near_copies import MIN_JACCARD
from labelaudit.item_tables import EXCERPT
from labelaudit.reading.columns import USUAL

PAGE = (Path(__file__).parents[2] / "docs" / "texts.md").read_text(encoding="utf-8")


def test_the_example_is_a_declaration_and_each_key_is_explained(tmp_path: Path) -> None:
    (block,) = re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)
    path = tmp_path / "model.json"
    path.write_text(block, encoding="utf-8")
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    assert json.loads(read_text_preprocessing(path).text()) == json.loads(block)
    rows = re.findall(r"^\| (`.*?) \|", PAGE, flags=re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == set(json.loads(block))


def test_its_numbers_are_those_of_the_code() -> None:
    words = " ".join(PAGE.split())
    assert f"up to {EXCERPT} characters" in words
    assert f"Beyond {CHARACTERS_A_TOKEN} characters" in words
    assert f"at least {MIN_JACCARD:.0%} of".replace("%", " %") in words
    assert "A column `text`, `sentence` or `content`" in words
    assert USUAL["text"] == ("text", "sentence", "content")
