"""The shape of the project: what imports what, and what starts fast."""

import subprocess
import sys

import pytest

from labelaudit.cli import app
from labelaudit.manifests import load_readers
from labelaudit.measures import load_measures

HEAVY = (
    *("numpy", "pandas", "pyarrow", "sklearn", "scipy", "onnxruntime", "PIL", "jinja2"),
    *("yaml", "markdown_it", "resvg_py"),
)


def test_the_command_line_starts_without_heavy_imports() -> None:
    program = f"import sys, labelaudit.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("command", [command.callback for command in app.registered_commands])
def test_every_command_says_what_it_does(command: object) -> None:
    assert (command.__doc__ or "").strip().endswith(".")


def test_the_first_formats_and_measures_are_there() -> None:
    assert set(load_readers()) >= {
        "class_folders",
        "hf_parquet",
        "image_folder",
        "medmnist",
        "table",
    }
    assert set(load_measures()) >= {
        "class_imbalance",
        "integrity",
        "label_noise",
        "label_sharpness",
        "multi_label",
    }
