"""What a text model's declaration must say, and how its mistakes are told."""

import json
from pathlib import Path

import pytest
from tiny_text import TEXT_DECLARATION

from labelaudit.embeddings.texts.declaration import declares_text, read_text_preprocessing
from labelaudit.errors import ModelError


def declared(folder: Path, **changed: object) -> Path:
    """Write a declaration, ``TEXT_DECLARATION`` but for what is given; None leaves a key out."""
    said = {key: value for key, value in (TEXT_DECLARATION | changed).items() if value is not None}
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    path = folder / "model.json"
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


def test_a_declaration_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = declared(tmp_path, prefix="query: ", pooling="cls", token_type_ids="")
    wanted = read_text_preprocessing(path)
    assert declares_text(path)
    assert (wanted.prefix, wanted.pooling, wanted.token_type_ids) == ("query: ", "cls", "")
    assert json.loads(wanted.text()) == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("pooling", "median", "'median' is none of mean, cls, max, none"),
        ("pooling", ["mean"], "['mean'] is none of mean, cls, max, none"),
        ("normalize", 1, "1 is neither true nor false"),
        ("max_length", 0, "0 is no number of tokens, at most 32,768"),
        ("max_length", True, "True is no number of tokens, at most 32,768"),
        ("input_ids", "", "'' is no name of a tensor"),
        ("attention_mask", 0, '0 is no name of a tensor; declare "" for none'),
        ("tokenizer", "", "'' is no name of a file"),
        ("prefix", "\ud800", "'\\ud800' is no text"),
        ("prefix", None, "missing"),
        ("pool", "mean", "there is no such key"),
        ("input_kind", "image", "'image' is not 'text'"),
    ],
)
def test_what_is_wrong_is_said_by_its_key(
    tmp_path: Path, key: str, value: object, said: str
) -> None:
    with pytest.raises(ModelError, match="1 of the declarations are wrong") as error:
        read_text_preprocessing(declared(tmp_path, **{key: value}))
    assert error.value.details == (f"{key}: {said}",)
    assert "every one of: tokenizer, max_length" in error.value.hint


@pytest.mark.parametrize("elsewhere", ["../tokenizer.json", "/etc/hostname", "..\\tokenizer.json"])
def test_a_tokenizer_outside_the_folder_is_refused(tmp_path: Path, elsewhere: str) -> None:
    with pytest.raises(ModelError, match="lies outside the model's folder"):
        read_text_preprocessing(declared(tmp_path, tokenizer=elsewhere))


def test_a_tokenizer_that_links_outside_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret").write_text("{}", encoding="utf-8")
    (folder / "linked.json").symlink_to(tmp_path / "secret")
    with pytest.raises(ModelError, match="lies outside the model's folder"):
        read_text_preprocessing(declared(folder, tokenizer="linked.json"))


def test_a_tokenizer_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no file 'words\.json' beside the model"):
        read_text_preprocessing(declared(tmp_path, tokenizer="words.json"))


def test_an_image_models_declaration_is_no_text_models(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text('{"input": "images"}', encoding="utf-8")
    assert not declares_text(path)
