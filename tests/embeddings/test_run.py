import gc
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_models import node, write_model

import labelaudit.embeddings.runtime.run as run_module
from labelaudit.embeddings.runtime.buffers import Buffers, lock_pages
from labelaudit.embeddings.runtime.run import Runner, fastest_batch, is_out_of_memory
from labelaudit.embeddings.runtime.session import CPU, CUDA, make_session
from labelaudit.errors import ModelError

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(23, 3, 8, 8)).astype(np.float32)
ALLOCATION = "bfc_arena.cc:376 Failed to allocate memory for requested buffer of size 7"


class Doubling:
    """A session of one input that doubles it, with memory for so many rows."""

    def __init__(self, room: int = 10**9, message: str = ALLOCATION) -> None:
        self.room, self.message = room, message
        self.sizes: list[int] = []

    def get_providers(self) -> list[str]:
        return [CPU]

    def run(
        self, outputs: Sequence[str], inputs: Mapping[str, NDArray[np.generic]]
    ) -> list[NDArray[Any]]:
        (rows,) = inputs.values()
        self.sizes.append(len(rows))
        if len(rows) > self.room:
            raise RuntimeError(self.message)
        return [2 * rows for _ in outputs]


def runner(session: Doubling, batch_size: int) -> Runner:
    made = Runner(session, ["out"])
    made.batch_size = batch_size
    return made


