import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("krippendorff")
BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "agreement.py"


def run(data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, BENCHMARK, data], capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_it_names_the_files_that_it_lacks(tmp_path: Path) -> None:
    found = run(tmp_path)
    assert found.returncode == 2
    for file in ("cifar10n-dev-truth.parquet", "cifar10n.parquet", "raters.npz", "cifar10h"):
        assert f"not measured, {file}" in found.stderr


@pytest.mark.slow
def test_what_is_there_is_measured(tmp_path: Path) -> None:
    answers = np.zeros((5, 40, 3), dtype=np.int8)
    answers[:, np.arange(40), np.arange(40) % 3] = 1
    np.savez(tmp_path / "golden.npz", scores=answers, ids=np.arange(5))
    np.save(tmp_path / "cifar10h-counts.npy", 5 * np.eye(10, dtype=np.int64).repeat(6, axis=0))
    found = run(tmp_path)
    assert found.returncode == 0, found.stderr
    assert "| ReaL, experts | alpha | 1 | 0.732154 |" in found.stdout
    assert "| CIFAR-10H | all agree | 1 | 0.4393 |" in found.stdout
