"""A scan that is killed goes on where it was, and ends with the same report."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

N_IMAGES = 9000


def make_images(folder: Path) -> None:
    rng = np.random.default_rng(0)
    tint = rng.integers(0, 200, (3, 3))
    for at in range(N_IMAGES):
        path = folder / f"class {at % 3}" / f"{at:05}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = tint[at % 3] + rng.integers(0, 55, (16, 16, 3))
        Image.fromarray(pixels.astype(np.uint8)).save(path)


def start(where: Path, output: str, cache: str) -> "subprocess.Popen[bytes]":
    arguments = ["scan", "data", "-o", output, "--cache", cache, "--quiet"]
    return subprocess.Popen(
        [sys.executable, "-m", "labelaudit", *arguments],
        cwd=where,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def report(where: Path, output: str) -> dict[str, dict[str, object]]:
    loaded: dict[str, dict[str, object]] = json.loads((where / output / "report.json").read_text())
    return loaded


@pytest.mark.slow
def test_a_killed_scan_resumes_and_reports_the_same(tmp_path: Path) -> None:
    make_images(tmp_path / "data")
    assert start(tmp_path, "whole", "cache one").wait() == 0
    killed = start(tmp_path, "resumed", "cache two")
    deadline = time.monotonic() + 120
    while not list((tmp_path / "cache two").rglob("*.facts.npy")):
        assert killed.poll() is None, "the scan ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert not (tmp_path / "resumed" / "report.json").exists()
    assert start(tmp_path, "resumed", "cache two").wait() == 0
    whole, resumed = report(tmp_path, "whole"), report(tmp_path, "resumed")
    known = resumed.pop("run")["n_from_cache"]
    assert isinstance(known, int)
    assert 0 < known < N_IMAGES
    whole.pop("run")
    assert whole == resumed
