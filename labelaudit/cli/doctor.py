"""``labelaudit doctor``: what runs where on this machine, and why."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.table import Table

FAILED = 2
EXTRAS = {
    "cuda": "nvidia-cudnn-cu13",
    "dicom": "pydicom",
    "hub": "huggingface-hub",
    "sign": "py-minisign",
    "text": "tokenizers",
}


def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what is installed, what of CUDA loads, and on what a real session comes up."""
    import json

    facts = checkup()
    if as_json:
        typer.echo(json.dumps(facts, indent=2, ensure_ascii=False))
    else:
        show(facts)
    runtime = facts["runtime"]
    if runtime["problem"]:
        typer.secho(
            f"WARNING: {runtime['problem']}\n{runtime['hint']}", err=True, fg="red", bold=True
        )
    if not facts["sessions"][0]["provider"]:
        raise typer.Exit(FAILED)


def checkup() -> dict[str, Any]:
    """Return everything that is known of this machine, as JSON has it."""
    import platform
    from dataclasses import asdict

    import PIL
    from PIL import features

    from labelaudit import __version__
    from labelaudit.cli.machine import available_memory, available_processors, processor_quota
    from labelaudit.embeddings.diagnosis import look_at_runtime, try_devices
    from labelaudit.embeddings.runtime.runtimes import installed
    from labelaudit.embeddings.store.store import default_cache

    cache = default_cache()
    return {
        "labelaudit": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "runtime": asdict(look_at_runtime()),
        "sessions": [asdict(trial) for trial in try_devices()],
        "machine": {
            "processors": available_processors(),
            "processor_quota": processor_quota(),
            "memory_bytes": available_memory(),
        },
        "cache": {
            "folder": str(cache),
            "bytes": sum(path.stat().st_size for path in cache.rglob("*") if path.is_file()),
        },
        "pillow": {
            "version": PIL.__version__,
            "libjpeg_turbo": features.check_feature("libjpeg_turbo"),
            "webp": features.check("webp"),
        },
        "extras": {extra: bool(installed(name)) for extra, name in EXTRAS.items()},
    }


def show(facts: dict[str, Any]) -> None:
    """Print a checkup."""
    from rich.console import Console

    console = Console(highlight=False)
    for name, lines in _lines(facts).items():
        first, *others = lines or ["none"]
        console.print(f"[bold]{name:<16}[/]", end="")
        console.print(first, markup=False, soft_wrap=True)
        for line in others:
            console.print(f"{'':<16}{line}", markup=False, soft_wrap=True)
    console.print()
    console.print(_sessions(facts["sessions"]))
    for trial in facts["sessions"]:
        if trial["problem"]:
            told = f"{trial['problem']}\n  hint: {trial['hint']}"
            console.print(told, markup=False, soft_wrap=True)


def _lines(facts: dict[str, Any]) -> dict[str, list[str]]:
    """Return what is not a session, as lines of text."""
    runtime, machine, pillow = facts["runtime"], facts["machine"], facts["pillow"]
    driver = runtime["driver"]
    built = f", built for CUDA {runtime['built_for_cuda']}" if runtime["built_for_cuda"] else ""
    quota = machine["processor_quota"]
    memory = machine["memory_bytes"]
    return {
        "labelaudit": [f"{facts['labelaudit']}, Python {facts['python']}, {facts['system']}"],
        "onnxruntime": [
            f"{runtime['version'] or 'cannot be imported'}{built}",
            *(f"{name} {version}" for name, version in runtime["distributions"].items()),
            f"built with {', '.join(runtime['providers'])}",
        ],
        "NVIDIA driver": [
            driver["problem"] or f"CUDA {driver['cuda']}: {', '.join(driver['devices'])}"
        ],
        "CUDA wheels": [f"{name} {version}" for name, version in runtime["wheels"].items()],
        "CUDA libraries": [
            f"{name}: {'does not load' if problem else 'loads'}"
            for name, problem in runtime["libraries"].items()
        ],
        "processors": [f"{machine['processors']}" + (f", quota {quota:g}" if quota else "")],
        "memory": [f"{memory / 2**30:.1f} GiB" if memory else "unknown"],
        "cache": [f"{facts['cache']['folder']}, {facts['cache']['bytes'] / 2**20:,.1f} MiB"],
        "Pillow": [
            pillow["version"],
            f"libjpeg-turbo: {_yes(pillow['libjpeg_turbo'])}",
            f"WebP: {_yes(pillow['webp'])}",
        ],
        "extras": [f"{name}: {_yes(there)}" for name, there in facts["extras"].items()],
    }


def _yes(there: object) -> str:
    return "yes" if there else "no"


def _sessions(trials: list[dict[str, Any]]) -> "Table":
    """Return the sessions as a table."""
    from rich.table import Table

    table = Table("device", "session on", "nodes there", "seconds", "apart from the CPU", box=None)
    for trial in trials:
        share, seconds, apart = trial["share"], trial["seconds"], trial["difference"]
        table.add_row(
            trial["device"],
            trial["provider"] or "none",
            "" if share is None else f"{share:.1%}",
            "" if seconds is None else f"{seconds:.2f}",
            "" if apart is None else f"{apart:.1e}",
        )
    return table
