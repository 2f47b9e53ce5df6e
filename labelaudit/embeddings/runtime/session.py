"""ONNX Runtime sessions: the one place that chooses providers, and proves where a model runs."""

import logging
import sys
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Literal

from labelaudit.embeddings.onnx_file.graph import Cut
from labelaudit.embeddings.runtime.runtimes import (
    CUDA_EXTRA,
    import_onnxruntime,
    tensorrt_library,
    why_no_cuda,
)
from labelaudit.errors import ModelError

Device = Literal["auto", "cpu", "cuda", "tensorrt"]
Providers = list[tuple[str, dict[str, str]]]

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"
TENSORRT = "TensorrtExecutionProvider"
WEIGHTS_FOLDER = "session.model_external_initializers_file_folder_path"  # of a model in memory
CUDA_OPTIONS = {
    "arena_extend_strategy": "kSameAsRequested",  # the default doubles, and takes a whole GPU
    "cudnn_conv_algo_search": "HEURISTIC",  # the default searches again for every new shape
    "cudnn_conv_use_max_workspace": "1",
    "do_copy_in_default_stream": "1",  # 0 has data races
    "use_tf32": "0",  # as exact as the CPU
}


def make_session(path: Path | Cut, device: Device) -> Any:  # noqa: ANN401 - onnxruntime is not typed
    """Return a session of a model's file, or of one cut from it, on the device that was asked for.

    ``auto`` takes CUDA where a session comes up on it, else the CPU, and logs the choice and its
    reason; TensorRT, which spends minutes on building an engine, is only taken on request.
    A provider that is a plug-in is registered in `_providers` and chosen in `_load`.

    Raises
    ------
    ModelError
        When it cannot be loaded, or comes up elsewhere than it was asked to.
    """
    ort = import_onnxruntime()
    if device == "auto":
        return _automatic(ort, path)
    check_device(device)
    session = _load(ort, path, _providers(device))
    wanted = {"cpu": CPU, "cuda": CUDA, "tensorrt": TENSORRT}[device]
    if session.get_providers()[0] != wanted:
        raise ModelError(
            f"--device {device}: the session came up on {session.get_providers()[0]}",
            hint=f"{CUDA_EXTRA}; `labelaudit doctor` shows what loads",
        )
    return session


def _automatic(ort: Any, path: Path | Cut) -> Any:  # noqa: ANN401 - as above
    """Return a session on CUDA, or on the CPU; log which, and why."""
    log = logging.getLogger("labelaudit")
    why, _ = why_no_cuda(ort)
    if not why:
        try:
            session = _load(ort, path, _providers("cuda"))
        except ModelError as error:  # a fault of the model's own shows again on the CPU
            why = f"CUDA failed: {error.message}"
        else:
            if session.get_providers()[0] == CUDA:
                log.warning("device: CUDA, as a session comes up on it")
                return session
            why = "a session with CUDA comes up on the CPU"
    log.warning("device: CPU, as %s; see labelaudit doctor", why)
    return _load(ort, path, _providers("cpu"))


def check_device(device: Device) -> None:
    """Raise at once when something that an explicit device needs is not there.

    That a session comes up on it is proved when there is a model.

    Raises
    ------
    ModelError
        With what is missing, and what to install.
    """
    if device in {"auto", "cpu"}:
        return
    why, hint = why_no_cuda(import_onnxruntime())
    if not why and device == "tensorrt" and (missing := tensorrt_library()):
        why, hint = missing, "install TensorRT 10 for the CUDA of your onnxruntime-gpu"
    if why:
        raise ModelError(f"--device {device}: {why}", hint=hint)


def _providers(device: Device) -> Providers:
    """Return the providers of a device, in the order in which they get the nodes."""
    if device == "cpu":
        return [(CPU, {})]
    if device == "cuda":
        return [(CUDA, CUDA_OPTIONS), (CPU, {})]
    from labelaudit.embeddings.store.store import default_cache

    engines = default_cache() / "tensorrt"
    engines.mkdir(parents=True, exist_ok=True)
    options = {
        "trt_engine_cache_enable": "1",
        "trt_engine_cache_path": str(engines),
        "trt_timing_cache_enable": "1",
        "trt_timing_cache_path": str(engines),
    }
    return [(TENSORRT, options), (CUDA, CUDA_OPTIONS), (CPU, {})]


def _load(ort: Any, path: Path | Cut, providers: Providers) -> Any:  # noqa: ANN401 - as above
    """Return a session of one thread: its callers are the threads, and decode between runs."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
    options.log_severity_level = 4
    options.use_deterministic_compute = providers[0][0] != CPU  # it is, and 4 % faster without
    model: str | bytes = str(path)
    if isinstance(path, Cut):
        model = path.content
        options.add_session_config_entry(WEIGHTS_FOLDER, str(path.path.parent))
    try:
        with redirect_stdout(sys.stderr):
            # without enable_fallback=0 a failure on the GPU would go on on the CPU, unsaid
            return ort.InferenceSession(model, options, providers=providers, enable_fallback=0)
    except Exception as error:
        raise ModelError(
            f"{path}: ONNX Runtime cannot load it: {_first_line(error)}",
            hint="is it an ONNX model, whole, with its external data beside it?",
        ) from error


def node_providers(session: Any) -> dict[str, int]:  # noqa: ANN401 - as above
    """Count the nodes by provider; empty where this onnxruntime does not tell."""
    try:
        parts = session.get_provider_graph_assignment_info()
    except (AttributeError, RuntimeError):
        return {}
    counts: Counter[str] = Counter()
    for part in parts:
        counts[part.ep_name] += len(part.get_nodes())
    return dict(sorted(counts.items()))


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
