"""Running a session on any number of inputs, always so many at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.session import CPU
from labelaudit.errors import ModelError

GPU_BATCH = 32

Arrays = Mapping[str, NDArray[np.generic]]


class Runner:
    """A session, the outputs wanted of it, and how many inputs it is given together.

    Kernels round differently for batches of different sizes, and an image must have the same
    embedding whatever is embedded beside it: the session is always run on `batch_size` inputs,
    the last batch filled up with zeros. It may be called from several threads.

    Parameters
    ----------
    session
        An ONNX Runtime session.
    outputs
        Names of the outputs that are wanted.
    batch_size
        As many inputs as the graph is fixed to; 0 when it takes any number, then one on the CPU,
        where more is no faster, and `GPU_BATCH` elsewhere.
    """

    def __init__(
        self,
        session: Any,  # noqa: ANN401 - onnxruntime is not typed
        outputs: Sequence[str],
        batch_size: int = 0,
    ) -> None:
        self._session = session
        self._outputs = list(outputs)
        self.provider: str = session.get_providers()[0]
        self.batch_size = batch_size or (1 if self.provider == CPU else GPU_BATCH)

    def run(self, inputs: Arrays) -> list[NDArray[Any]]:
        """Return the wanted outputs, each with one row an input.

        Parameters
        ----------
        inputs
            Arrays by the name of the session's input, all with the same number of rows.

        Raises
        ------
        ModelError
            When the session fails, or an output does not have one row an input.
        """
        n = len(next(iter(inputs.values())))
        parts = []
        for start in range(0, n, self.batch_size):
            batch = {
                name: _filled(rows[start : start + self.batch_size], self.batch_size)
                for name, rows in inputs.items()
            }
            try:
                found = self._session.run(self._outputs, batch)
            except Exception as error:
                raise ModelError(f"the model failed on a batch: {error}") from error
            self._check(found)
            parts.append([out[: n - start] for out in found])
        return [np.concatenate(of_one) for of_one in zip(*parts, strict=True)]

    def _check(self, found: Sequence[object]) -> None:
        """Raise when an output of a batch is not one row of numbers an input."""
        for name, out in zip(self._outputs, found, strict=True):
            if not isinstance(out, np.ndarray) or out.dtype.kind not in "fiu":
                what = out.dtype if isinstance(out, np.ndarray) else type(out).__name__
            elif not out.ndim or len(out) != self.batch_size:
                what = f"of shape {out.shape} for {self.batch_size} images"
            else:
                continue
            raise ModelError(
                f"output {name!r} is {what}; one vector an image is wanted",
                hint="declare an output of two axes, such as the one before the classifier",
            )


def _filled(rows: NDArray[np.generic], size: int) -> NDArray[np.generic]:
    """Return rows followed by as many of zeros as make up a batch."""
    if len(rows) == size:
        return rows
    filler = np.zeros((size - len(rows), *rows.shape[1:]), dtype=rows.dtype)
    return np.concatenate([rows, filler])
