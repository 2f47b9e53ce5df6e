"""ONNX Runtime sessions: the one place that chooses providers, and proves where a model runs."""

import ctypes
import os
import sys
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Literal

from labelaudit.errors import ModelError

Device = Literal["auto", "cpu", "cuda"]

CUDA, CPU = "CUDAExecutionProvider", "CPUExecutionProvider"
CUDA_OPTIONS = {"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"}  # exact; any batch size
NO_CUDA_HINT = "run with --device auto or cpu, or repair the installation"


def make_session(path: Path, device: Device) -> Any:  # noqa: ANN401 - onnxruntime is not typed
    """Return a session of a model's file, on the device that was asked for.

    Raises
    ------
    ModelError
        When it cannot be loaded, or ``cuda`` was asked for and it came up elsewhere.
    """
    try:
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # its import already writes a device id
        import onnxruntime as ort

        available = ort.get_available_providers()
    except (ImportError, AttributeError) as error:
        raise ModelError(
            f"onnxruntime cannot be imported: {error}",
            hint="uninstall onnxruntime and onnxruntime-gpu, then install one of them, never both",
        ) from error
    ort.disable_telemetry_events()
    ort.set_default_logger_severity(4)
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
    has_cuda = CUDA in available and _has_cuda_driver()
    if device == "cuda" and not has_cuda:
        raise ModelError(f"--device cuda: {_why_no_cuda(available)}", hint=NO_CUDA_HINT)
    wanted: list[str | tuple[str, dict[str, str]]] = [CPU]
    if has_cuda and device != "cpu":
        with redirect_stdout(sys.stderr):
            ort.preload_dlls()
        wanted = [(CUDA, CUDA_OPTIONS), CPU]
    try:
        with redirect_stdout(sys.stderr):
            session = ort.InferenceSession(str(path), options, providers=wanted)
        session.disable_fallback()  # or a failure on the GPU would go on on the CPU, unsaid
    except Exception as error:
        raise ModelError(
            f"{path}: ONNX Runtime cannot load it: {_first_line(error)}",
            hint="is it an ONNX model, whole, with its external data beside it?",
        ) from error
    if device == "cuda" and session.get_providers()[0] != CUDA:
        raise ModelError(
            "--device cuda: the session came up on "
            f"{session.get_providers()[0]}; {_why_no_cuda(available)}",
            hint=NO_CUDA_HINT,
        )
    return session


def _why_no_cuda(available: list[str]) -> str:
    if CUDA not in available:
        return "the installed onnxruntime has no CUDA provider (is onnxruntime-gpu overwritten?)"
    if not _has_cuda_driver():
        return "there is no NVIDIA driver on this machine"
    return "CUDA 13 or cuDNN 9 did not load (pip install 'onnxruntime-gpu[cuda,cudnn]')"


def _has_cuda_driver() -> bool:
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


def node_providers(session: Any) -> dict[str, int]:  # noqa: ANN401 - onnxruntime is not typed
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
