"""What a model wants of an image, declared in a JSON file beside it and never guessed."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelaudit.errors import ModelError

Resize = Literal["shortest_edge", "stretch"]
Interpolation = Literal["bilinear", "bicubic", "box", "nearest"]
Color = Literal["RGB", "BGR", "L"]
Layout = Literal["NCHW", "NHWC"]
DType = Literal["float32", "float16", "uint8"]

MAX_SIDE = 8192
MAX_NUMBER = 1e30


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """From an RGB image to a model's input.

    Attributes
    ----------
    input, output
        Names of the model's tensors.
    size
        Width and height of the input, in pixels.
    resize
        ``shortest_edge``: keep the proportions, make the shorter side ``resize_to``, cut the
        middle; ``stretch``: bring the whole image to ``size``.
    resize_to
        Length of the shorter side before the cut, no less than ``size``; as ``size`` when 0.
    interpolation
        Pillow's, with antialiasing.
    color
        Order of the channels.
    layout, dtype
        Of the input tensor.
    scale, mean, std
        ``(value * scale - mean) / std`` for values 0 to 255, mean and std one a channel; uint8
        is given the values as they are.
    """

    input: str
    output: str
    size: tuple[int, int]
    resize: Resize
    resize_to: int
    interpolation: Interpolation
    color: Color
    layout: Layout
    dtype: DType
    scale: float
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def n_channels(self) -> int:
        """Channels of the input."""
        return 1 if self.color == "L" else 3

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of one input without the batch."""
        width, height = self.size
        if self.layout == "NCHW":
            return (self.n_channels, height, width)
        return (height, width, self.n_channels)

    @property
    def shortest_edge(self) -> int:
        """Shorter side that an image needs so that nothing is enlarged needlessly."""
        return max(self.resize_to, *self.size)

    def text(self) -> str:
        """Return it as canonical JSON."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))


def sidecar_path(model: Path) -> Path:
    """Return where a model's preprocessing is declared: ``model.onnx`` has ``model.json``."""
    return model.with_suffix(".json")


