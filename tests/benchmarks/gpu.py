"""How fast a device embeds, alone and in a scan's pipeline, and how near the CPU it comes.

Run ``python tests/benchmarks/gpu.py --device cuda`` on a machine with a GPU; it needs no data and
no network. ViT-S/14 and ResNet-50 with random weights are run in float32 and float16 on made
images of 500 x 375 pixels, as JPEG and already decoded. Each row has images a second of

- ``plain``: the session itself, given arrays;
- ``bound``: the same arrays through the buffers that a scan uses;
- ``read``: reading, decoding and resizing, without a model;
- ``scan``: reading and embedding as a scan does, into an empty store;

then the share that ``scan`` reaches of the slower of ``bound`` and ``read``, and the largest
distance to an embedding of the CPU's as a share of its length. With a CPU as the device both share
its processors, so the share cannot come near 1; ``--images 32`` shows that the script works.
"""

import argparse
import io
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from architectures import DType, resnet50, vit_s14
from numpy.typing import NDArray
from PIL import Image
from pipeline import decode_all, embed_all, run_all, timed

from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings.models.model import Model, load_model, run_model
from labelaudit.embeddings.runtime.run import AGREEMENT
from labelaudit.embeddings.runtime.session import Device, make_session

MODELS: dict[str, Callable[[Path, DType], Path]] = {"vit_s14": vit_s14, "resnet50": resnet50}
DTYPES: tuple[DType, ...] = ("float32", "float16")
N_DIFFERENT = 64
N_COMPARED = 16
WIDTH, HEIGHT = 500, 375
ROW = "{:9} {:8} {:>7} {:>5} {:>8} {:>8} {:>8} {:>8} {:>7} {:>9}"


class MadeImages:
    """A few encoded images over and over, each time with other bytes at the end."""

    def __init__(self, encoded: list[bytes], n_replaced: int) -> None:
        self._encoded = encoded
        self._n_replaced = n_replaced

    def read(self, item: int) -> bytes:
        """Return one image; its last pixels, or what follows the image, are its number."""
        data = self._encoded[item % len(self._encoded)]
        return data[: len(data) - self._n_replaced] + item.to_bytes(8, "little")


def made_images(kind: str) -> MadeImages:
    """Return smooth images with some noise, as JPEG or as pixels."""
    rng = np.random.default_rng(0)
    encoded = []
    for _ in range(N_DIFFERENT):
        coarse = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
        smooth = np.asarray(
            Image.fromarray(coarse).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
        )
        noisy = smooth.astype(np.int16) + rng.integers(-12, 13, smooth.shape, dtype=np.int16)
        out = io.BytesIO()
        image = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
        image.save(out, "JPEG" if kind == "jpeg" else "PPM", quality=90)
        encoded.append(out.getvalue())
    return MadeImages(encoded, 0 if kind == "jpeg" else 8)


def dataset_of(kind: str, n: int) -> Dataset:
    """Return a dataset of made images."""
    return Dataset(
        name=kind,
        task="multiclass",
        class_names=("one",),
        paths=pa.array([str(item) for item in range(n)], type=pa.large_string()),
        labels=np.zeros(n, dtype=np.int32),
        splits=np.full(n, -1, dtype=np.int32),
        media=made_images(kind),
        source=Source(format="made", why=(), found=n),
    )


def inputs_of(model: Model, n: int) -> NDArray[np.generic]:
    """Return inputs of a model that are noise around zero."""
    noise = np.random.default_rng(1).normal(size=(n, *model.preprocessing.shape))
    return noise.astype(model.preprocessing.dtype)


def apart(path: Path, model: Model) -> float:
    """Return the largest distance to an embedding of the CPU's, as a share of its length."""
    inputs = inputs_of(model, N_COMPARED)
    expected = run_model(load_model(path, "cpu"), inputs).astype(np.float64)
    found = run_model(model, inputs).astype(np.float64)
    lengths = np.linalg.norm(expected, axis=1)
    return float((np.linalg.norm(found - expected, axis=1) / lengths).max())


def measure(path: Path, device: Device, n_images: int, n_threads: int) -> list[list[str]]:
    """Return a row for images as JPEG, and one for decoded ones."""
    model = load_model(path, device)
    wanted, size = model.preprocessing, model.runner.batch_size
    inputs = inputs_of(model, size)
    session = make_session(path, device)
    session.run([wanted.output], {wanted.input: inputs})
    n_batches = -(-n_images // size)
    n = n_batches * size
    callers = n_threads if device == "cpu" else 2
    plain = timed(
        n,
        partial(
            run_all,
            lambda _: session.run([wanted.output], {wanted.input: inputs}),
            n_batches,
            size,
            callers,
        ),
    )
    bound = timed(
        n,
        partial(
            run_all,
            lambda _: model.runner.run({wanted.input: inputs}),
            n_batches,
            size,
            callers,
        ),
    )
    difference = apart(path, model)
    rows = []
    for kind in ("jpeg", "decoded"):
        dataset = dataset_of(kind, n)
        read = timed(n, partial(decode_all, dataset, model, range(n), n_threads))
        scan = timed(n, partial(embed_all, dataset, model, n_threads))
        share = scan.rate / min(bound.rate, read.rate)
        rates = [f"{cost.rate:,.1f}" for cost in (plain, bound, read, scan)]
        rows.append([wanted.dtype, kind, str(size), *rates, f"{share:.0%}", f"{difference:.1e}"])
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda", choices=("cpu", "cuda", "tensorrt"))
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=MODELS)
    parser.add_argument("--dtypes", nargs="+", default=DTYPES, choices=DTYPES)
    said = parser.parse_args()
    print(f"{said.device}, {said.threads} threads, tolerance in float32 {AGREEMENT:.1e}")
    columns = ("dtype", "images", "batch", "plain", "bound", "read", "scan", "reached", "apart")
    print(ROW.format("model", *columns))
    with tempfile.TemporaryDirectory() as folder:
        for name in said.models:
            for dtype in said.dtypes:
                path = MODELS[name](Path(folder, f"{name}.onnx"), dtype)
                for row in measure(path, said.device, said.images, said.threads):
                    print(ROW.format(name, *row), flush=True)


if __name__ == "__main__":
    main()
