import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from odd import Odd
from odd_images import N_IMAGES, odd_images
from pictures import signature
from PIL import Image
from tiny_models import write_model

from labelaudit.embeddings.images.decode import (
    UnreadableError,
    decode,
    pillow_warnings_ignored,
)
from labelaudit.embeddings.images.thumbnails import SIDE, thumbnail

MAX_SECONDS = 240
MAX_RSS = 500e6
PREVIEW = 64


@pytest.fixture(scope="module")
def images() -> list[Odd]:
    return odd_images()


def category(odd: Odd) -> str:
    return odd.name.replace(".", " ").split()[0]


def wrong(odd: Odd) -> str:
    """Say what is wrong with what became of an image; an empty string when nothing is."""
    try:
        decoded = decode(odd.data)
    except UnreadableError as error:
        return "" if error.status in odd.refused else f"{error.status.name}: {error}"
    if odd.refused and not odd.may_be_read:
        return "it was read"
    if odd.pixels is None:
        return ""
    seen = np.asarray(decoded.image).astype(int)
    if seen.shape != odd.pixels.shape:
        return f"of shape {seen.shape}, not {odd.pixels.shape}"
    difference = np.abs(seen - odd.pixels)
    if difference.mean() > odd.tolerance or (odd.tolerance == 1 and difference.max() > 1):
        return f"differs by {difference.mean():.2f}, at most {difference.max()}"
    preview = signature(decode(odd.data, at_least=PREVIEW).image).astype(int)
    away = np.abs(preview - signature(Image.fromarray(odd.pixels))).mean()
    return f"its preview differs by {away:.2f}" if away > odd.tolerance + 1 else ""


@pytest.mark.slow
def test_every_image_is_seen_right_or_refused_for_its_reason(images: list[Odd]) -> None:
    assert len({odd.name for odd in images}) == len(images) == N_IMAGES
    with pillow_warnings_ignored():
        faults = [f"{odd.name}: {fault}" for odd in images if (fault := wrong(odd))]
    assert not faults


@pytest.mark.slow
def test_every_image_that_is_read_has_a_thumbnail(images: list[Odd]) -> None:
    with pillow_warnings_ignored():
        for odd in images:
            if odd.pixels is not None and not odd.refused:
                assert thumbnail(decode(odd.data, at_least=SIDE).image), odd.name


# A process is counted with the memory of the one that it is forked from, so a small one is between.
MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024]))
"""


def run_scan(folder: Path, *said: str) -> tuple[int, str, float]:
    """Scan the images in a process of its own; return exit code, stderr and peak memory."""
    model = write_model(folder / "tiny.onnx")
    options = ["--model", str(model), "--device", "cpu", "--no-cache", "--quiet", *said]
    scan = [sys.executable, "-m", "labelaudit", "scan", "images", *options]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *scan],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
    )
    code, seconds, rss = json.loads(done.stdout)
    assert seconds < MAX_SECONDS
    return code, done.stderr, rss


@pytest.mark.slow
def test_a_scan_of_all_reads_or_lists_each(images: list[Odd], tmp_path: Path) -> None:
    for odd in images:
        file = tmp_path / "images" / category(odd) / odd.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(odd.data)
    code, said, _ = run_scan(tmp_path)
    assert code == 2
    assert "are missing, no images, or too large" in said
    assert "Traceback" not in said
    code, said, rss = run_scan(tmp_path, "--allow-unreadable")
    assert (code, said) == (0, "")
    assert rss < MAX_RSS

    report = json.loads((tmp_path / "labelaudit-report" / "report.json").read_text())
    items = pq.read_table(tmp_path / "labelaudit-report" / "items.parquet").to_pylist()
    listed = {item["path"].partition("/")[2] for item in items if item["is_unreadable"]}
    assert {item["path"].partition("/")[2] for item in items} == {odd.name for odd in images}
    assert report["dataset"]["n_items"] == N_IMAGES
    assert report["embedding"]["n_embedded"] + len(listed) == N_IMAGES
    for odd in images:
        if not odd.may_be_read:
            assert (odd.name in listed) == bool(odd.refused), odd.name

    counts = Counter((category(odd), odd.name in listed) for odd in images)
    print(f"\n{'category':<12}{'n':>5}{'embedded':>10}{'listed':>8}")  # noqa: T201 - a table to show
    for name in dict.fromkeys(map(category, images)):
        embedded, refused = counts[name, False], counts[name, True]
        print(f"{name:<12}{embedded + refused:>5}{embedded:>10}{refused:>8}")  # noqa: T201 - as above
    print(f"{'all':<12}{N_IMAGES:>5}{N_IMAGES - len(listed):>10}{len(listed):>8}")  # noqa: T201 - as above
    print(f"peak memory {rss / 1e6:.0f} MB")  # noqa: T201 - as above
