"""A scan that is killed goes on where it was, and ends with the same report."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

KILL = Path(__file__).parents[1] / "benchmarks" / "kill.py"


@pytest.mark.slow
def test_killed_scans_resume_and_report_the_same(sample_data: Path) -> None:
    command = [sys.executable, str(KILL), str(sample_data), "--kills", "8", "--shard", "16"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^8 kills .* 8 the same$", done.stdout, flags=re.MULTILINE), done.stdout
    known = [int(kept) for kept in re.findall(r"(\d+) kept", done.stdout)]
    assert any(known), "no scan was killed after its first shard"
