"""The benchmark of multi-label noise works at a small size."""

import subprocess
import sys
from pathlib import Path

import pytest

SMALL = ("--kinds", "sum", "--items", "600", "--features", "16", "--labels", "5")
SCRIPT = Path(__file__).parents[1] / "benchmarks" / "multi_label_noise.py"


@pytest.mark.slow
def test_the_benchmark_of_multi_label_noise_measures_both_sides() -> None:
    run = subprocess.run(
        [sys.executable, SCRIPT, *SMALL],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    header, *lines = [line.split() for line in run.stdout.splitlines()[3:]]
    assert header[0] == "CPU"
    assert [line[0] for line in lines] == ["labelaudit", "labelaudit", "logistic", "logistic"]
    for line in lines:
        shares = [float(cell) for cell in line[-6:-1]]
        assert all(0 <= share <= 1 for share in shares)
    assert [line[-1] == "-" for line in lines] == [False, False, True, True]
