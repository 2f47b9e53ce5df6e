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
SHOWN = 40  # characters of a text in a message
PROBE = "labelaudit"  # a word that few vocabularies have

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
        prefix = self.preprocessing.prefix
        found = self._encoded(prefix + text[:most])
        is_cut = bool(found.overflowing) or len(text) > most
        alone = self._encoded(text[:most]) if prefix else found
        ids = [] if all(alone.special_tokens_mask) else found.ids
        return np.array(ids, dtype=np.int64), is_cut

    def _encoded(self, text: str) -> Any:  # noqa: ANN401 - the library is not typed
        try:
            return self.library.encode(text)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of the library is no Exception
            raise ModelError(
                f"tokenizer {self.preprocessing.tokenizer}: it fails on {text[:SHOWN]!r}: {error}",
                hint="take the tokenizer.json that the model was published with; has it the token "
                "for words that it does not know?",
            ) from error


def load_tokenizer(path: Path, wanted: TextPreprocessing) -> Tokenizer:
    """Load a tokenizer.

    Raises
    ------
    ModelError
        When the ``tokenizers`` library is missing, the file is not one of its tokenizers, or
        ``max_length`` leaves no room beside the special tokens, or it fails on a word.
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
    tokenizer = Tokenizer(preprocessing=wanted, sha256=sha256, library=library)
    tokenizer.tokens(PROBE)
    return tokenizer
