"""How much of the hardware's speed a scan's reading and embedding reaches.

Run ``python tests/benchmarks/pipeline.py DATA [--model builtin | vit_s14 | FILE.onnx]``. In every
round the same images are decoded alone (read, decoded, resized; in tasks as the pipeline's are),
run alone through a raw session (prepared inputs, as many at a time as the pipeline takes), and read
by the pipeline into an empty store; each in the same number of threads. Where one device does
both, as on a CPU, a pipeline cannot be faster than the shared floor, 1 / (1 / decode + 1 /
session); where the session has a device of its own, than the slower of the two. Each round is
judged by its own parts; the last line has the medians of the rounds. Processor time is beside the
rates, as a busy machine does not change it much.
"""

import argparse
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np
from architectures import vit_s14
from threadpoolctl import threadpool_limits

from labelaudit.dataset import Dataset
from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.content import read_content, store_for
from labelaudit.embeddings.images.decode import decode
from labelaudit.embeddings.images.preprocessing import fit
from labelaudit.embeddings.models.model import Model, load_model
from labelaudit.embeddings.pipeline import CHUNK
from labelaudit.embeddings.runtime.session import Device, make_session
from labelaudit.manifests import open_dataset
from labelaudit.progress import silent

N_INPUTS = 64


@dataclass(frozen=True)
class Cost:
    """Images a second, and milliseconds of processor time an image."""

    rate: float
    cpu: float


def first(dataset: Dataset, n_images: int) -> Dataset:
    """Return the first items of a dataset of one label an item."""
    keep = slice(None, n_images)
    return replace(
        dataset,
        paths=dataset.paths[keep],
        labels=dataset.labels[keep],
        splits=dataset.splits[keep],
        groups=None,
        annotations=None,
    )


def timed(n_images: int, work: Callable[[], object]) -> Cost:
    """Do some work on so many images."""
    wall, cpu = perf_counter(), process_time()
    work()
    return Cost(n_images / (perf_counter() - wall), 1e3 * (process_time() - cpu) / n_images)


def decode_all(dataset: Dataset, model: Model, items: range, n_threads: int) -> None:
    """Read, decode and resize images, and nothing else."""

    def some(start: int) -> None:
        assert dataset.media is not None
        for item in items[start : start + CHUNK]:
            data = dataset.media.read(item)
            image = decode(data, at_least=model.preprocessing.shortest_edge).image
            fit(image, model.preprocessing)

    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(some, range(0, len(items), CHUNK)))


def run_all(session: Callable[[int], object], n_batches: int, size: int, n_threads: int) -> None:
    """Run a session on batches, and nothing else; a task is of no fewer than ``CHUNK`` inputs."""
    step = -(-CHUNK // size)

    def some(start: int) -> None:
        for batch in range(start, min(start + step, n_batches)):
            session(batch)

    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(some, range(0, n_batches, step)))


def embed_all(dataset: Dataset, model: Model, n_threads: int) -> None:
    """Read a dataset as a scan does, into a store of its own."""
    with tempfile.TemporaryDirectory() as cache:
        store = store_for(Path(cache), model)
        read_content(dataset, model, store, n_threads=n_threads, progress=silent)


def prepared(dataset: Dataset, model: Model, path: Path, device: Device) -> Callable[[int], object]:
    """Return a raw session of a model, to be called with the number of a batch."""
    assert dataset.media is not None
    wanted, size = model.preprocessing, model.runner.batch_size
    items = range(min(dataset.n_samples, max(N_INPUTS, size)))
    inputs = np.stack([fit(decode(dataset.media.read(item)).image, wanted) for item in items])
    session = make_session(path, device)

    def run(batch: int) -> object:
        start = batch * size % (len(inputs) - size + 1)
        return session.run([wanted.output], {wanted.input: inputs[start : start + size]})

    return run


def main() -> None:
    """Print a line for each part, and what the pipeline reaches."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        path = BUILTIN if said.model == "builtin" else Path(said.model)
        if said.model == "vit_s14":
            path = Path(folder, "vit_s14.onnx")
            vit_s14(path, "float32")
        dataset = first(open_dataset(said.data), said.images)
        model = load_model(path, said.device)
        n, size = dataset.n_samples, model.runner.batch_size
        session = prepared(dataset, model, path, said.device)
        parts: dict[str, Callable[[], object]] = {
            "decode": partial(decode_all, dataset, model, range(n), said.threads),
            "session": partial(run_all, session, -(-n // size), size, said.threads),
            "pipeline": partial(embed_all, dataset, model, said.threads),
        }
        rounds = [
            {name: timed(n, work) for name, work in parts.items()} for _ in range(said.rounds)
        ]
    report(rounds, f"{said.model}: {n:,} images, {said.threads} threads, batches of {size}")


def report(rounds: list[dict[str, Cost]], title: str) -> None:
    """Print the parts and the shares of every round, and the medians."""
    print(title)
    print(f"{'':7}{'images/s':^31}{'ms of processor an image':^31}{'pipeline of the':^31}")
    parts = [f"{name:>10}" for name in rounds[0]]
    print(
        f"{'round':7}",
        *parts,
        *parts,
        *(f"{name:>10}" for name in ("slower", "floor", "floor CPU")),
    )
    table = [
        [
            *(each.rate for each in costs.values()),
            *(each.cpu for each in costs.values()),
            *shares(costs),
        ]
        for costs in rounds
    ]
    middle = [median(column) for column in zip(*table, strict=True)]
    for name, row in [*((str(at + 1), row) for at, row in enumerate(table)), ("median", middle)]:
        print(
            f"{name:7}",
            *(f"{value:10.1f}" for value in row[:3]),
            *(f"{value:10.3f}" for value in row[3:6]),
            *(f"{value:10.1%}" for value in row[6:]),
        )


def shares(costs: dict[str, Cost]) -> tuple[float, float, float]:
    """Return what the pipeline reaches of the slower part, the shared floor, and it in CPU time."""
    decoded, run, both = costs["decode"], costs["session"], costs["pipeline"]
    floor = 1 / (1 / decoded.rate + 1 / run.rate)
    slower = min(decoded.rate, run.rate)
    return both.rate / slower, both.rate / floor, (decoded.cpu + run.cpu) / both.cpu


if __name__ == "__main__":
    main()
