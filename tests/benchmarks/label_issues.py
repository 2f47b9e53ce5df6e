"""Selection of label issues, beside cleanlab: the same flags, seconds of CPU, and memory.

Run ``python tests/benchmarks/label_issues.py [--rounds 2] [--quick]`` with the extra ``bench``
installed. Probabilities are made up, in single precision: 10 % of the labels are wrong. Each call
runs in a process of its own, with one thread for linear algebra, and the two tools take turns.

* In memory, at 50,000 x 10, 50,000 x 1000 and 500,000 x 10: ``labelaudit.find_label_issues`` with
  ``rule="argmax"`` beside ``cleanlab.filter.find_label_issues`` with ``n_jobs=1``, which is how it
  takes least CPU. Equal means equal masks.
* From a memory map, at 1,000,000 x 100: labelaudit by the same rules, beside the same of cleanlab
  and beside ``find_label_issues_batched``, made to save memory, which flags by another rule.

CPU seconds are those of the call, without imports. Extra memory is the peak of the resident set
during the call less the resident set before it, and, for NumPy's arrays alone, what
``tracemalloc`` says in another process; both are printed as parts of the probabilities' size.
The peak of a process is of all of it: interpreter, imports, and pages of the memory map. The
figures are medians over the rounds. Linux only.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIZES = ((50_000, 10), (50_000, 1000), (500_000, 10))
MAPPED = (1_000_000, 100)
FILTERS = (
    "prune_by_noise_rate",
    "prune_by_class",
    "both",
    "confident_learning",
    "predicted_neq_given",
    "low_self_confidence",
    "low_normalized_margin",
)
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def make(folder: Path, n: int, n_classes: int) -> None:
    """Write labels, of which a tenth is wrong, and probabilities of a model that is often right."""
    rng = np.random.default_rng(n + n_classes)
    true = rng.integers(0, n_classes, n)
    labels = np.where(rng.random(n) < 0.1, rng.integers(0, n_classes, n), true)
    np.save(folder / "labels.npy", labels)
    probs = np.lib.format.open_memmap(
        folder / "probs.npy", mode="w+", dtype=np.float32, shape=(n, n_classes)
    )
    for start in range(0, n, 10_000):
        part = rng.standard_normal((min(10_000, n - start), n_classes), dtype=np.float32)
        part[np.arange(len(part)), true[start : start + len(part)]] += 3 + np.log(n_classes) / 2
        np.exp(1.5 * part, out=part)
        probs[start : start + len(part)] = part / part.sum(axis=1, keepdims=True)
    probs.flush()


def finder(tool: str, filter_by: str) -> Callable[..., Any]:
    """Return a function of labels and probabilities, or of the paths of a memory map."""
    if tool == "labelaudit":
        from labelaudit import find_label_issues as find

        return lambda labels, probs: find(labels, probs, filter_by=filter_by, rule="argmax")  # type: ignore[call-overload]
    import warnings

    warnings.simplefilter("ignore")
    if tool == "batched":
        from cleanlab.experimental.label_issues_batched import find_label_issues_batched

        return lambda labels, probs: find_label_issues_batched(
            labels, probs, n_jobs=1, verbose=False
        )
    from cleanlab.filter import find_label_issues as theirs

    return lambda labels, probs: theirs(labels, probs, filter_by=filter_by, n_jobs=1)


def resident(key: str) -> float:
    """Return a line of the process's memory, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) / 1024


def measure(folder: Path, tool: str, filter_by: str, how: str) -> dict[str, Any]:
    """Make one call in this process and say what it took."""
    labels = np.load(folder / "labels.npy")
    is_mapped = how == "mapped"
    probs: NDArray[np.float32] = np.load(folder / "probs.npy", mmap_mode="r" if is_mapped else None)
    find = finder(tool, filter_by)
    find(labels[:200] % 2, np.full((200, 2), 0.5, dtype=np.float32))  # what is loaded at first use
    if how == "traced":
        tracemalloc.start()
        find(labels, probs)
        return {"traced": tracemalloc.get_traced_memory()[1] / 2**20}
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak until now
    started = time.process_time()
    flags = find(labels, probs)
    used = time.process_time() - started
    return {
        "cpu": used,
        "extra": resident("VmHWM") - before,
        "peak": resident("VmHWM"),
        "flags": hashlib.sha256(np.asarray(flags).tobytes()).hexdigest(),
    }


