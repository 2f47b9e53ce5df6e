"""What a model wants of an image, and what of its outputs is the image's embedding."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Resize = Literal["shortest_edge", "stretch"]
Interpolation = Literal["bilinear", "bicubic", "box", "nearest"]
Color = Literal["RGB", "BGR", "L"]
Layout = Literal["NCHW", "NHWC"]
DType = Literal["float32", "float16", "uint8"]
Pooling = Literal["none", "cls", "mean", "mean_nhwc"]
Scores = Literal["logits", "probabilities"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """From an RGB image to a model's input, and from its outputs to what is kept.

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
    pooling
        How the output becomes one vector an image. ``none``: it is one, of shape ``(N, D)``;
        ``cls``: the first token of ``(N, T, D)``; ``mean``: the mean over the tokens, or over the
        places of ``(N, C, H, W)``; ``mean_nhwc``: over those of ``(N, H, W, C)``.
    scores_output, scores
        The output with a score a class, and what the scores are; empty when there is none.
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
    pooling: Pooling = "none"
    scores_output: str = ""
    scores: Scores | Literal[""] = ""

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
        """Return it as canonical JSON, without what is as by default."""
        usual = {field.name: field.default for field in fields(self)}
        said = {name: value for name, value in asdict(self).items() if value != usual[name]}
        return json.dumps(said, sort_keys=True, separators=(",", ":"))


def fit(image: Image.Image, wanted: Preprocessing) -> NDArray[np.generic]:
    """Return an RGB image as one input of a model, of `Preprocessing.shape`.

    Resizing and cutting are one step, so no pixel outside the cut is computed.
    """
    width, height = wanted.size
    box = (0.0, 0.0, float(image.width), float(image.height))
    if wanted.resize == "shortest_edge":
        box = _middle(image, wanted)
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


def _middle(image: Image.Image, wanted: Preprocessing) -> tuple[float, float, float, float]:
    """Return the box of an image that a model sees, as torchvision and others come to it.

    They resize to whole pixels, the longer side cut down, and cut at a whole pixel: what is half
    a pixel beside that is several levels away.
    """
    edge = wanted.resize_to or max(wanted.size)
    short = min(image.size)
    left_top, right_bottom = [], []
    for length, size in zip(image.size, wanted.size, strict=True):
        resized = edge * length // short
        start = round((resized - size) / 2)
        left_top.append(start * length / resized)
        right_bottom.append((start + size) * length / resized)
    return left_top[0], left_top[1], right_bottom[0], right_bottom[1]
