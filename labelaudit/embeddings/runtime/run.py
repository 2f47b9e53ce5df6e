"""Running a session on any number of inputs, always so many at a time."""

import re
from collections.abc import Callable, Sequence
from queue import LifoQueue
from threading import Lock
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.runtime.buffers import Arrays, Buffers, filled
from labelaudit.embeddings.runtime.session import CPU, CUDA, TENSORRT
from labelaudit.errors import ModelError

LEAST_BATCH, MOST_BATCH = 8, 256
FASTER = 1.05
DEVICE_BATCH = 64  # where none is measured
DEVICES = {CUDA: "cuda", TENSORRT: "cuda"}
N_BUFFERS = 2
AGREEMENT = 2**-10  # of a vector's length, by which a device may differ: twice the rounding of
# the float16 that embeddings are kept in, so at most their last digit changes
OUT_OF_MEMORY = re.compile(
    r"failed to allocate|out of memory|bad_alloc|ALLOC_FAILED", re.IGNORECASE
)


class Runner:
    """A session, the outputs wanted of it, and how many inputs it is given together.

    Kernels round differently for batches of different sizes, and an image must have the same
    embedding whatever is embedded beside it: the session is always run on `batch_size` inputs,
    the last batch filled up with zeros. It may be called from several threads.

    A batch for which memory runs out is halved, for good: the arenas of ONNX Runtime do not
    shrink, so what did not fit once is not tried again.

    Parameters
    ----------
    session
        An ONNX Runtime session.
    outputs
        Names of the outputs that are wanted.
    batch_size
        As many inputs as the graph is fixed to; 0 when it takes any number.

    Attributes
    ----------
    provider
        The execution provider that the session says it runs on.
    batch_size
        Inputs that are run together: one on the CPU, where more is no faster; elsewhere as many
        as `warm_up` finds to be fastest.
    """

    def __init__(
        self,
        session: Any,  # noqa: ANN401 - onnxruntime is not typed
        outputs: Sequence[str],
        batch_size: int = 0,
    ) -> None:
        self.provider: str = session.get_providers()[0]
        self.batch_size = batch_size or (1 if self.provider == CPU else DEVICE_BATCH)
        self._is_fixed = batch_size > 0
        self._session = session
        self._outputs = list(outputs)
        self._lock = Lock()
        self._buffers: LifoQueue[Buffers | None] = LifoQueue()
        for _ in range(N_BUFFERS):
            self._buffers.put(None)

    def warm_up(self, inputs: Arrays) -> None:
        """Measure with the first of some inputs how many at a time are fastest on CUDA.

        Elsewhere nothing is measured: TensorRT builds an engine for each size, which takes
        minutes, and is given `DEVICE_BATCH`.
        """
        if self.provider == CUDA and not self._is_fixed:
            self.batch_size = fastest_batch(lambda size: self._seconds(inputs, size))

    def run(self, inputs: Arrays) -> list[NDArray[Any]]:
        """Return the wanted outputs, each with one row an input.

        Parameters
        ----------
        inputs
            Arrays by the name of the session's input, all with the same number of rows, at
            least one.

        Raises
        ------
        ModelError
            When the session fails, or an output does not have one row an input.
        """
        n = len(next(iter(inputs.values())))
        parts, start = [], 0
        while start < n:
            size = self.batch_size
            batch = {name: rows[start : start + size] for name, rows in inputs.items()}
            try:
                found = self._run_batch(batch, size)
            except Exception as error:
                if self._halve(size, error):
                    continue
                no_memory = is_out_of_memory(error)
                hint = "use fewer --threads, or a larger machine" if no_memory else ""
                raise ModelError(
                    f"the model failed on a batch of {size}: {str(error) or type(error).__name__}",
                    hint=hint if self.provider == CPU else "run with --device cpu",
                ) from error
            self._check(found, size)
            parts.append([out[: n - start] for out in found])
            start += size
        return [np.concatenate(of_one) for of_one in zip(*parts, strict=True)]

    def _run_batch(self, batch: Arrays, size: int) -> list[NDArray[Any]]:
        """Run at most ``size`` inputs, filled up to as many."""
        if self.provider not in DEVICES:
            whole = {name: filled(rows, size) for name, rows in batch.items()}
            found: list[NDArray[Any]] = self._session.run(self._outputs, whole)
            return found
        buffers = self._buffers.get()
        kept = None
        try:
            if buffers is None or not buffers.fit(batch, size):
                buffers = None  # freed before others are made
                device = DEVICES[self.provider]
                buffers = Buffers(self._session, batch, self._outputs, size, device)
            found = buffers.run(batch)
            kept = buffers
            return found
        finally:
            self._buffers.put(kept)

    def _halve(self, size: int, error: Exception) -> bool:
        """Tell whether a batch that failed is worth trying again, in halves."""
        if self._is_fixed or size == 1 or not is_out_of_memory(error):
            return False
        with self._lock:  # a second thread that failed on the same size does not halve again
            self.batch_size = min(self.batch_size, size // 2)
        return True

    def _seconds(self, inputs: Arrays, size: int) -> float:
        """Return how long a batch takes, once its kernels are chosen and its memory is had."""
        batch = {name: rows[:1].repeat(size, axis=0) for name, rows in inputs.items()}
        times = []
        for _ in range(3):
            before = perf_counter()
            self._run_batch(batch, size)
            times.append(perf_counter() - before)
        return min(times)

    def _check(self, found: Sequence[object], size: int) -> None:
        """Raise when an output of a batch is not one row of numbers an input."""
        for name, out in zip(self._outputs, found, strict=True):
            if not isinstance(out, np.ndarray) or out.dtype.kind not in "fiu":
                what = out.dtype if isinstance(out, np.ndarray) else type(out).__name__
            elif not out.ndim or len(out) != size:
                what = f"of shape {out.shape} for {size} items"
            else:
                continue
            raise ModelError(
                f"output {name!r} is {what}; one vector an item is wanted",
                hint="declare an output of two axes, such as the one before the classifier",
            )


def fastest_batch(seconds: Callable[[int], float]) -> int:
    """Double a batch while that makes more inputs a second, by 5 %, and memory lasts.

    Parameters
    ----------
    seconds
        How long a batch of a size takes; raises when it does not fit memory.

    Returns
    -------
    A power of two from `LEAST_BATCH` to `MOST_BATCH`; 1 when the least does not fit.
    """
    best, rate, size = 1, 0.0, LEAST_BATCH
    while size <= MOST_BATCH:
        try:
            faster = size / seconds(size)
        except Exception:  # noqa: BLE001 - the next run says what is wrong, or needs less memory
            break
        if faster <= FASTER * rate:
            break
        best, rate, size = size, faster, 2 * size
    return best


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether an error means that memory ran out; ONNX Runtime has no type for it.

    Its arena says "Failed to allocate memory for requested buffer", CUDA "out of memory", cuBLAS
    and cuDNN "..._ALLOC_FAILED" (microsoft/onnxruntime#16307, #9939).
    """
    return isinstance(error, MemoryError) or OUT_OF_MEMORY.search(str(error)) is not None
