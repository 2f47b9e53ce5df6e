"""``labelaudit models inspect``: what a model's file wants, and a declaration for it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labelaudit.errors import InputError, OutputError, some

if TYPE_CHECKING:
    from labelaudit.embeddings.models.inspection import ModelFacts, Shape
    from labelaudit.embeddings.models.suggestion import Suggestion

N_OPERATIONS = 8


def inspect_model(
    model: Annotated[str, typer.Argument(metavar="FILE", help="An ONNX file, or a model's name.")],
    *,
    write: Annotated[
        bool, typer.Option("--write", help="Save the suggested declaration beside the model.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what a model's file wants, and suggest its declaration with the guesses marked.

    No scan takes a declaration that holds guesses: a person has to check them first.
    """
    import json

    from labelaudit.embeddings.hub.resolve import find_model
    from labelaudit.embeddings.models import inspection
    from labelaudit.embeddings.models.suggestion import configured_side, read_config, suggest
    from labelaudit.embeddings.onnx_file.sidecar import sidecar_path

    path = find_model(model, offline=True, tell=lambda message: typer.echo(message, err=True))
    sidecar = sidecar_path(path)
    if write and sidecar.exists():
        raise OutputError(
            f"{sidecar}: the model is declared there already", hint="remove it, or edit it"
        )
    config = read_config(path)
    facts = inspection.inspect_model(path, configured_side(config, inspection.USUAL_SIDE))
    suggestion = None if sidecar.exists() else suggest(facts, config)
    if as_json:
        typer.echo(json.dumps(_as_json(facts, suggestion), indent=2))
    else:
        _show(facts)
        _show_declaration(sidecar, suggestion)
    if write:
        if suggestion is None:
            raise InputError(
                f"{path}: it takes no images, so no declaration is suggested",
                hint="docs/texts.md says how a model of texts is declared",
            )
        _write(sidecar, suggestion.as_json())


def _as_json(facts: "ModelFacts", suggestion: "Suggestion | None") -> dict[str, Any]:
    from dataclasses import asdict

    said = asdict(facts) | {"file": str(facts.file)}
    declared = None if suggestion is None else asdict(suggestion)
    return said | {"suggested_declaration": declared}


def _show(facts: "ModelFacts") -> None:
    operations = some((f"{count} {name}" for name, count in facts.operations.items()), N_OPERATIONS)
    opsets = ", ".join(f"{domain} {version}" for domain, version in facts.opsets.items())
    lines = [
        ("file", f"{facts.file.name}, {facts.size:,} bytes"),
        *(("weights", f"{name}, {size:,} bytes") for name, size in facts.weights.items()),
        ("sha256", facts.sha256),
        ("made by", f"{facts.producer or '-'}; IR {facts.ir_version}, opset {opsets}"),
        ("nodes", f"{sum(facts.operations.values()):,}: {operations}"),
        *(("input", f"{each.name} {each.type} {_shape(each.shape)}") for each in facts.inputs),
        *(("output", f"{each.name} {each.type} {_shape(each.shape)}") for each in facts.outputs),
        *(
            ("embedding?", f"{each.name} {_shape(each.shape)} {each.what}")
            for each in facts.candidates
        ),
    ]
    for name, value in lines:
        typer.echo(f"{name:<12} {_visible(value)}")


def _show_declaration(sidecar: Path, suggestion: "Suggestion | None") -> None:
    import json

    if suggestion is None:
        there = "it takes no images, so none is suggested; for texts, see docs/texts.md"
        if sidecar.exists():
            there = f"{_visible(sidecar.name)} is beside it"
        typer.echo(f"{'declaration':<12} {there}")
        return
    typer.echo(f"{'declaration':<12} none; suggested for {_visible(sidecar.name)}:")
    for key, value in suggestion.keys.items():
        why = suggestion.guessed.get(key)
        mark = f"   <- a guess: {why}" if why else ""
        typer.echo(f"  {json.dumps(key)}: {json.dumps(value)}{_visible(mark)}")
    if suggestion.guessed:
        typer.echo("check each guess with how the model was trained; --write saves all of it")


def _shape(shape: "Shape | None") -> str:
    if shape is None:
        return "[?]"
    return f"[{', '.join('any' if axis is None else str(axis) for axis in shape)}]"


def _visible(text: str) -> str:
    from labelaudit.render.text import visible

    return visible(text)


def _write(path: Path, content: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(content)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written: {error.strerror}", hint="is the folder yours?"
        ) from error
    typer.echo(f"wrote {path}", err=True)
