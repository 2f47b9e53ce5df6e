"""What users would otherwise write, beside labelaudit: time, memory, and the same embeddings.

Run ``python tests/benchmarks/side_by_side.py [--python OTHER/bin/python]``, where ``OTHER`` has
fastembed, and torch with onnxruntime. Each of these embeds the same JPEGs with the same ONNX file
in a process of its own, with as many threads:

* labelaudit: the reading half of a scan, into an empty store, which is written; it also hashes
  every file, and looks at its size;
* fastembed: its image path (Pillow, its own transforms, one session), told ``threads``;
* a torch ``DataLoader`` (Pillow, numpy) and a session, in three ways, as it is for the user to
  choose: a worker a thread beside a session of one thread; one worker, or none, beside a session
  of all threads that do not spin while they wait.

Seconds are from the first image to the last embedding, without imports and loading the model;
starting a peer's threads or workers is inside. CPU seconds are those of the same stretch, of the
process and of its workers. Memory is of the whole process and its workers, imports and model
included: the peak of the proportional set size, in which what they share counts once. Every round
runs all of them in turn, and the table has the medians of the rounds. The cosine to labelaudit's
embeddings says whether the same was computed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

BATCH = 32
SAMPLED_EVERY = 0.1


@dataclass(frozen=True)
class Cost:
    """What one of them took, and where its embeddings are; or why it did not run."""

    seconds: float = 0
    cpu: float = 0
    peak_mb: float = 0
    vectors: Any = None
    why_not: str = ""


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return the seconds and CPU seconds of some work, ended workers included, and its result."""
    used, started = os.times()[:4], time.perf_counter()
    result = work()
    return time.perf_counter() - started, sum(os.times()[:4]) - sum(used), result


def with_labelaudit(model: Path, images: list[Path], threads: int) -> tuple[float, float, Any]:
    """Embed as a scan does."""
    from threadpoolctl import threadpool_limits

    from labelaudit.embeddings.content import read_content, store_for
    from labelaudit.embeddings.models.model import load_model
    from labelaudit.manifests import open_dataset
    from labelaudit.progress import silent

    loaded = load_model(model, "cpu")
    dataset = open_dataset(images[0].parents[1])
    with threadpool_limits(1), tempfile.TemporaryDirectory(dir=model.parent) as cache:
        store = store_for(Path(cache), loaded)
        seconds, cpu, (_, embedded, _) = timed(
            lambda: read_content(dataset, loaded, store, n_threads=threads, progress=silent)
        )
        assert embedded is not None
        return seconds, cpu, np.array(embedded.vectors)


def with_fastembed(model: Path, images: list[Path], threads: int) -> tuple[float, float, Any]:
    """Embed by fastembed's class for images, told what the model's declaration says."""
    from fastembed.common.model_description import (  # type: ignore[import-not-found]
        DenseModelDescription,
        ModelSource,
    )
    from fastembed.image.onnx_embedding import (  # type: ignore[import-not-found]
        OnnxImageEmbedding,
    )

    said = declaration(model)
    write_processor(model.parent, said)

    class Local(OnnxImageEmbedding):  # type: ignore[misc]
        """One that takes its model from a folder."""

        def _get_model_description(self, name: str) -> Any:  # noqa: ANN401 - not installed here
            return DenseModelDescription(
                model=name,
                sources=ModelSource(hf="none"),
                model_file=model.name,
                description="",
                license="",
                size_in_GB=0,
                dim=1,
            )

        def _preprocess_onnx_input(self, onnx_input: Any, **_: Any) -> Any:  # noqa: ANN401 - as above
            ((name, batch),) = onnx_input.items()
            batch = batch.transpose(0, 2, 3, 1) if said["layout"] == "NHWC" else batch
            return {name: np.ascontiguousarray(batch, dtype=said["dtype"])}

    embedder = Local("local", threads=threads, specific_model_path=str(model.parent))
    names = [str(image) for image in images]
    return timed(lambda: np.stack(list(embedder.embed(names, batch_size=BATCH))))


def with_dataloader(
    model: Path, images: list[Path], threads: int, *, n_workers: int | None
) -> tuple[float, float, Any]:
    """Embed by the loop that people write; None is a worker a thread, and a session of one."""
    import onnxruntime as ort
    import PIL.Image  # noqa: F401 - so that the workers have it
    from torch.utils.data import DataLoader  # type: ignore[import-not-found]

    said = declaration(model)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1 if n_workers is None else threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    loader = DataLoader(
        Prepared(images, said),
        batch_size=BATCH,
        num_workers=threads if n_workers is None else n_workers,
        collate_fn=np.stack,
    )

    def embed() -> Any:  # noqa: ANN401 - an array
        batches = [session.run([said["output"]], {said["input"]: batch})[0] for batch in loader]
        return np.concatenate(batches)

    return timed(embed)


