"""From a text's bytes to its tokens and its embedding; and every text of a dataset once."""

import hashlib
import unicodedata
from enum import IntFlag
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.content import Content, kept_by, read_items
from labelaudit.embeddings.images.decode import Status, UnreadableError
from labelaudit.embeddings.pipeline import Input, Opened, Opener
from labelaudit.embeddings.store.store import Store
from labelaudit.embeddings.texts.model import TextModel, embed_tokens
from labelaudit.embeddings.texts.tokens import Tokenizer
from labelaudit.progress import Progress

POLICY = "text-1"
BATCHES = 8  # of the model that are embedded together, so that many texts share a length


class TextOddity(IntFlag):
    """What of a text the model did not see."""

    NONE = 0
    CUT = 1
    WORDLESS = 2


def text_opener(model: TextModel | None) -> Opener:
    """Return what opens texts and embeds them; without a model they are looked at alone."""
    if model is None:
        return Opener(kind="text", open=lambda data: _opened(data, None))

    def embed(inputs: list[Input]) -> NDArray[np.floating]:
        return embed_tokens(model, [tokens.astype(np.int64) for tokens in inputs])

    return Opener(
        kind="text",
        model=model.name,
        n_features=model.n_features,
        batch_size=BATCHES * model.runner.batch_size,
        open=lambda data: _opened(data, model.tokenizer),
        embed=embed,
    )


def text_store(cache: Path | None, model: TextModel | None) -> Store:
    """Return the store of a text model's embeddings; one that keeps nothing without a model."""
    if cache is None or model is None:
        return Store(None, model.n_features if model else 0)
    import onnxruntime
    import tokenizers

    made_by = {
        "decoding": POLICY,
        "model_sha256": model.sha256,
        "preprocessing": model.text(),
        "provider": model.provider,
        "onnxruntime": onnxruntime.__version__,
        "tokenizers": tokenizers.__version__,
    }
    return kept_by(cache / "embeddings", model.n_features, made_by, model.name)


def read_texts(
    dataset: Dataset, model: TextModel | None, store: Store, *, n_threads: int, progress: Progress
) -> tuple[Content, Embeddings | None, int]:
    """Read every text of a dataset, and embed those that the store does not have.

    Parameters
    ----------
    dataset
        A dataset of texts.
    model
        The text model; None to look at the texts alone.
    store
        As `text_store` returns it.
    n_threads
        Texts are read and embedded in so many threads.
    progress
        Told after each chunk.

    Returns
    -------
    What the texts are; the embeddings, none of a text without a token, and None without a model;
    and how many came from the store.
    """
    content, vectors, n_known = read_items(
        dataset, text_opener(model), store, n_threads=n_threads, progress=progress
    )
    if model is None:
        return content, None, n_known
    embedded = Embeddings(
        vectors=vectors,
        present=content.readable & (content.oddities & TextOddity.WORDLESS == 0),
        model=model.name,
        model_sha256=model.sha256,
        preprocessing=f"{POLICY} {model.text()}",
    )
    return content, embedded, n_known


def _opened(data: bytes, tokenizer: Tokenizer | None) -> Opened:
    """Return a text's `TextOddity`, its numbers of characters and tokens, and the tokens."""
    if not data:
        raise UnreadableError(Status.EMPTY, "the text is empty")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        reason = f"not UTF-8: {error.reason} at byte {error.start + 1:,}"
        raise UnreadableError(Status.TRUNCATED, reason) from error
    if not text.strip():
        raise UnreadableError(Status.EMPTY, "only white space")
    sha256 = text_sha256(text)
    if tokenizer is None:
        return Opened((TextOddity.NONE, len(text), 0, len(data)), sha256)
    tokens, is_cut = tokenizer.tokens(text)
    oddities = TextOddity.CUT * is_cut | TextOddity.WORDLESS * (len(tokens) == 0)
    said = oddities, len(text), len(tokens), len(data)
    return Opened(said, sha256, tokens if len(tokens) else None)


def text_sha256(text: str) -> bytes:
    r"""Return the SHA-256 of a text in NFC whose lines end in line feeds.

    Examples
    --------
    >>> text_sha256("caf\u00e9\r\n") == text_sha256("cafe\u0301\n")
    True
    """
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return hashlib.sha256(unified.encode()).digest()