@pytest.mark.parametrize("size", [1, 2, 7, 23, 64])
def test_every_batch_is_whole_and_every_row_comes_back(size: int) -> None:
    session = Doubling()
    (out,) = runner(session, size).run({"in": IMAGES})
    assert np.array_equal(out, 2 * IMAGES)
    assert set(session.sizes) == {size}
    assert len(session.sizes) == -(-23 // size)


def test_several_inputs_and_outputs_keep_their_order(tmp_path: Path) -> None:
    path = write_model(
        tmp_path / "m.onnx",
        (node("Flatten", "images", "flat", axis=1), node("Neg", "flat", "embeddings")),
    )
    session = make_session(path, "cpu")
    (first,) = Runner(session, ["embeddings"]).run({"images": IMAGES})
    assert np.array_equal(first, -IMAGES.reshape(23, -1))


def test_batch_without_memory_is_halved_for_good() -> None:
    session = Doubling(room=5)
    one = runner(session, 16)
    (out,) = one.run({"in": IMAGES})
    assert np.array_equal(out, 2 * IMAGES)
    assert session.sizes == [16, 8, 4, 4, 4, 4, 4, 4]
    one.run({"in": IMAGES[:4]})
    assert session.sizes[-1] == one.batch_size == 4


def test_two_threads_that_fail_on_one_size_halve_it_once() -> None:
    one = runner(Doubling(), 64)
    for _ in range(2):
        assert one._halve(64, RuntimeError(ALLOCATION))
    assert one.batch_size == 32


@pytest.mark.parametrize(
    ("room", "fixed", "message"),
    [(0, 0, ALLOCATION), (5, 16, ALLOCATION), (5, 0, "CUDNN_STATUS_EXECUTION_FAILED")],
)
def test_what_halving_cannot_help_is_an_error(room: int, fixed: int, message: str) -> None:
    one = Runner(Doubling(room, message), ["out"], fixed)
    one.batch_size = fixed or 16
    with pytest.raises(ModelError, match=message[-6:]):
        one.run({"in": IMAGES})


@pytest.mark.parametrize(
    ("error", "is_memory"),
    [
        (RuntimeError(ALLOCATION), True),
        (RuntimeError("CUDA failure 2: out of memory ; GPU=0"), True),
        (RuntimeError("CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED"), True),
        (RuntimeError("std::bad_alloc"), True),
        (MemoryError(), True),
        (RuntimeError("CUDA failure 700: an illegal memory access was encountered"), False),
        (ValueError("Got invalid dimensions for input"), False),
    ],
)
def test_memory_is_told_from_other_failures(error: Exception, *, is_memory: bool) -> None:
    assert is_out_of_memory(error) == is_memory


STARVED = """
import resource, sys
from pathlib import Path
import numpy as np
from labelaudit.embeddings.runtime.run import Runner
from labelaudit.embeddings.runtime.session import make_session

images = np.random.default_rng(0).normal(size=(300, 3, 64, 64)).astype(np.float32)
session = make_session(Path(sys.argv[1]), "cpu")
(one_by_one,) = Runner(session, ["embeddings"]).run({"images": images})
in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (in_use + 128 * 2**20,) * 2)
runner = Runner(session, ["embeddings"])
runner.batch_size = 256
(starved,) = runner.run({"images": images})
print(runner.batch_size, np.array_equal(one_by_one, starved), one_by_one.std() > 0)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space as Linux does")
def test_scan_outlives_a_batch_that_memory_has_no_room_for(tmp_path: Path) -> None:
    """A batch of 256 needs 256 MB for the convolution alone, and 128 MB are to be had."""
    weights = {"w": RNG.normal(size=(64, 3, 3, 3)).astype(np.float32) / 5}
    nodes = (
        node("Conv", "images", "w", "c", kernel_shape=[3, 3], pads=[1] * 4),
        node("Sigmoid", "c", "s"),
        node("GlobalAveragePool", "s", "pooled"),
        node("Flatten", "pooled", "embeddings", axis=1),
    )
    path = write_model(tmp_path / "m.onnx", nodes, shape=("n", 3, 64, 64), weights=weights)
    done = subprocess.run(
        [sys.executable, "-c", STARVED, str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    size, is_equal, varies = done.stdout.split()
    assert 1 <= int(size) < 256
    assert (is_equal, varies) == ("True", "True")


@pytest.mark.parametrize(
    ("fixed_cost", "fails_from", "best"),
    [(0.0, 10**9, 8), (0.001, 10**9, 16), (0.1, 10**9, 256), (0.1, 64, 32), (0.1, 8, 1)],
)
def test_fastest_batch_is_where_doubling_stops_to_pay(
    fixed_cost: float, fails_from: int, best: int
) -> None:
    """A batch costs something and 1 ms an input: its rate is size / (cost + size / 1000)."""
    asked = []

    def seconds(size: int) -> float:
        asked.append(size)
        if size >= fails_from:
            raise RuntimeError(ALLOCATION)
        return fixed_cost + size / 1000

    assert fastest_batch(seconds) == best
    assert asked == [8 * 2**at for at in range(len(asked))]


class OnCuda:
    """A session of the CPU that says it is on CUDA."""

    def __init__(self, session: Any) -> None:  # noqa: ANN401 - onnxruntime is not typed
        self.session = session
        self.io_binding = session.io_binding

    def get_providers(self) -> list[str]:
        return [CUDA, CPU]

    def run_with_iobinding(self, binding: Any) -> None:  # noqa: ANN401 - as above
        self.session.run_with_iobinding(binding)


@pytest.fixture
def on_cuda(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Return a runner that takes a device's way through memory, on the CPU."""
    monkeypatch.setattr(run_module, "DEVICES", {CUDA: "cpu"})
    return Runner(OnCuda(make_session(write_model(tmp_path / "m.onnx"), "cpu")), ["embeddings"])


POOLED = IMAGES.reshape(23, 3, 2, 4, 2, 4).mean(axis=(3, 5)).reshape(23, 12)


@pytest.mark.parametrize("size", [1, 8, 23, 64])
def test_bound_buffers_give_what_plain_runs_give(on_cuda: Runner, size: int) -> None:
    on_cuda.batch_size = size
    (found,) = on_cuda.run({"images": IMAGES})
    assert np.allclose(found, POOLED, atol=1e-6)
    assert found.shape == (23, 12)


def test_bound_buffers_serve_many_threads(on_cuda: Runner) -> None:
    on_cuda.batch_size = 4
    with ThreadPoolExecutor(8) as pool:
        parts = pool.map(lambda at: on_cuda.run({"images": IMAGES[at:]})[0], list(range(23)) * 4)
        for at, part in zip(list(range(23)) * 4, parts, strict=True):
            assert np.allclose(part, POOLED[at:], atol=1e-6)


def test_bound_buffers_are_made_anew_for_another_size(on_cuda: Runner) -> None:
    for size in (8, 4, 16):
        on_cuda.batch_size = size
        assert np.allclose(on_cuda.run({"images": IMAGES})[0], POOLED, atol=1e-6)


def test_failure_gives_its_buffers_back(on_cuda: Runner) -> None:
    for _ in range(run_module.N_BUFFERS + 1):
        with pytest.raises(ModelError, match="failed on a batch"):
            on_cuda.run({"images": IMAGES.astype(np.float64)})
    assert np.allclose(on_cuda.run({"images": IMAGES})[0], POOLED, atol=1e-6)


def test_warming_up_measures_on_cuda_and_leaves_other_sizes_alone(
    on_cuda: Runner, tmp_path: Path
) -> None:
    on_cuda.warm_up({"images": IMAGES[:1]})
    assert on_cuda.batch_size in {8 * 2**at for at in range(6)}
    fixed = Runner(OnCuda(make_session(write_model(tmp_path / "m.onnx"), "cpu")), ["out"], 7)
    fixed.warm_up({"images": IMAGES[:1]})
    assert fixed.batch_size == 7


def test_output_of_a_run_is_not_overwritten_by_the_next(tmp_path: Path) -> None:
    session = make_session(write_model(tmp_path / "m.onnx"), "cpu")
    buffers = Buffers(session, {"images": IMAGES[:4]}, ["embeddings"], 4, "cpu")
    (first,) = buffers.run({"images": IMAGES[:4]})
    before = first.copy()
    buffers.run({"images": IMAGES[4:8]})
    assert np.array_equal(first, before)


class Locks:
    """The two calls of the CUDA runtime that lock memory."""

    def __init__(self, result: int = 0) -> None:
        self.result = result
        self.locked: list[int | None] = []

    def cudaHostRegister(self, at: Any, _size: object, _flags: int) -> int:  # noqa: N802, ANN401 - CUDA's
        self.locked += [] if self.result else [at.value]
        return self.result

    def cudaHostUnregister(self, at: Any) -> int:  # noqa: N802, ANN401 - as above
        self.locked.remove(at.value)
        return 0


class Owner:
    """Something that can be forgotten."""


def test_locked_memory_is_unlocked_with_its_owner() -> None:
    runtime, owner = Locks(), Owner()
    arrays = [np.zeros(5), np.zeros(7)]
    lock_pages(owner, arrays, runtime)
    assert runtime.locked == [array.ctypes.data for array in arrays]
    del owner
    gc.collect()
    assert not runtime.locked


@pytest.mark.parametrize("runtime", [None, Locks(result=2)])
def test_memory_that_cannot_be_locked_is_used_as_it_is(runtime: Locks | None) -> None:
    lock_pages(Owner(), [np.zeros(5)], runtime)
    assert runtime is None or not runtime.locked
