"""A small text model, made on the spot: a vector a word, to which that of the whole text is added.

As its words see each other, padding that was not masked would change an embedding.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

TEXT_DECLARATION: dict[str, object] = {
    "input_kind": "text",
    "tokenizer": "tokenizer.json",
    "max_length": 8,
    "input_ids": "input_ids",
    "attention_mask": "attention_mask",
    "token_type_ids": "",
    "output": "last_hidden_state",
    "pooling": "mean",
    "normalize": True,
    "prefix": "",
}
SPECIAL = ("[UNK]", "[CLS]", "[SEP]", "[PAD]")


def write_text_model(
    folder: Path,
    words: dict[str, NDArray[np.float32]],
    *,
    axes: tuple[str | int, ...] = ("texts", "tokens"),
    tensor: int = TensorProto.INT64,
    has_types: bool = False,
    **declared: object,
) -> Path:
    """Write ``model.onnx``, its tokenizer and its declaration.

    Parameters
    ----------
    folder
        Where.
    words
        The vector of each word that the model knows; special tokens have vectors of ones.
    axes, tensor
        Shape and type of the inputs.
    has_types
        Whether there is a third input, ``types``.
    declared
        Keys that differ from ``TEXT_DECLARATION``.
    """
    said: dict[str, Any] = TEXT_DECLARATION | {"token_type_ids": "types" * has_types} | declared
    n_features = len(next(iter(words.values())))
    known = np.stack([*np.ones((len(SPECIAL), n_features)), *words.values()]).astype(np.float32)
    write_tokenizer(folder / "tokenizer.json", [*SPECIAL, *words])
    nodes = [
        helper.make_node("Gather", ["known", "input_ids"], ["words"]),
        helper.make_node("ReduceSum", ["words", "token_axis"], ["sum"], keepdims=1),
        helper.make_node("Add", ["words", "sum"], ["seen"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last_axis"], ["wide_mask"]),
        *_type_nodes(has_types=has_types),
        helper.make_node("Mul", ["typed", "wide_mask"], ["last_hidden_state"]),
        helper.make_node("ReduceMean", ["seen", "token_axis"], ["sentence"], keepdims=0),
    ]
    weights = {"known": known, "token_axis": np.array([1]), "last_axis": np.array([2])}
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info(name, tensor, axes)
            for name in ("input_ids", "attention_mask", *["types"] * has_types)
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
            for name in ("last_hidden_state", "sentence")
        ],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    path.with_suffix(".json").write_text(json.dumps(said), encoding="utf-8")
    return path


def _type_nodes(*, has_types: bool) -> list[onnx.NodeProto]:
    """Return nodes that add the type of each token to its vector."""
    if not has_types:
        return [helper.make_node("Identity", ["seen"], ["typed"])]
    return [
        helper.make_node("Cast", ["types"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["numbers", "last_axis"], ["wide_types"]),
        helper.make_node("Add", ["seen", "wide_types"], ["typed"]),
    ]


def write_tokenizer(path: Path, vocabulary: list[str]) -> None:
    """Write a tokenizer of lower-case words that, as published ones do, pads and cuts."""
    ids = {word: at for at, word in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token=SPECIAL[0]))
    tokenizer.normalizer = normalizers.Sequence([normalizers.BertNormalizer()])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )
    tokenizer.enable_padding(pad_id=ids["[PAD]"], length=16)
    tokenizer.enable_truncation(3)
    tokenizer.save(str(path))
