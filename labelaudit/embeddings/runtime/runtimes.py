"""What is installed to run models with, and what of it loads: ONNX Runtime, CUDA, the driver."""

import ctypes
import io
import os
import re
import sys
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import distributions
from typing import Any

from labelaudit.errors import ModelError

CUDA_EXTRA = "pip install 'labelaudit[cuda]'"
REPAIR = (
    "pip uninstall -y onnxruntime onnxruntime-gpu, then pip install labelaudit, "
    "or for a GPU 'labelaudit[cuda]'"
)
BOTH = {"onnxruntime", "onnxruntime-gpu"}
DRIVER = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
CUDA_LIBRARIES = ("libcudart.so.{}", "libcublas.so.{}", "libcublasLt.so.{}", "libcurand.so.10")
CUDNN, TENSORRT_LIBRARY = "libcudnn.so.9", "libnvinfer.so.10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """The NVIDIA driver.

    Attributes
    ----------
    cuda
        The newest CUDA that it serves, such as ``13.0``; empty when there is no driver.
    devices
        Names of the devices that it shows to this process.
    problem
        Why it is of no use; empty when it is.
    """

    cuda: str = ""
    devices: tuple[str, ...] = ()
    problem: str = ""


def import_onnxruntime() -> Any:  # noqa: ANN401 - a module that is not typed
    """Import ONNX Runtime, without its telemetry and its log.

    Raises
    ------
    ModelError
        When it cannot be imported.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # its import already writes a device id
    try:
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        onnxruntime.set_default_logger_severity(4)
    except (ImportError, AttributeError) as error:
        raise ModelError(f"onnxruntime cannot be imported: {error}", hint=REPAIR) from error
    return onnxruntime


def installed(pattern: str) -> dict[str, str]:
    """Return the versions of the installed distributions whose name matches, by name."""
    found = {}
    for each in distributions():
        name = str(each.metadata["Name"] or "").lower().replace("_", "-")
        if re.fullmatch(pattern, name):
            found[name] = each.version
    return dict(sorted(found.items()))


def runtimes_clash(runtimes: dict[str, str]) -> bool:
    """Tell whether ``onnxruntime`` and ``onnxruntime-gpu`` overwrite each other's files."""
    return runtimes.keys() >= BOTH


def cuda_driver() -> Driver:
    """Ask the NVIDIA driver what it has."""
    try:
        driver = ctypes.CDLL(DRIVER)
    except OSError:
        return Driver(problem="there is no NVIDIA driver on this machine")
    version, count = ctypes.c_int(), ctypes.c_int()
    driver.cuDriverGetVersion(ctypes.byref(version))
    cuda = f"{version.value // 1000}.{version.value % 1000 // 10}"
    if code := driver.cuInit(0):
        return Driver(cuda=cuda, problem=f"the NVIDIA driver has no device (cuInit says {code})")
    driver.cuDeviceGetCount(ctypes.byref(count))
    devices = []
    for at in range(count.value):
        name = ctypes.create_string_buffer(256)
        driver.cuDeviceGetName(name, len(name), at)
        devices.append(name.value.decode(errors="replace"))
    problem = "" if devices else "the NVIDIA driver shows no device to this process"
    return Driver(cuda=cuda, devices=tuple(devices), problem=problem)


def cuda_major(ort: Any) -> int:  # noqa: ANN401 - as above
    """Return the CUDA that an ONNX Runtime is built for; 13 where it does not say."""
    return int(str(getattr(ort, "cuda_version", "") or "13").partition(".")[0])


def preload(ort: Any) -> str:  # noqa: ANN401 - as above
    """Load CUDA and cuDNN from where pip puts them; return what ONNX Runtime prints of it."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        ort.preload_dlls()
    return printed.getvalue().strip()


def cuda_libraries(major: int) -> dict[str, str]:
    """Load what the CUDA provider needs on Linux; return why not, or nothing, by name."""
    if sys.platform != "linux":
        return {}
    names = [name.format(major) for name in CUDA_LIBRARIES]
    return {name: _load(name) for name in [*names, CUDNN]}


def tensorrt_library() -> str:
    """Load TensorRT, also where pip puts it; return why it cannot be had, or nothing."""
    with suppress(ImportError):
        import_module("tensorrt")  # loads its libraries by their paths
    return _load(TENSORRT_LIBRARY)


def _load(name: str) -> str:
    try:
        ctypes.CDLL(name)
    except OSError as error:
        return str(error)
    return ""


def why_no_cuda(ort: Any) -> tuple[str, str]:  # noqa: ANN401 - as above
    """Return why CUDA cannot be had and what to do; nothing twice when it should work."""
    if "CUDAExecutionProvider" not in ort.get_available_providers():
        return _why_no_provider()
    driver, major = cuda_driver(), cuda_major(ort)
    if driver.problem:
        return driver.problem, f"install NVIDIA's driver for CUDA {major}, then {CUDA_EXTRA}"
    if int(driver.cuda.partition(".")[0]) < major:
        why = f"the NVIDIA driver serves CUDA {driver.cuda}, and onnxruntime needs {major}"
        return why, f"install a newer driver, then {CUDA_EXTRA}"
    preload(ort)
    missing = [name for name, problem in cuda_libraries(major).items() if problem]
    return (f"{', '.join(missing)} cannot be loaded", CUDA_EXTRA) if missing else ("", "")


def _why_no_provider() -> tuple[str, str]:
    """Return why the installed ONNX Runtime knows no CUDA, and what to do."""
    runtimes = installed("onnxruntime.*")
    if runtimes_clash(runtimes):
        return "onnxruntime is installed over onnxruntime-gpu, and has no CUDA provider", REPAIR
    if sys.platform == "darwin":
        return "there is no CUDA on macOS", "run with --device auto or cpu"
    names = ", ".join(f"{name} {version}" for name, version in runtimes.items())
    return f"the installed {names or 'onnxruntime'} has no CUDA provider", REPAIR
