"""What a text model wants of a text, declared in a JSON file beside it and never guessed."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from labelaudit.embeddings.onnx_file.sidecar import read_sidecar
from labelaudit.embeddings.onnx_file.weights import is_within
from labelaudit.errors import ModelError

Pooling = Literal["mean", "cls", "max", "none"]

KIND = "input_kind"  # the key by which a declaration says that it is a text model's
MAX_LENGTH = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPreprocessing:
    """From a text to a model's inputs, and from its output to an embedding.

    Attributes
    ----------
    tokenizer
        Name of the tokenizer's file, as the ``tokenizers`` library writes it, beside the model.
    max_length
        Tokens that the model takes, the special ones included; a longer text is cut.
    input_ids
        Name of the input that takes the tokens.
    attention_mask, token_type_ids
        Names of the inputs that take 1 and 0 for each token; empty where the model has none.
    output
        Name of the output.
    pooling
        From one vector a token to one a text: ``mean`` or ``max`` over the tokens, or that of
        the first token, ``cls``; ``none`` when the output is already one vector a text.
    normalize
        Whether an embedding is brought to length 1.
    prefix
        What is put before each text, as some models want it; may be empty.
    """

    tokenizer: str
    max_length: int
    input_ids: str
    attention_mask: str
    token_type_ids: str
    output: str
    pooling: Pooling
    normalize: bool
    prefix: str

    def text(self) -> str:
        """Return it as canonical JSON."""
        return json.dumps({KIND: "text"} | asdict(self), sort_keys=True, separators=(",", ":"))


def declares_text(path: Path) -> bool:
    """Tell whether a declaration is a text model's: whether it says ``"input_kind": "text"``.

    Raises
    ------
    ModelError
        When the file is not there, or holds no JSON object.
    """
    return read_sidecar(path, hint="declare in it what the model wants").get(KIND) == "text"


def check_declared(path: Path) -> None:
    """Raise `ModelError` when there is no declaration of a text model where it has to be."""
    if not path.exists():
        raise ModelError(
            f"{path}: a text model has to be declared beside it; there is no such file",
            hint=f"{_hint()}; docs/texts.md says what each means",
        )


def read_text_preprocessing(path: Path) -> TextPreprocessing:
    """Read a declaration; every key is required and no other is allowed.

    Raises
    ------
    ModelError
        When the file is not there, is not JSON, or does not say what it must; when the tokenizer
        is not beside it, or is said to lie elsewhere.
    """
    said = read_sidecar(path, hint=_hint())
    names = [field.name for field in fields(TextPreprocessing)]
    every = dict.fromkeys([KIND, *names, *sorted(said)])
    problems = [f"{name}: {wrong}" for name in every if (wrong := _wrong(name, said))]
    if problems:
        raise ModelError(
            f"{path}: {len(problems)} of the declarations are wrong", details=problems, hint=_hint()
        )
    wanted = TextPreprocessing(**{name: said[name] for name in names})
    if not is_within(path, wanted.tokenizer):
        raise ModelError(
            f"{path}: tokenizer: {wanted.tokenizer!r} lies outside the model's folder",
            hint="put the tokenizer's file beside the model and declare its name",
        )
    if not (path.parent / wanted.tokenizer).is_file():
        raise ModelError(
            f"{path}: tokenizer: there is no file {wanted.tokenizer!r} beside the model",
            hint="put the tokenizer.json that the model was published with beside it",
        )
    return wanted


def _hint() -> str:
    names = ", ".join(field.name for field in fields(TextPreprocessing))
    return f'for a model of texts, declare "{KIND}": "text" and every one of: {names}'


def _wrong(name: str, said: dict[str, Any]) -> str:  # noqa: PLR0911 - one line a rule
    """Say what is wrong with one key; an empty string when nothing is."""
    if name != KIND and name not in {field.name for field in fields(TextPreprocessing)}:
        return "there is no such key"
    if name not in said:
        return "missing"
    value = said[name]
    if name == KIND:
        return "" if value == "text" else f"{value!r} is not 'text'"
    if name == "pooling":
        choices = get_args(Pooling)
        return "" if value in choices else f"{value!r} is none of {', '.join(choices)}"
    if name == "normalize":
        return "" if isinstance(value, bool) else f"{value!r} is neither true nor false"
    if name == "max_length":
        good = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_LENGTH
        return "" if good else f"{value!r} is no number of tokens, at most {MAX_LENGTH:,}"
    if name == "prefix":
        good = isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)
        return "" if good else f"{value!r} is no text"
    if name in {"attention_mask", "token_type_ids"}:
        good = isinstance(value, str)
        return "" if good else f'{value!r} is no name of a tensor; declare "" for none'
    if not isinstance(value, str) or not value:
        return f"{value!r} is no name of a {'file' if name == 'tokenizer' else 'tensor'}"
    return ""
