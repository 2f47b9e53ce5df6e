"""A declaration suggested for a model: what its file says, and guesses that are marked as such."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labelaudit.embeddings.models.declaration import KEYS, MAX_SIDE
from labelaudit.embeddings.models.inspection import (
    HEAD,
    NUMPY_TYPES,
    Candidate,
    ModelFacts,
    image_shape,
)
from labelaudit.errors import ModelError

CONFIG = "preprocessor_config.json"
IMAGENET_MEAN, IMAGENET_STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
RESAMPLING = {0: "nearest", 2: "bilinear", 3: "bicubic", 4: "box"}  # Pillow's numbers
MEANT = ("embed", "feature", "pool")
CROPPED_BELOW = 384  # pixels; a ConvNeXt's configuration means a stretch from there on
UNDERSTOOD = {
    *("size", "crop_size", "do_center_crop", "do_resize", "resample", "do_convert_rgb"),
    *("do_rescale", "rescale_factor", "do_normalize", "image_mean", "image_std"),
    *("do_flip_channel_order", "data_format", "input_data_format", "return_tensors", "device"),
    *("image_processor_type", "feature_extractor_type", "processor_class"),
}
MAY_TOUCH = ("size", "resize", "resize_to", "interpolation", "color", "scale", "mean", "std")


@dataclass(slots=True)
class Suggestion:
    """Keys of a declaration.

    Attributes
    ----------
    keys
        By name, as the file has them.
    guessed
        Why a key is what it is, for those that nothing says.
    """

    keys: dict[str, Any] = field(default_factory=dict)
    guessed: dict[str, str] = field(default_factory=dict)

    def guess(self, key: str, value: object, why: str) -> None:
        """Add a key that nothing says."""
        self.keys[key] = value
        self.guessed[key] = why

    def as_json(self) -> str:
        """Return it as a sidecar holds it; no scan takes it before a person takes out the mark."""
        marked = self.keys | ({"guessed": self.guessed} if self.guessed else {})
        lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in marked.items()]
        return "{\n" + ",\n".join(lines) + "\n}\n"


def read_config(model: Path) -> dict[str, Any]:
    """Return what the ``preprocessor_config.json`` beside a model says; nothing without one.

    Raises
    ------
    ModelError
        When it is no JSON object.
    """
    path = model.parent / CONFIG
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, OSError, RecursionError) as error:
        raise ModelError(f"{path}: not a JSON file: {error}", hint="repair or remove it") from error
    if not isinstance(said, dict):
        raise ModelError(f"{path}: no JSON object", hint="repair or remove it")
    return _with_crop(said)


def _with_crop(config: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration that says as sizes what ``crop_pct`` says as a part, if it has it."""
    part, edge = config.get("crop_pct"), _edge(config)
    if not isinstance(part, float) or not 0 < part <= 1 or not edge:
        return config
    square = {"height": edge, "width": edge}
    others = {key: value for key, value in config.items() if key != "crop_pct"}
    if edge >= CROPPED_BELOW:
        return others | {"size": square, "do_center_crop": False}
    resized = {"shortest_edge": int(edge / part)}
    return others | {"size": resized, "crop_size": square, "do_center_crop": True}


def configured_side(config: dict[str, Any], usual: int) -> int:
    """Return the height of an image that a configuration asks for."""
    return _crop(config)[1] or usual


def suggest(facts: ModelFacts, config: dict[str, Any]) -> Suggestion | None:
    """Suggest how a model of images is declared; None when it takes no images.

    Parameters
    ----------
    facts
        What its file says.
    config
        What a ``preprocessor_config.json`` beside it says.
    """
    inputs = [tensor for tensor in facts.inputs if len(tensor.shape) == 4]  # noqa: PLR2004 - images
    if len(inputs) != 1 or inputs[0].type not in NUMPY_TYPES:
        return None
    suggestion = Suggestion({"input": inputs[0].name})
    _suggest_output(suggestion, facts)
    _suggest_size(suggestion, inputs[0].shape, config)
    _suggest_numbers(suggestion, NUMPY_TYPES[inputs[0].type], config)
    _doubt(suggestion, config)
    suggestion.keys = {key: suggestion.keys[key] for key in KEYS if key in suggestion.keys}
    return suggestion


def _doubt(suggestion: Suggestion, config: dict[str, Any]) -> None:
    """Mark as guessed what keys of a configuration that are not understood may change."""
    odd = [key for key, value in config.items() if value and key not in UNDERSTOOD]
    if config.get("do_resize") is False:
        odd.append("do_resize")
    if odd:
        why = f"not understood in {CONFIG}: {', '.join(sorted(odd))}"
        suggestion.guessed |= {key: why for key in MAY_TOUCH if key not in suggestion.guessed}


def _suggest_output(suggestion: Suggestion, facts: ModelFacts) -> None:
    """Suggest the embedding, and a classifier's scores when it has a head."""
    outputs = {tensor.name for tensor in facts.outputs}
    head = next((found for found in facts.candidates if found.what.startswith(HEAD)), None)
    own = [found for found in facts.candidates if found.name in outputs]
    meant = [found for found in own if any(word in found.name.lower() for word in MEANT)]
    if not own:
        first = facts.candidates[0].name if facts.candidates else ""
        suggestion.guess("output", first, "no node makes an output of the model")
        return
    chosen, why = (meant or own)[0], "by its name" if meant else "the first output"
    if not meant and head is not None and _is_flat(chosen) and _is_flat(head):
        suggestion.guess("output", head.name, f"{head.what}, so before the classes")
        softmaxed = chosen.name in facts.softmaxed
        suggestion.guess("scores_output", chosen.name, "the first output")
        suggestion.guess(
            "scores",
            "probabilities" if softmaxed else "logits",
            "a softmax makes it" if softmaxed else "no softmax makes it",
        )
        return
    suggestion.keys["output"] = chosen.name
    if len(facts.candidates) > 1:
        suggestion.guessed["output"] = why
    _suggest_pooling(suggestion, chosen)


