"""What becomes of a text: its tokens, and one vector that nothing beside it changes."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tiny_models import write_model
from tiny_text import write_text_model

from labelaudit.cli.model_inspect import inspect_model
from labelaudit.embeddings.texts.model import TextModel, embed_tokens, load_text_model
from labelaudit.errors import InputError, ModelError

RNG = np.random.default_rng(0)
NAMES = ("the", "cat", "dog", "sat", "ran", "far")
WORDS = {name: RNG.normal(size=5).astype(np.float32) for name in NAMES}


def vectors_of(model: TextModel, *texts: str) -> np.ndarray:
    return embed_tokens(model, [model.tokenizer.tokens(text)[0] for text in texts])


def by_definition(text: str, pooling: str) -> np.ndarray:
    """Return the vector of a text as the tiny model is defined, its special tokens being ones."""
    rows = np.stack(
        [np.ones(5), *(WORDS.get(word, np.ones(5)) for word in text.split()), np.ones(5)]
    )
    seen = rows + rows.sum(axis=0)
    mean: np.ndarray = seen.mean(axis=0)
    pooled = {"max": seen.max(axis=0), "cls": seen[0], "mean": mean, "none": mean}
    found: np.ndarray = pooled[pooling]
    return found


@pytest.mark.parametrize("pooling", ["mean", "max", "cls", "none"])
def test_a_text_is_pooled_as_declared(tmp_path: Path, pooling: str) -> None:
    output = "sentence" if pooling == "none" else "last_hidden_state"
    path = write_text_model(tmp_path, WORDS, pooling=pooling, output=output, normalize=False)
    model = load_text_model(path, "cpu")
    text = "the dog ran badly"
    assert np.allclose(vectors_of(model, text)[0], by_definition(text, pooling), atol=1e-5)
    assert model.n_features == 5


def test_normalized_vectors_have_length_1(tmp_path: Path) -> None:
    model = load_text_model(write_text_model(tmp_path, WORDS), "cpu")
    (vector,) = vectors_of(model, "the cat sat")
    wanted = by_definition("the cat sat", "mean")
    assert np.allclose(vector, wanted / np.linalg.norm(wanted), atol=1e-6)


def test_a_longer_text_beside_it_changes_no_bit_of_a_vector(tmp_path: Path) -> None:
    model = load_text_model(write_text_model(tmp_path, WORDS), "cpu")
    texts = ["cat", "the cat sat far the dog", "dog", "the dog ran", "the cat sat"]
    together = vectors_of(model, *texts)
    assert len(np.unique(together, axis=0)) == 5
    for text, vector in zip(texts, together, strict=True):
        assert vectors_of(model, text)[0].tobytes() == vector.tobytes()


def test_the_prefix_is_put_before_each_text(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    prefixed = load_text_model(write_text_model(tmp_path / "one", WORDS, prefix="the "), "cpu")
    plain = load_text_model(write_text_model(tmp_path / "other", WORDS), "cpu")
    assert np.array_equal(vectors_of(prefixed, "cat"), vectors_of(plain, "the cat"))
    assert not np.array_equal(vectors_of(prefixed, "cat"), vectors_of(plain, "cat"))
    assert '"prefix":"the "' in prefixed.text()


@pytest.mark.parametrize(
    ("text", "n_tokens", "is_cut"),
    [
        ("the cat sat", 5, False),
        ("the cat sat far the dog", 8, False),
        ("the cat sat far the dog ran", 8, True),
        ("", 0, False),
        ("\u200b\x00", 0, False),
        ("the" + " " * 600, 3, True),
        ("\u202ecat\u0000", 3, False),
        ("the cat \U0001f408\u200d\u2b1b", 5, False),
    ],
)
def test_texts_become_tokens_and_what_is_cut_is_told(
    tmp_path: Path, text: str, n_tokens: int, *, is_cut: bool
) -> None:
    model = load_text_model(write_text_model(tmp_path, WORDS), "cpu")
    tokens, cut = model.tokenizer.tokens(text)
    assert (len(tokens), cut) == (n_tokens, is_cut)


def test_a_text_of_ten_megabytes_is_cut_before_it_is_split(tmp_path: Path) -> None:
    model = load_text_model(write_text_model(tmp_path, WORDS), "cpu")
    tokens, cut = model.tokenizer.tokens("cat " * 2_500_000)
    assert (len(tokens), cut) == (8, True)


def test_tokens_of_32_bits_are_given_to_a_model_that_wants_them(tmp_path: Path) -> None:
    model = load_text_model(write_text_model(tmp_path, WORDS, tensor=TensorProto.INT32), "cpu")
    assert vectors_of(model, "cat").shape == (1, 5)


def test_the_type_of_every_token_is_0(tmp_path: Path) -> None:
    for name in ("plain", "typed"):
        (tmp_path / name).mkdir()
    plain = load_text_model(write_text_model(tmp_path / "plain", WORDS), "cpu")
    path = write_text_model(tmp_path / "typed", WORDS, has_types=True)
    typed = load_text_model(path, "cpu")
    assert np.array_equal(vectors_of(typed, "the cat"), vectors_of(plain, "the cat"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"input_ids": "ids"}, "the declaration names inputs ids, attention_mask"),
        ({"attention_mask": ""}, "the model has inputs input_ids, attention_mask"),
        ({"token_type_ids": "types"}, "the model has inputs input_ids, attention_mask"),
        ({"output": "pooler"}, "has inputs .* and outputs last_hidden_state, sentence"),
        ({"pooling": "none"}, r"of shape \(1, 8, 5\); for pooling 'none' it has to be \(texts"),
        ({"output": "sentence"}, r"of shape \(1, 5\); for pooling 'mean' it has to be \(texts, 8"),
        ({"max_length": 2}, "special tokens take 2, and nothing is left"),
        ({"axes": ("texts", 8)}, "not of integers for any number of texts and tokens"),
    ],
)
def test_what_does_not_fit_the_declaration_is_refused(
    tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    path = write_text_model(tmp_path, WORDS, **changed)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=said):
        load_text_model(path, "cpu")


def test_an_output_of_a_number_a_token_is_no_embedding(tmp_path: Path) -> None:
    path = write_text_model(tmp_path, WORDS, pooling="none", output="mask")
    loaded = onnx.load(path)
    loaded.graph.output.append(helper.make_tensor_value_info("mask", TensorProto.FLOAT, None))
    path.write_bytes(loaded.SerializeToString())
    with pytest.raises(ModelError, match="'mask' has 8 numbers for a text of 8 tokens, and 7 for"):
        load_text_model(path, "cpu")


def test_a_damaged_tokenizer_is_refused(tmp_path: Path) -> None:
    path = write_text_model(tmp_path, WORDS)
    (tmp_path / "tokenizer.json").write_text('{"model": 1}', encoding="utf-8")
    with pytest.raises(ModelError, match="not a tokenizer of the tokenizers library"):
        load_text_model(path, "cpu")


def test_a_tokenizer_without_a_token_for_unknown_words_is_refused(tmp_path: Path) -> None:
    path = write_text_model(tmp_path, WORDS)
    file = tmp_path / "tokenizer.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    said["model"]["unk_token"] = "<unk>"  # noqa: S105 - no password
    file.write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(ModelError, match=r"tokenizer tokenizer\.json: it fails on 'labelaudit'"):
        load_text_model(path, "cpu")


class Panic(BaseException):
    """As what the library raises when it panics."""


@pytest.mark.parametrize("raised", [Panic("index out of bounds"), ValueError("no such id")])
def test_a_tokenizer_that_fails_on_a_text_is_named(tmp_path: Path, raised: BaseException) -> None:
    class Failing:
        def encode(self, _text: str) -> None:
            raise raised

    model = load_text_model(write_text_model(tmp_path, WORDS), "cpu")
    with pytest.raises(ModelError, match=rf"tokenizer\.json: it fails on 'the cat': {raised}"):
        replace(model.tokenizer, library=Failing()).tokens("the cat")


def test_a_text_without_a_word_has_none_with_a_prefix_either(tmp_path: Path) -> None:
    model = load_text_model(write_text_model(tmp_path, WORDS, prefix="the "), "cpu")
    assert [len(model.tokenizer.tokens(text)[0]) for text in ("", "\u200b", "cat")] == [0, 0, 4]


def test_the_tokenizer_is_part_of_what_is_said_to_be_done(tmp_path: Path) -> None:
    path = write_text_model(tmp_path, WORDS)
    before = load_text_model(path, "cpu").text()
    file = tmp_path / "tokenizer.json"
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load_text_model(path, "cpu").text() != before


def test_without_the_library_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_text_model(tmp_path, WORDS)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ModelError) as error:
        load_text_model(path, "cpu")
    assert error.value.hint == "pip install 'labelaudit[text]'"


def test_a_missing_declaration_is_asked_for_by_its_keys(tmp_path: Path) -> None:
    path = write_text_model(tmp_path, WORDS)
    path.with_suffix(".json").unlink()
    with pytest.raises(ModelError, match="a text model has to be declared beside it") as raised:
        load_text_model(path, "cpu")
    assert "docs/texts.md" in raised.value.hint
    assert "max_length, input_ids, attention_mask" in raised.value.hint


def test_inspecting_a_text_model_leads_to_how_one_is_declared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_text_model(tmp_path, WORDS)
    path.with_suffix(".json").unlink()
    with pytest.raises(InputError) as raised:
        inspect_model(str(path), write=True)
    assert "docs/texts.md" in raised.value.hint
    assert "docs/texts.md" in capsys.readouterr().out


def test_a_model_of_images_is_refused(tmp_path: Path) -> None:
    path = write_model(tmp_path / "model.onnx")
    with pytest.raises(ModelError, match="declared as a model of images; the items are texts"):
        load_text_model(path, "cpu")


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no such model"):
        load_text_model(tmp_path / "model.onnx", "cpu")
