"""Every text is hashed, checked and embedded once; what cannot be is listed with its reason."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tiny_text import write_text_model

from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.decode import Status
from labelaudit.embeddings.texts.content import TextOddity, read_texts, text_store
from labelaudit.embeddings.texts.model import TextModel, embed_tokens, load_text_model
from labelaudit.errors import ModelError
from labelaudit.progress import silent
from labelaudit.reading.texts import Texts

RNG = np.random.default_rng(0)
NAMES = ("the", "cat", "dog", "sat", "ran", "far")
WORDS = {name: RNG.normal(size=5).astype(np.float32) for name in NAMES}
MANY = [" ".join(RNG.choice(NAMES, RNG.integers(1, 9))) for _ in range(500)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TextModel:
    return load_text_model(write_text_model(tmp_path_factory.mktemp("model"), WORDS), "cpu")


def dataset_of(cells: list[str | None] | pa.Array) -> Dataset:
    n = len(cells)
    return Dataset(
        name="texts",
        task="multiclass",
        class_names=("one",),
        paths=pa.array([f"{at:04}" for at in range(n)], pa.large_string()),
        labels=np.zeros(n, dtype=np.int32),
        splits=np.full(n, -1, dtype=np.int32),
        media=Texts(pa.array(cells, pa.large_string())),
        modality="text",
        source=Source(format="test", why=(), found=n),
    )


def read(
    cells: list[str | None] | pa.Array,
    model: TextModel,
    cache: Path | None = None,
    n_threads: int = 1,
) -> tuple[Content, Embeddings, int]:
    store = text_store(cache, model)
    content, embeddings, n_known = read_texts(
        dataset_of(cells), model, store, n_threads=n_threads, progress=silent
    )
    assert embeddings is not None
    return content, embeddings, n_known


def test_texts_that_are_none_are_listed_with_their_reason(model: TextModel) -> None:
    damaged = pa.array([b"caf\xe9"], pa.large_binary()).view(pa.large_string())
    cells = pa.array(["the cat", None, "", " \t\u2003\n", "\u200b", "\x00"], pa.large_string())
    content, embeddings, _ = read(pa.concat_arrays([cells, damaged]), model)
    assert [Status(status).name for status in content.status] == [
        *("OK", "MISSING", "EMPTY", "EMPTY", "OK", "OK", "TRUNCATED"),
    ]
    assert content.reasons == {
        1: "cannot be opened: the cell of the text is null",
        2: "the text is empty",
        3: "only white space",
        6: "not UTF-8: unexpected end of data at byte 4",
    }
    assert embeddings.present.tolist() == [True, *[False] * 6]
    wordless = (content.oddities & TextOddity.WORDLESS) > 0
    assert np.flatnonzero(wordless).tolist() == [4, 5]
    assert content.digests[1].tobytes() == bytes(32)
    assert content.digests[2].tobytes() == hashlib.sha256(b"").digest()


def test_characters_and_tokens_are_counted_and_cuts_are_marked(model: TextModel) -> None:
    content, _, _ = read(["the cat", "the cat sat far the dog ran", "\U0001f408"], model)
    assert content.sizes.tolist() == [[7, 4], [27, 8], [1, 3]]
    assert content.oddities.tolist() == [0, TextOddity.CUT, 0]


def test_every_text_gets_its_own_vector(model: TextModel) -> None:
    content, embeddings, n_known = read(MANY, model)
    assert n_known == 0
    for at, text in enumerate(MANY):
        (alone,) = embed_tokens(model, [model.tokenizer.tokens(text)[0]])
        assert np.array_equal(embeddings.vectors[at], alone.astype(np.float16))
        assert content.digests[at].tobytes() == hashlib.sha256(text.encode()).digest()


def test_threads_change_nothing(model: TextModel) -> None:
    one, several = read(MANY, model), read(MANY, model, n_threads=4)
    assert np.array_equal(one[1].vectors, several[1].vectors)
    assert np.array_equal(one[0].sizes, several[0].sizes)


def test_what_is_in_the_store_is_not_embedded_again(tmp_path: Path, model: TextModel) -> None:
    first = read(MANY[:300], model, tmp_path)
    second = read(MANY, model, tmp_path)
    known = sum(text in MANY[:300] for text in MANY)
    assert (first[2], second[2]) == (0, known)
    plain = read(MANY, model)
    assert np.array_equal(second[1].vectors, plain[1].vectors)
    assert np.array_equal(second[0].sizes, plain[0].sizes)
    assert np.array_equal(second[0].oddities, plain[0].oddities)


def test_another_tokenizer_has_another_store(tmp_path: Path) -> None:
    path = write_text_model(tmp_path, WORDS)
    before = text_store(tmp_path / "cache", load_text_model(path, "cpu")).folder
    file = tmp_path / "tokenizer.json"
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert text_store(tmp_path / "cache", load_text_model(path, "cpu")).folder != before


def test_without_a_model_texts_are_hashed_and_nothing_is_kept(tmp_path: Path) -> None:
    content, embeddings, n_known = read_texts(
        dataset_of(MANY), None, text_store(tmp_path, None), n_threads=1, progress=silent
    )
    assert (embeddings, n_known) == (None, 0)
    assert content.sizes[:, 0].tolist() == [len(text) for text in MANY]
    assert not list(tmp_path.iterdir())


def test_a_model_that_returns_no_number_is_refused_with_the_text(tmp_path: Path) -> None:
    words = WORDS | {"far": np.full(5, np.nan, dtype=np.float32)}
    model = load_text_model(write_text_model(tmp_path, words), "cpu")
    with pytest.raises(ModelError, match="NaN or infinity for text 1, counted from 0"):
        read(["the cat", "far"], model)
