"""From a text to the tokens that a model takes, by the tokenizer beside the model."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.texts.declaration import TextPreprocessing
from labelaudit.errors import ModelError

CHARACTERS_A_TOKEN = 64  # beyond so many times max_length, a text is not given to the tokenizer

Tokens = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tokenizer:
    """A tokenizer that cuts as declared and never pads, whatever its file says.

    Attributes
    ----------
    preprocessing
        What the model wants of a text.
    sha256
        Of the tokenizer's file.
    library
        The tokenizer of the ``tokenizers`` library; may be used from several threads.
    """

    preprocessing: TextPreprocessing
    sha256: str
    library: Any

    def tokens(self, text: str) -> tuple[Tokens, bool]:
        """Return a text's tokens, none when they would all be special ones, and whether it was cut.

        What lies beyond `CHARACTERS_A_TOKEN` characters for each token is cut unread, as time
        and memory would otherwise grow with a text of which next to nothing is kept.
        """
        most = CHARACTERS_A_TOKEN * self.preprocessing.max_length
        found = self.library.encode(self.preprocessing.prefix + text[:most])
        is_cut = bool(found.overflowing) or len(text) > most
        ids = [] if all(found.special_tokens_mask) else found.ids
        return np.array(ids, dtype=np.int64), is_cut


def load_tokenizer(path: Path, wanted: TextPreprocessing) -> Tokenizer:
    """Load a tokenizer.

    Raises
    ------
    ModelError
        When the ``tokenizers`` library is missing, the file is not one of its tokenizers, or
        ``max_length`` leaves no room beside the special tokens.
    """
    try:
        import tokenizers
    except ImportError as error:
        raise ModelError(
            f"texts are split into tokens by the tokenizers library: {error}",
            hint="pip install 'labelaudit[text]'",
        ) from error
    try:
        library = tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # whatever the library raises for a damaged file
        raise ModelError(
            f"{path}: not a tokenizer of the tokenizers library: {error}",
            hint="take the tokenizer.json that the model was published with",
        ) from error
    n_special = library.num_special_tokens_to_add(is_pair=False)
    if wanted.max_length <= n_special:
        raise ModelError(
            f"{path}: of max_length {wanted.max_length}, the tokenizer's special tokens take "
            f"{n_special}, and nothing is left of a text",
            hint="declare the length that the model was trained with",
        )
    library.no_padding()
    library.enable_truncation(wanted.max_length)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Tokenizer(preprocessing=wanted, sha256=sha256, library=library)
