"""Memory for one batch on its way to a device and back."""

import ctypes
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.runtime.runtimes import CUDA_LIBRARIES, cuda_major, import_onnxruntime

Arrays = Mapping[str, NDArray[np.generic]]


def filled(rows: NDArray[np.generic], size: int) -> NDArray[np.generic]:
    """Return rows followed by as many of zeros as make up a batch."""
    if len(rows) == size:
        return rows
    filler = np.zeros((size - len(rows), *rows.shape[1:]), dtype=rows.dtype)
    return np.concatenate([rows, filler])


class Buffers:
    """Inputs of one size on the host and on the device, bound to a session once.

    A batch is written into host memory that is locked, so that the device fetches it at full
    speed, copied into the device's, and run from there; the outputs, which are small, come back
    as arrays of their own. Two of these, used in turn by two threads, let one batch be copied
    while another is computed.

    Parameters
    ----------
    session
        An ONNX Runtime session.
    inputs
        Rows as they will come, by the name of their input.
    outputs
        Names of the outputs that are wanted.
    size
        Rows of a batch.
    device
        As ONNX Runtime's ``OrtValue`` names it: ``cuda`` or ``cpu``.
    """

    def __init__(
        self,
        session: Any,  # noqa: ANN401 - onnxruntime is not typed
        inputs: Arrays,
        outputs: Sequence[str],
        size: int,
        device: str,
    ) -> None:
        ort = import_onnxruntime()
        self._session = session
        self._binding = session.io_binding()
        self._host: dict[str, NDArray[np.generic]] = {}
        self._there: dict[str, Any] = {}
        for name, rows in inputs.items():
            host = np.zeros((size, *rows.shape[1:]), dtype=rows.dtype)
            there = ort.OrtValue.ortvalue_from_shape_and_type(
                host.shape, host.dtype.type, device, 0
            )
            self._binding.bind_ortvalue_input(name, there)
            self._host[name], self._there[name] = host, there
        for name in outputs:
            self._binding.bind_output(name)
        if device == "cuda":
            lock_pages(self, list(self._host.values()), cuda_runtime(ort))

    def fit(self, inputs: Arrays, size: int) -> bool:
        """Tell whether a batch of these inputs has the shapes that the buffers have."""
        return all(
            (size, *rows.shape[1:]) == self._host[name].shape
            and rows.dtype == self._host[name].dtype
            for name, rows in inputs.items()
        )

    def run(self, inputs: Arrays) -> list[NDArray[Any]]:
        """Run a batch, at most as large as the buffers, and return its outputs, filled up."""
        for name, rows in inputs.items():
            host = self._host[name]
            host[: len(rows)] = rows
            host[len(rows) :] = 0
            self._there[name].update_inplace(host)  # waits until the copy has arrived
        self._session.run_with_iobinding(self._binding)
        found: list[NDArray[Any]] = self._binding.copy_outputs_to_cpu()
        return found


def cuda_runtime(ort: Any) -> Any:  # noqa: ANN401 - as above
    """Return the CUDA runtime that ONNX Runtime uses; None where it cannot be loaded by name."""
    try:
        return ctypes.CDLL(CUDA_LIBRARIES[0].format(cuda_major(ort)))
    except OSError:
        return None


def lock_pages(
    owner: object,
    arrays: Sequence[NDArray[np.generic]],
    runtime: Any,  # noqa: ANN401 - what ctypes loaded, or None
) -> None:
    """Lock the memory of arrays for as long as their owner lives; do without where it fails.

    Copies between locked memory and a CUDA device need no second copy by the driver (CUDA
    Runtime API, ``cudaHostRegister``). It has to be unlocked before it is freed, so the arrays
    are kept until then.
    """
    for array in arrays:
        at, size = ctypes.c_void_p(array.ctypes.data), ctypes.c_size_t(array.nbytes)
        if runtime is not None and runtime.cudaHostRegister(at, size, 0) == 0:
            weakref.finalize(owner, _unlock_pages, runtime, array).atexit = False


def _unlock_pages(runtime: Any, array: NDArray[np.generic]) -> None:  # noqa: ANN401 - as above
    runtime.cudaHostUnregister(ctypes.c_void_p(array.ctypes.data))