WAYS: dict[str, Callable[[Path, list[Path], int], tuple[float, float, Any]]] = {
    "labelaudit": with_labelaudit,
    "fastembed": with_fastembed,
    "workers N, session 1": partial(with_dataloader, n_workers=None),
    "workers 1, session N": partial(with_dataloader, n_workers=1),
    "workers 0, session N": partial(with_dataloader, n_workers=0),
}


@dataclass(frozen=True)
class Prepared:
    """Images as a model's inputs: resized by the shorter side, cut in the middle, normalized."""

    images: list[Path]
    said: dict[str, Any]

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, item: int) -> Any:  # noqa: ANN401 - an array
        from PIL import Image

        said, size = self.said, self.said["size"][0]
        image = Image.open(self.images[item]).convert("RGB")
        scale = (said["resize_to"] or size) / min(image.size)
        small = (int(image.width * scale + 1e-6), int(image.height * scale + 1e-6))
        image = image.resize(small, Image.Resampling[said["interpolation"].upper()])
        left, top = (image.width - size) // 2, (image.height - size) // 2
        pixels = np.asarray(image.crop((left, top, left + size, top + size)))
        if said["dtype"] != "uint8":
            scaled = pixels.astype(np.float32) * said["scale"] - np.float32(said["mean"])
            pixels = (scaled / np.float32(said["std"])).astype(said["dtype"])
        return pixels.transpose(2, 0, 1) if said["layout"] == "NCHW" else pixels


def declaration(model: Path) -> dict[str, Any]:
    """Return the model's declaration, as it lies beside it."""
    said: dict[str, Any] = json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))
    return said


def write_processor(folder: Path, said: dict[str, Any]) -> None:
    """Write the declaration in the words of Hugging Face's processors, which fastembed reads."""
    plain = said["dtype"] == "uint8"
    words = {
        "image_processor_type": "CLIPImageProcessor",
        "do_resize": True,
        "size": {"shortest_edge": said["resize_to"] or min(said["size"])},
        "resample": {"bilinear": 2, "bicubic": 3, "box": 4, "nearest": 0}[said["interpolation"]],
        "do_center_crop": True,
        "crop_size": {"width": said["size"][0], "height": said["size"][1]},
        "do_rescale": not plain,
        "rescale_factor": said["scale"],
        "do_normalize": not plain,
        "image_mean": said["mean"],
        "image_std": said["std"],
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(words), encoding="utf-8")


def write_images(folder: Path, n_images: int, size: tuple[int, int]) -> None:
    """Write photographs of a kind: smooth shapes under fine noise, so JPEG works as on photos."""
    from PIL import Image

    (folder / "one").mkdir(parents=True)
    y, x = np.mgrid[: size[1], : size[0]]
    for number in range(n_images):
        rng = np.random.default_rng(number)
        waves = [
            128 + 90 * np.sin(x / rng.uniform(8, 60) + y / rng.uniform(8, 60)) for _ in range(3)
        ]
        noisy = np.stack(waves, axis=-1) + rng.normal(0, 12, (size[1], size[0], 1))
        image = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
        image.save(folder / "one" / f"{number:06}.jpg", quality=90)


def copy_model(name: str, folder: Path) -> Path:
    """Put the model and its declaration in a folder of its own."""
    folder.mkdir()
    if name == "vit_s14":
        from architectures import vit_s14

        vit_s14(folder / "vit_s14.onnx", "float32")
        return folder / "vit_s14.onnx"
    from labelaudit.embeddings.builtin import BUILTIN

    source = BUILTIN if name == "builtin" else Path(name)
    for file in (source, source.with_suffix(".json")):
        shutil.copy(file, folder / file.name)
    return folder / source.name


def processes(root: int) -> Iterator[int]:
    """Yield a process and all that it started."""
    yield root
    children = Path(f"/proc/{root}/task/{root}/children")
    for child in children.read_text().split() if children.exists() else ():
        yield from processes(int(child))


def memory_mb(root: int) -> float:
    """Return the proportional set size of a process and all that it started."""
    total = 0.0
    for process in processes(root):
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
        except OSError:  # it has just ended
            continue
        total += sum(float(row.split()[1]) for row in text.splitlines() if row[:4] == "Pss:")
    return total / 1024


