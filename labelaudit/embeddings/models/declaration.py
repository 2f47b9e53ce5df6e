"""The file that declares what a model wants of an image: its sidecar, read and never guessed."""

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, get_args

import numpy as np

from labelaudit.embeddings.images.preprocessing import (
    Color,
    DType,
    Interpolation,
    Layout,
    Pooling,
    Preprocessing,
    Resize,
    Scores,
)
from labelaudit.embeddings.models.class_map import ClassMap, class_map, wrong_class_map
from labelaudit.embeddings.onnx_file.sidecar import read_sidecar
from labelaudit.errors import InputError, ModelError

MAX_SIDE = 8192
MAX_NUMBER = 1e30
KEYS = {field.name: field.default for field in fields(Preprocessing)}
REQUIRED = tuple(name for name, default in KEYS.items() if default is MISSING)
ALLOWED = (*KEYS, "class_map", "guessed")
CHOICES = {
    "resize": get_args(Resize),
    "interpolation": get_args(Interpolation),
    "color": get_args(Color),
    "layout": get_args(Layout),
    "dtype": get_args(DType),
    "pooling": get_args(Pooling),
    "scores": ("", *get_args(Scores)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What is declared of a model.

    Attributes
    ----------
    preprocessing
        From an image to its embedding.
    class_map
        Classes of the dataset that the model's scores are of; None when it is not said.
    """

    preprocessing: Preprocessing
    class_map: ClassMap | None


def read_declaration(path: Path, over: Mapping[str, object] | None = None) -> Declaration:
    """Read a declaration; only the keys with a default may be left out, and no other is allowed.

    Parameters
    ----------
    path
        The JSON file; it need not be there when ``over`` says everything.
    over
        Keys that take the place of the file's.

    Raises
    ------
    ModelError
        When the file is not there, is not JSON, or does not say what it must.
    """
    hint = f"declare every one of: {', '.join(REQUIRED)}"
    said = read_sidecar(path, hint=hint, over=over)
    where = f"{path} with --declare" if over else str(path)
    names = list(dict.fromkeys([*REQUIRED, *sorted(said)]))
    problems = [f"{name}: {wrong}" for name in names if (wrong := _wrong(name, said))]
    problems = problems or _contradictions({**KEYS, **said})
    if problems:
        raise ModelError(
            f"{where}: {len(problems)} of the declarations are wrong", details=problems, hint=hint
        )
    classes = said.pop("class_map", None)
    numbers = {"size": tuple(said["size"]), "scale": float(said["scale"])}
    plain = {name: [float(each) + 0.0 for each in said[name]] for name in ("mean", "std")}  # no -0
    numbers |= {name: tuple(each) for name, each in plain.items()}
    return Declaration(
        preprocessing=Preprocessing(**{**said, **numbers}),
        class_map=None if classes is None else class_map(classes),
    )


def declared_keys(said: Iterable[str], output: str = "") -> dict[str, object]:
    """Return what texts ``KEY=VALUE`` declare; a value that is no JSON is a text.

    Another ``output`` than the file's is one vector an image, unless its pooling is declared.

    Examples
    --------
    >>> declared_keys(["size=[224, 224]", "layout=NHWC", "scale=1"])
    {'size': [224, 224], 'layout': 'NHWC', 'scale': 1}

    Raises
    ------
    InputError
        When one is no ``KEY=VALUE``, or there is no such key.
    """
    found: dict[str, object] = {"output": output, "pooling": "none"} if output else {}
    for entry in said:
        name, sign, value = entry.partition("=")
        if not sign or name not in ALLOWED:
            near = difflib.get_close_matches(name, ALLOWED, 1)
            raise InputError(
                f"--declare {entry}: " + (f"there is no key {name!r}" if sign else "no KEY=VALUE"),
                hint=f"did you mean {near[0]}?" if near else f"there are {', '.join(ALLOWED)}",
            )
        try:
            found[name] = json.loads(value)
        except (ValueError, RecursionError):
            found[name] = value
    return found


def _wrong(name: str, said: dict[str, Any]) -> str:  # noqa: PLR0911 - one line a rule
    """Say what is wrong with one key; an empty string when nothing is."""
    if name not in ALLOWED:
        return "there is no such key"
    if name not in said:
        return "missing"
    value = said[name]
    n_channels = 1 if said.get("color") == "L" else 3
    if name in CHOICES:
        choices = [choice for choice in CHOICES[name] if choice]
        return "" if value in CHOICES[name] else f"{value!r} is none of {', '.join(choices)}"
    if name == "class_map":
        return wrong_class_map(value)
    if name in {"input", "output", "scores_output"}:
        good = isinstance(value, str) and (value or name == "scores_output")
        return "" if good else f"{value!r} is no name of a tensor"
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
    if bool(said["scores_output"]) != bool(said["scores"]):
        problems.append("scores: declare scores_output and scores (logits, probabilities) together")
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
