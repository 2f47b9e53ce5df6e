"""Which runtimes are installed, what of CUDA loads, and on what a session really comes up."""

from dataclasses import dataclass
from time import perf_counter
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.images.preprocessing import Preprocessing
from labelaudit.embeddings.models.model import load_model, run_model
from labelaudit.embeddings.runtime.run import AGREEMENT
from labelaudit.embeddings.runtime.runtimes import (
    REPAIR,
    Driver,
    cuda_driver,
    cuda_libraries,
    cuda_major,
    import_onnxruntime,
    installed,
    preload,
    runtimes_clash,
)
from labelaudit.embeddings.runtime.session import Device
from labelaudit.errors import ModelError

N_IMAGES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A real session of the built-in model.

    Attributes
    ----------
    device
        What was asked for.
    provider
        What the session says it runs on; empty when there is none.
    nodes
        Number of the model's nodes by the provider they were given to.
    share
        Share of the nodes that ran on `provider`; None when the runtime does not tell.
    seconds
        From loading the model to the embeddings of 64 images.
    difference
        Largest distance to an embedding of the CPU's, as a share of its length.
    problem, hint
        Why there is no session, or none that agrees with the CPU, and what to do.
    """

    device: str
    provider: str = ""
    nodes: dict[str, int] | None = None
    share: float | None = None
    seconds: float | None = None
    difference: float | None = None
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The installed ONNX Runtime and what it finds of CUDA.

    Attributes
    ----------
    distributions
        Versions of the installed distributions called onnxruntime, by name.
    version, built_for_cuda, providers
        What the imported one says of itself; ``providers`` is what it was built with, not what
        works.
    problem, hint
        What is wrong with the installation.
    driver, wheels, libraries, preload
        NVIDIA's driver; the installed ``nvidia-`` distributions; why each library does not load,
        empty when it does; and what ONNX Runtime prints when it loads them.
    """

    distributions: dict[str, str]
    version: str = ""
    built_for_cuda: str = ""
    providers: tuple[str, ...] = ()
    problem: str = ""
    hint: str = ""
    driver: Driver
    wheels: dict[str, str]
    libraries: dict[str, str]
    preload: str = ""


def look_at_runtime() -> Runtime:
    """Return what is installed, and what of it loads."""
    distributions = installed("onnxruntime.*")
    clash = runtimes_clash(distributions)
    problem = "onnxruntime and onnxruntime-gpu overwrite each other's files" if clash else ""
    driver, wheels = cuda_driver(), installed("nvidia-.*|tensorrt.*")
    try:
        ort = import_onnxruntime()
    except ModelError as error:
        return Runtime(
            distributions=distributions,
            problem=problem or error.message,
            hint=error.hint,
            driver=driver,
            wheels=wheels,
            libraries={},
        )
    printed = preload(ort)
    return Runtime(
        distributions=distributions,
        version=ort.__version__,
        built_for_cuda=getattr(ort, "cuda_version", "") or "",
        providers=tuple(ort.get_available_providers()),
        problem=problem,
        hint=REPAIR if clash else "",
        driver=driver,
        wheels=wheels,
        libraries=cuda_libraries(cuda_major(ort)),
        preload=printed,
    )


def try_devices() -> list[Trial]:
    """Run the built-in model on every device; compare what others return with the CPU."""
    expected, cpu = _try("cpu", None)
    others = [device for device in get_args(Device) if device not in {"auto", "cpu"}]
    return [cpu, *(_try(device, expected)[1] for device in others)]


def _try(
    device: Device, expected: NDArray[np.floating] | None
) -> tuple[NDArray[np.floating] | None, Trial]:
    """Return the embeddings that a device makes, and how that went."""
    before = perf_counter()
    try:
        model = load_model(BUILTIN, device)
        made = run_model(model, _noise(model.preprocessing))
    except ModelError as error:
        return None, Trial(device=device, problem=error.message, hint=error.hint)
    seconds = perf_counter() - before
    nodes = model.node_providers
    apart = None if expected is None else _apart(made, expected)
    agrees = apart is None or apart <= AGREEMENT
    return made, Trial(
        device=device,
        provider=model.provider,
        nodes=nodes,
        share=nodes.get(model.provider, 0) / sum(nodes.values()) if nodes else None,
        seconds=round(seconds, 3),
        difference=apart,
        problem="" if agrees else f"differs from the CPU by more than {AGREEMENT:.2g}",
        hint="" if agrees else "embed with --device cpu, and report this",
    )


def _noise(wanted: Preprocessing) -> NDArray[np.generic]:
    """Return inputs of a model that show nothing."""
    pixels = np.random.default_rng(0).integers(0, 256, (N_IMAGES, *wanted.shape))
    return pixels.astype(wanted.dtype)


def _apart(made: NDArray[np.floating], expected: NDArray[np.floating]) -> float:
    """Return the largest distance between two embeddings of an image, as a share of its length."""
    lengths = np.linalg.norm(expected, axis=1)
    return float((np.linalg.norm(made - expected, axis=1) / lengths).max())