def apart(folder: Path, tool: str, filter_by: str, how: str) -> dict[str, Any]:
    """Make one call in a process of its own."""
    command = [sys.executable, __file__, "--call", str(folder), tool, filter_by, how]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | ONE_THREAD
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(folder: Path, size: tuple[int, int], filters: tuple[str, ...], rounds: int) -> None:
    """Print a line a rule: ratios of CPU and memory, and whether the flags are equal."""
    make(folder, *size)
    input_mb = size[0] * size[1] * 4 / 2**20
    for filter_by in filters:
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(apart(folder, "labelaudit", filter_by, "loaded"))
            theirs.append(apart(folder, "cleanlab", filter_by, "loaded"))
        traced = [apart(folder, tool, filter_by, "traced") for tool in ("labelaudit", "cleanlab")]
        cpu = [median(call["cpu"] for call in calls) for calls in (ours, theirs)]
        extra = [median(call["extra"] for call in calls) for calls in (ours, theirs)]
        equal = "equal" if ours[0]["flags"] == theirs[0]["flags"] else "DIFFERENT"
        print(
            f"{size[0]:>9,} x {size[1]:<5} {filter_by:22} {cpu[0]:7.3f} {cpu[1]:8.3f} "
            f"{cpu[1] / cpu[0]:7.1f}x "
            f"{traced[0]['traced'] / input_mb:9.2f} {traced[1]['traced'] / input_mb:8.2f} "
            f"{extra[0] / input_mb:9.2f} {extra[1] / input_mb:8.2f}   {equal}",
            flush=True,
        )


def compare_mapped(folder: Path, size: tuple[int, int], filters: tuple[str, ...]) -> None:
    """Print what a memory map takes: peak memory of the whole process, and CPU seconds."""
    make(folder, *size)
    print(f"\nmemory map of {size[0]:,} x {size[1]}, {size[0] * size[1] * 4 / 2**20:.0f} MB")
    print(f"{'rule':22} {'tool':12} {'CPU s':>6} {'peak MB':>8}")
    for filter_by in filters:
        for tool in ("labelaudit", "cleanlab"):
            call = apart(folder, tool, filter_by, "mapped")
            print(f"{filter_by:22} {tool:12} {call['cpu']:6.2f} {call['peak']:8.0f}", flush=True)
    call = apart(folder, "batched", "", "mapped")
    print(f"{'its own':22} {'batched':12} {call['cpu']:6.2f} {call['peak']:8.0f}")


def main() -> None:
    """Print the tables, or make the one call that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=2, help="calls of each tool")
    parser.add_argument("--quick", action="store_true", help="two rules, and no memory map")
    parser.add_argument("--call", nargs=4, metavar=("FOLDER", "TOOL", "RULE", "HOW"))
    asked = parser.parse_args()
    if asked.call:
        folder, tool, filter_by, how = asked.call
        print(json.dumps(measure(Path(folder), tool, filter_by, how)))
        return
    filters = FILTERS[:1] + FILTERS[3:4] if asked.quick else FILTERS
    print(f"{'':42}  CPU seconds{'':11} arrays / input   resident / input")
    print(f"{'size':17} {'rule':22}  ours cleanlab   ratio      ours cleanlab      ours cleanlab")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            compare(Path(folder), size, filters, asked.rounds)
    if not asked.quick:
        with tempfile.TemporaryDirectory() as folder:
            compare_mapped(Path(folder), MAPPED, FILTERS)


if __name__ == "__main__":
    main()
