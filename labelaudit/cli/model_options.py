"""The options that say which model embeds, and what of it is taken."""

from pathlib import Path
from typing import Annotated, get_args

import typer

from labelaudit.errors import InputError

MODEL = Annotated[
    str,
    typer.Option(
        help="Embedding model: builtin, a name (labelaudit models list), which is pulled when "
        "it is not here, or an ONNX file with its declaration."
    ),
]
OFFLINE = Annotated[
    bool, typer.Option("--offline", help="Pull no model; HF_HUB_OFFLINE=1 says the same.")
]
DECLARE = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        help="A key of the model's declaration, over or in place of the file beside it; once "
        "for each. The keys are in docs/models.md.",
    ),
]
OUTPUT_NODE = Annotated[
    str, typer.Option(help="Any tensor of the model as the embedding, by its name.")
]
PRED_PROBS_FROM_MODEL = Annotated[
    bool,
    typer.Option(
        "--pred-probs-from-model", help="Take the model's own class scores as probabilities."
    ),
]
CLASS_MAP = Annotated[
    Path | None, typer.Option(help="JSON: which class of the dataset each score is of.")
]
DEVICE = Annotated[str, typer.Option(help="auto, cpu, cuda or tensorrt.")]


def refuse_contradictions(
    *, embeddings: bool, of_a_model: bool, class_map: bool, from_model: bool, device: str
) -> None:
    """Raise ``InputError`` when an option would do nothing, or names no device."""
    from labelaudit.embeddings.runtime.session import Device

    devices = get_args(Device)
    if device not in devices:
        raise InputError(f"--device {device}: no such device", hint=f"one of {', '.join(devices)}")
    if embeddings and (of_a_model or device not in {"auto", "cpu"}):
        raise InputError(
            "--embeddings: take the place of a model's, so what is said of one does nothing",
            hint="leave out the one or the other",
        )
    if class_map and not from_model:
        raise InputError(
            "--class-map: does nothing without --pred-probs-from-model",
            hint="say both, or leave it out",
        )