def run(peer: str, python: str, model: Path, images: Path, threads: int) -> Cost:
    """Run one of them in a process of its own, and watch it."""
    out = model.parent / f"{peer}.npz"
    command = [python, __file__, "--child", peer, "--out", str(out), "--threads", str(threads)]
    with (model.parent / "err.txt").open("w+") as err:
        child = subprocess.Popen([*command, str(model), str(images)], stderr=err)
        peak = 0.0
        while (done := os.wait4(child.pid, os.WNOHANG))[0] == 0:
            peak = max(peak, memory_mb(child.pid))
            time.sleep(SAMPLED_EVERY)
        child.returncode = os.waitstatus_to_exitcode(done[1])
        err.seek(0)
        if child.returncode:
            return Cost(why_not=(err.read().strip().splitlines() or ["no word"])[-1])
    found = np.load(out)
    return Cost(float(found["seconds"]), float(found["cpu"]), peak, found["vectors"])


def cosine(some: Any, others: Any) -> float:  # noqa: ANN401 - arrays
    """Return the mean cosine of embeddings of the same images."""
    unit = [v / np.linalg.norm(v, axis=1, keepdims=True) for v in (some, others)]
    return float((unit[0] * unit[1]).sum(axis=1).mean())


def child(said: argparse.Namespace) -> None:
    """Embed the images in one way, and leave the time and the embeddings."""
    images = sorted(said.paths[1].glob("*/*.jpg"))
    seconds, cpu, vectors = WAYS[said.child](said.paths[0], images, said.threads)
    np.savez(said.out, seconds=seconds, cpu=cpu, vectors=np.asarray(vectors, dtype=np.float32))


def table(said: argparse.Namespace, folder: Path) -> None:
    """Run all of them in turn, and print a line for each."""
    write_images(folder / "images", said.images, tuple(said.size))
    for name in said.model:
        model = copy_model(name, folder / f"model {Path(name).stem}")
        print(
            f"\n{model.name}, {said.images} JPEGs of {said.size[0]} x {said.size[1]},"
            f" N = {said.threads} threads, medians of {said.rounds} rounds; seconds and CPU"
            " without imports and loading"
        )
        costs: dict[str, list[Cost]] = {peer: [] for peer in WAYS}
        for _ in range(said.rounds):
            for peer, rounds in costs.items():
                python = sys.executable if peer == "labelaudit" else said.python
                rounds.append(run(peer, python, model, folder / "images", said.threads))
        print_table(costs, said.images)


def print_table(costs: dict[str, list[Cost]], n_images: int) -> None:
    """Print a line of medians for each, and which of the loader's ways was the fastest."""
    print(f"{'':<21}{'seconds':>8}{'images/s':>10}{'CPU s':>8}{'peak MB':>9}{'time':>7}", end="")
    print(f"{'memory':>8}{'cosine':>9}")
    middle: dict[str, Cost] = {}
    for peer, rounds in costs.items():
        if reasons := [cost.why_not for cost in rounds if cost.why_not]:
            print(f"{peer:<21}not run: {reasons[0]}")
            continue
        middle[peer] = cost = Cost(
            median(cost.seconds for cost in rounds),
            median(cost.cpu for cost in rounds),
            median(cost.peak_mb for cost in rounds),
            rounds[0].vectors,
        )
        ours = middle["labelaudit"]
        print(
            f"{peer:<21}{cost.seconds:>8.2f}{n_images / cost.seconds:>10.1f}"
            f"{cost.cpu:>8.1f}{cost.peak_mb:>9.0f}{cost.seconds / ours.seconds:>6.2f}x"
            f"{cost.peak_mb / ours.peak_mb:>7.2f}x{cosine(cost.vectors, ours.vectors):>9.5f}"
        )
    if loaders := [peer for peer in middle if peer.startswith("workers")]:
        print("the loader's best:", min(loaders, key=lambda peer: middle[peer].seconds))


def main() -> None:
    """Print a table for each model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--child", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--python", default=sys.executable, help="Python that has the others.")
    parser.add_argument("--model", nargs="+", default=["builtin", "vit_s14"])
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--size", type=int, nargs=2, default=(500, 375))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    said = parser.parse_args()
    if said.child:
        child(said)
        return
    with tempfile.TemporaryDirectory() as folder:
        table(said, Path(folder))


if __name__ == "__main__":
    main()
