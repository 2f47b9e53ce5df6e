"""The commands that check published numbers say what they need, and read it when it is there."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
BY_COUNT = (3163, 39394, 5408, 1319, 411, 161, 88, 41, 13, 2)


def run(script: str, *arguments: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, BENCHMARKS / script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("script", "words"),
    [("real_labels.py", "no file is there"), ("mldr.py", "holds none of the datasets")],
)
def test_without_its_files_a_command_says_so(script: str, words: str, tmp_path: Path) -> None:
    found = run(script, tmp_path / "real.json" if script == "real_labels.py" else tmp_path)
    assert found.returncode == 2
    assert words in found.stdout
    assert "Traceback" not in found.stderr


@pytest.mark.slow
def test_counts_of_labels_an_image_are_those_of_the_new_labels_of_imagenet(tmp_path: Path) -> None:
    # Label sets with the published counts; which labels they are is made up, so that the
    # imbalance of the classes is off and all that follows from the counts is not.
    sizes = np.repeat(np.arange(10), BY_COUNT)
    sets = [[(at + step) % 1000 for step in range(size)] for at, size in enumerate(sizes.tolist())]
    (tmp_path / "real.json").write_text(json.dumps(sets))
    found = run("real_labels.py", tmp_path / "real.json")
    assert found.returncode == 1
    lines = [line for line in found.stdout.splitlines() if "equal" in line or "OFF" in line]
    off = [line for line in lines if "OFF" in line]
    assert len(lines) == 20
    assert len(off) == 4
    assert all("class" in line or "imbalance" in line or "evenness" in line for line in off)


DENSE = """@relation flags
@attribute 'a feature' numeric
@attribute "it's" {0,1}
@attribute blue {0,1}
@data
% a comment
0.5,1,0
0.1,0,1
1,1,1
"""
SPARSE = DENSE.partition("@data")[0] + "@data\n{0 0.5,1 1}\n{0 0.1,2 1}\n{0 1,1 1,2 1}\n"
TABLE = "a feature,it's,blue\n0.5,1,0\n0.1,0,1\n1,1,1\n"


@pytest.mark.parametrize(("ending", "text"), [("arff", DENSE), ("arff", SPARSE), ("csv", TABLE)])
def test_all_forms_of_a_dataset_are_read(ending: str, text: str, tmp_path: Path) -> None:
    (tmp_path / f"flags.{ending}").write_text(text)
    labels = '<labels xmlns="http://mulan.sourceforge.net/labels"><label name="it\'s"/>'
    (tmp_path / "flags.xml").write_text(labels + '<label name="blue"/></labels>')
    found = run("mldr.py", tmp_path)
    assert found.returncode == 1  # these are not the flags of the world
    cells = [
        line.split("│", maxsplit=5)[1:5] for line in found.stdout.splitlines() if "flags" in line
    ]
    ours = {quantity.strip(): float(number) for _, quantity, number, _ in cells}
    assert (ours["n_items"], ours["n_labels"], ours["labelset_count"]) == (3, 2, 3)
    assert ours["cardinality"] == pytest.approx(4 / 3)
    assert ours["tcs"] == pytest.approx(np.log(1 * 2 * 3))
