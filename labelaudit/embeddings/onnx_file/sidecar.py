"""The JSON file beside a model that declares what it wants: its sidecar."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labelaudit.errors import ModelError


def sidecar_path(model: Path) -> Path:
    """Return where a model is declared: ``model.onnx`` has ``model.json``."""
    return model.with_suffix(".json")


def read_sidecar(
    path: Path, *, hint: str, over: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """Return the JSON object that declares what a model wants.

    Parameters
    ----------
    path
        The sidecar; it need not be there when something takes its place.
    hint
        What has to be declared.
    over
        Keys that take the place of the file's.

    Raises
    ------
    ModelError
        When the file is not there, holds no JSON object, or holds guesses that nobody checked.
    """
    said = _object(path, hint) if path.exists() or not over else {}
    said |= over or {}
    if guessed := said.pop("guessed", {}):
        reasons = guessed.items() if isinstance(guessed, dict) else []
        raise ModelError(
            f"{path}: some of it is guessed, and not yet checked by a person",
            details=[f"{key}: {said.get(key)!r} ({why})" for key, why in reasons],
            hint="compare the values with how the model was trained, correct them, then remove the "
            "key guessed, or say --declare 'guessed={}'",
        )
    return said


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return a JSON object; raise `ValueError` when it says a key twice."""
    said = dict(pairs)
    if len(said) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"key {max(names, key=names.count)!r} is there twice")
    return said


def _object(path: Path, hint: str) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
    except FileNotFoundError as error:
        model = path.with_suffix(".onnx")
        raise ModelError(
            f"{path}: a model's preprocessing has to be declared beside it; there is no such file",
            hint=f"`labelaudit models inspect {model} --write` suggests one",
        ) from error
    except (ValueError, OSError, RecursionError) as error:
        raise ModelError(f"{path}: not a JSON file: {error}", hint=hint) from error
    if not isinstance(said, dict):
        raise ModelError(f"{path}: expected a JSON object, found {type(said).__name__}", hint=hint)
    return said