def _is_flat(candidate: Candidate) -> bool:
    return candidate.shape is not None and len(candidate.shape) == 2  # noqa: PLR2004 - images, numbers


def _suggest_pooling(suggestion: Suggestion, chosen: Candidate) -> None:
    if chosen.shape is None:
        suggestion.guess("pooling", "none", "the model did not run on a black image")
    elif len(chosen.shape) == 3:  # noqa: PLR2004 - images, tokens, features
        suggestion.guess("pooling", "cls", "if its first token stands for the image, else mean")
    elif len(chosen.shape) == 4:  # noqa: PLR2004 - images, features, places
        suggestion.guess("pooling", "mean", "if features are on axis 1, else mean_nhwc")


def _suggest_size(
    suggestion: Suggestion, shape: tuple[int | None, ...], config: dict[str, Any]
) -> None:
    """Suggest size, resize, color and layout."""
    keys = suggestion.keys
    crop_width, crop_height = _crop(config)
    filled = image_shape(shape, crop_height or 224) or ()
    keys["layout"] = "NHWC" if filled[3] in {1, 3} and filled[1] not in {1, 3} else "NCHW"
    is_last = keys["layout"] == "NHWC"
    channels = shape[3] if is_last else shape[1]
    if channels is None:
        suggestion.guessed["layout"] = "the model leaves its axes open"
    height, width = (filled[1], filled[2]) if is_last else (filled[2], filled[3])
    is_open = None in (shape[1:3] if is_last else shape[2:])
    keys["size"] = [crop_width if is_open and crop_width else width, height]
    if is_open and not crop_width:
        suggestion.guessed["size"] = "the model takes any size"
    edge = _edge(config)
    if edge:
        keys |= {"resize": "shortest_edge", "resize_to": max(edge, *keys["size"])}
    elif crop_width and not config.get("do_center_crop"):
        keys |= {"resize": "stretch", "resize_to": 0}
    else:
        suggestion.guess("resize", "shortest_edge", "keeps the proportions")
        suggestion.guess("resize_to", 0, "cuts no more than it must")
    if how := RESAMPLING.get(_whole(config.get("resample"), -1)):
        keys["interpolation"] = how
    else:
        suggestion.guess("interpolation", "bilinear", "the commonest")
    if channels == 1:
        keys["color"] = "L"
    elif config.get("do_flip_channel_order"):
        keys["color"] = "BGR"
    elif config:
        keys["color"] = "RGB"
    else:
        suggestion.guess("color", "RGB", "the commonest")


def _suggest_numbers(suggestion: Suggestion, dtype: str, config: dict[str, Any]) -> None:
    """Suggest dtype, scale, mean and std."""
    keys = suggestion.keys
    n_channels = 1 if keys["color"] == "L" else 3
    keys["dtype"] = dtype
    if dtype == "uint8":
        keys |= {"scale": 1.0, "mean": [0.0] * n_channels, "std": [1.0] * n_channels}
        return
    if "do_rescale" in config or "rescale_factor" in config:
        keys["scale"] = (
            config.get("rescale_factor", 1 / 255) if config.get("do_rescale", 1) else 1.0
        )
    else:
        suggestion.guess("scale", 1 / 255, "values from 0 to 1")
    mean, std = config.get("image_mean"), config.get("image_std")
    if config.get("do_normalize") is False:
        keys |= {"mean": [0.0] * n_channels, "std": [1.0] * n_channels}
    elif mean and std:
        keys |= {"mean": mean, "std": std}
    elif n_channels == 1:
        suggestion.guess("mean", [0.0], "not known")
        suggestion.guess("std", [1.0], "not known")
    else:
        suggestion.guess("mean", IMAGENET_MEAN, "ImageNet's")
        suggestion.guess("std", IMAGENET_STD, "ImageNet's")


def _crop(config: dict[str, Any]) -> tuple[int, int]:
    """Return the width and height that a configuration asks for; 0 when it does not say."""
    names = ("crop_size", "size") if config.get("do_center_crop") else ("size", "crop_size")
    for said in (config.get(name) for name in names):
        if isinstance(said, dict) and "height" in said and "width" in said:
            return _whole(said["width"]), _whole(said["height"])
        if _whole(said):
            return _whole(said), _whole(said)
    return 0, 0


def _edge(config: dict[str, Any]) -> int:
    """Return the shorter side to which a configuration resizes; 0 when it does not say."""
    size = config.get("size")
    if isinstance(size, dict):
        return _whole(size.get("shortest_edge"))
    return _whole(size) if config.get("do_center_crop") else 0


def _whole(value: object, otherwise: int = 0) -> int:
    """Return a value that can be a length in pixels, or another."""
    is_length = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SIDE
    return value if is_length else otherwise  # type: ignore[return-value]