def read_declaration(path: Path, *, hint: str) -> dict[str, Any]:
    """Return the JSON object that declares what a model wants.

    Raises
    ------
    ModelError
        When the file is not there, or holds no JSON object.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(
            f"{path}: a model's preprocessing has to be declared beside it; there is no such file",
            hint=hint,
        ) from error
    except (ValueError, OSError, RecursionError) as error:
        raise ModelError(f"{path}: not a JSON file: {error}", hint=hint) from error
    if not isinstance(said, dict):
        raise ModelError(f"{path}: expected a JSON object, found {type(said).__name__}", hint=hint)
    return said


def read_preprocessing(path: Path) -> Preprocessing:
    """Read a declaration; every key is required and no other is allowed.

    Raises
    ------
    ModelError
        When the file is not there, is not JSON, or does not say what it must.
    """
    hint = f"declare every one of: {', '.join(field.name for field in fields(Preprocessing))}"
    said = read_declaration(path, hint=hint)
    problems = [f"{name}: {wrong}" for name in _names(said) if (wrong := _wrong(name, said))]
    problems = problems or _contradictions(said)
    if problems:
        raise ModelError(
            f"{path}: {len(problems)} of the declarations are wrong", details=problems, hint=hint
        )
    lists = {name: tuple(said[name]) for name in ("size", "mean", "std")}
    return Preprocessing(**{**said, **lists})


def fit(image: Image.Image, wanted: Preprocessing) -> NDArray[np.generic]:
    """Return an RGB image as one input of a model, of `Preprocessing.shape`.

    Resizing and cutting are one step, so no pixel outside the cut is computed.
    """
    width, height = wanted.size
    box = (0.0, 0.0, float(image.width), float(image.height))
    if wanted.resize == "shortest_edge":
        edge = wanted.resize_to or min(width, height)
        scale = max(edge / min(image.size), width / image.width, height / image.height)
        left = (image.width - width / scale) / 2
        top = (image.height - height / scale) / 2
        box = (max(0.0, left), max(0.0, top), *_ends(image, left, top))
    if wanted.color == "L":
        image = image.convert("L")
    how = Image.Resampling[wanted.interpolation.upper()]
    pixels = np.asarray(image.resize((width, height), how, box=box))
    pixels = pixels.reshape(height, width, wanted.n_channels)
    if wanted.color == "BGR":
        pixels = pixels[:, :, ::-1]
    if wanted.dtype != "uint8":
        mean, std = np.array([wanted.mean, wanted.std], dtype=np.float32)
        with np.errstate(over="ignore"):  # what overflows makes the model return no number
            scaled = (pixels.astype(np.float32) * np.float32(wanted.scale) - mean) / std
            pixels = scaled.astype(wanted.dtype)
    return pixels.transpose(2, 0, 1) if wanted.layout == "NCHW" else pixels


def _ends(image: Image.Image, left: float, top: float) -> tuple[float, float]:
    """Return the right and lower edge of a centered cut."""
    return min(image.width, image.width - left), min(image.height, image.height - top)


def _names(said: dict[str, object]) -> list[str]:
    """Return the names that are declared or have to be."""
    return list(dict.fromkeys([field.name for field in fields(Preprocessing)] + sorted(said)))


def _wrong(name: str, said: dict[str, object]) -> str:  # noqa: PLR0911 - one line a rule
    """Say what is wrong with one key; an empty string when nothing is."""
    choices = {
        "resize": get_args(Resize),
        "interpolation": get_args(Interpolation),
        "color": get_args(Color),
        "layout": get_args(Layout),
        "dtype": get_args(DType),
    }
    if name not in {field.name for field in fields(Preprocessing)}:
        return "there is no such key"
    if name not in said:
        return "missing"
    value = said[name]
    n_channels = 1 if said.get("color") == "L" else 3
    if name in choices:
        return "" if value in choices[name] else f"{value!r} is none of {', '.join(choices[name])}"
    if name in {"input", "output"}:
        return "" if isinstance(value, str) and value else f"{value!r} is no name of a tensor"
    if name == "size":
        good = _numbers(value, 2, int, 1, MAX_SIDE)
        return "" if good else f"{value!r} is not [width, height], at most {MAX_SIDE:,}"
    if name == "resize_to":
        good = _numbers([value], 1, int, 0, MAX_SIDE)
        return "" if good else f"{value!r} is no length in pixels, at most {MAX_SIDE:,}"
    if name == "scale":
        return "" if _numbers([value], 1, float) and value else f"{value!r} is no factor"
    low = 1e-12 if name == "std" else -MAX_NUMBER
    wanted = "positive numbers" if name == "std" else "numbers"
    good = _numbers(value, n_channels, float, low)
    return "" if good else f"{value!r} is no list of {n_channels} {wanted}, one a channel"


def _contradictions(said: dict[str, Any]) -> list[str]:
    """Say which keys would be ignored, or cannot be followed, beside others."""
    problems = []
    if said["dtype"] == "uint8":
        plain = {"scale": [1], "mean": [0], "std": [1]}
        problems += [
            f"{name}: {said[name]} would be ignored, as dtype is uint8; declare {plain[name][0]}"
            for name in plain
            if set(np.atleast_1d(said[name])) != set(plain[name])
        ]
    if said["resize"] == "stretch" and said["resize_to"]:
        problems.append(f"resize_to: {said['resize_to']} would be ignored by stretch; declare 0")
    if said["resize"] == "shortest_edge" and 0 < said["resize_to"] < max(said["size"]):
        problems.append(f"resize_to: {said['resize_to']} leaves less than the size {said['size']}")
    return problems


def _numbers(
    value: object,
    count: int,
    kind: type,
    low: float = -MAX_NUMBER,
    high: float = MAX_NUMBER,
) -> bool:
    """Tell whether a value is a list of so many numbers within limits."""
    kinds = (int,) if kind is int else (int, float)
    return (
        isinstance(value, list)
        and len(value) == count
        and all(
            isinstance(entry, kinds) and not isinstance(entry, bool) and low <= entry <= high
            for entry in value
        )
    )
