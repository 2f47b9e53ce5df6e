"""What a paper published of eleven datasets is printed where it is asked for, and nowhere else."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labelaudit.manifests import open_dataset
from labelaudit.render.html import to_html
from labelaudit.report import Report
from labelaudit.scan import ScanOptions, scan

NAMES = ("konz2024_sharpness", "konz2024_paired_sharpness")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return 240 images of two classes."""
    made = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(0)
    for at in range(240):
        path = made / ("light" if at % 2 else "dark") / f"{at}.png"
        path.parent.mkdir(exist_ok=True)
        pixels = rng.integers(0, 120, (8, 8, 3)) + 100 * (at % 2)
        Image.fromarray(pixels.astype(np.uint8)).save(path)
    return made


def report(folder: Path, options: ScanOptions) -> Report:
    return scan(open_dataset(folder), options).report


def test_without_the_option_nothing_is_printed_but_how_to_get_it(folder: Path) -> None:
    wanted = frozenset({"label_sharpness", "intrinsic_dimension"})
    found = report(folder, ScanOptions(model=None, measures=wanted))
    for name in NAMES:
        assert found.value("label_sharpness", name) is None
    assert found.value("intrinsic_dimension", "konz2024_dimension") is None
    page = to_html(found)
    assert page.count("labelaudit scan --compat konz2024") == 2
    assert "this dataset</text>" not in page
    assert "11 others, from Prostate-MRI with 5.7 to ImageNet with 17.9" in page
    assert "dimension from" in page  # the curve


def test_with_the_option_too_few_images_say_so(folder: Path) -> None:
    found = report(folder, ScanOptions(model=None, compat="konz2024"))
    for name in NAMES:
        value = found.value("label_sharpness", name)
        assert value is not None
        assert value.value is None
        assert "two classes of 1,000 images" in value.note
    assert found.value("intrinsic_dimension", "konz2024_dimension") is not None
