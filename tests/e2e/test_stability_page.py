"""The commands of docs/stability.md run as they stand."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

PAGE = (Path(__file__).parents[2] / "docs" / "stability.md").read_text(encoding="utf-8")
FILE = re.compile(r"^`(\S+\.csv)`\n\n```csv\n(.*?)```", flags=re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_commands_of_the_page_run(tmp_path: Path) -> None:
    for name, text in re.findall(
        r"^`(\S+\.csv)`\n\n```csv\n(.*?)```", PAGE, flags=re.MULTILINE | re.DOTALL
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    rng = np.random.default_rng(0)
    lines = ["path,prediction"]
    for at in range(24):
        name = ("cat", "dog")[at % 2]
        (tmp_path / "data" / name).mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 128, (16, 16, 3), dtype=np.uint8) + 100 * np.uint8(at % 2)
        Image.fromarray(pixels).save(tmp_path / "data" / name / f"{at}.png")
        lines.append(f"{name}/{at}.png,{name}")
    (tmp_path / "old.csv").write_text("\n".join(lines), encoding="utf-8")
    lines[1] = lines[1].replace(",cat", ",dog")
    (tmp_path / "new.csv").write_text("\n".join(lines), encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)
    commands = [line.split() for block in blocks for line in block.strip().splitlines()]
    assert len(commands) == 4
    for command in commands:
        assert command[0] == "labelaudit"
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, (command, done.stderr)
    assert (tmp_path / "labelaudit-stability" / "report.html").is_file()


def test_the_page_names_files_that_are_there() -> None:
    here = Path(__file__).parents[2]
    for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", PAGE):
        assert (here / "docs" / target).exists(), target
    for target in re.findall(r"tests/benchmarks/\w+\.py", PAGE):
        assert (here / target).is_file(), target
