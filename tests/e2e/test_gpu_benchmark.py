"""The benchmark of a GPU works, as far as a CPU can tell."""

import subprocess
import sys
from pathlib import Path

import pytest

SMALL = ("--device", "cpu", "--images", "2", "--threads", "1", "--models", "resnet50")
SCRIPT = Path(__file__).parents[1] / "benchmarks" / "gpu.py"


@pytest.mark.slow
def test_the_benchmark_of_a_gpu_measures_a_cpu() -> None:
    run = subprocess.run(
        [sys.executable, SCRIPT, *SMALL],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr
    rows = [line.split() for line in run.stdout.splitlines()[2:]]
    assert [row[:3] for row in rows] == [
        ["resnet50", dtype, images]
        for dtype in ("float32", "float16")
        for images in ("jpeg", "decoded")
    ]
    assert all(float(rate) > 0 for row in rows for rate in row[4:8])
    assert {row[-1] for row in rows} == {"0.0e+00"}
