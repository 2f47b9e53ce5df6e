"""What the program says of the machine it runs on, and where it embeds."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from labelaudit.cli import app
from labelaudit.cli.doctor import EXTRAS
from labelaudit.cli.machine import available_memory, available_processors, processor_quota
from labelaudit.embeddings.runtime.runtimes import cuda_driver

CHECKOUT = Path(__file__).parents[2]
CPU = "CPUExecutionProvider"


def labelaudit(
    *arguments: str, where: Path, first_on_path: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the program, with some packages found before the installed ones."""
    environment = {**os.environ, "COLUMNS": "100", "LABELAUDIT_CACHE": str(where / "cache")}
    if first_on_path:
        environment["PYTHONPATH"] = str(first_on_path)
    return subprocess.run(
        [sys.executable, "-m", "labelaudit", *arguments],
        cwd=where,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_working_machine_passes_and_says_what_ran_where(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "something").write_bytes(bytes(1000))
    run = labelaudit("doctor", "--json", where=tmp_path)
    assert run.returncode == 0, run.stderr
    facts = json.loads(run.stdout)
    cpu = facts["sessions"][0]
    assert (cpu["device"], cpu["provider"], cpu["share"]) == ("cpu", CPU, 1.0)
    assert cpu["nodes"][CPU] > 10
    assert cpu["problem"] == ""
    assert [trial["device"] for trial in facts["sessions"]] == ["cpu", "cuda", "tensorrt"]
    assert all(trial["provider"] or trial["hint"] for trial in facts["sessions"])
    assert facts["cache"] == {"folder": str(tmp_path / "cache"), "bytes": 1000}
    assert facts["runtime"]["distributions"]


def test_the_same_is_told_in_words(tmp_path: Path) -> None:
    run = labelaudit("doctor", where=tmp_path)
    assert run.returncode == 0, run.stderr
    for words in ("onnxruntime", "NVIDIA driver", "libjpeg-turbo: ", "dicom: ", CPU, "100.0%"):
        assert words in run.stdout


def test_two_runtimes_at_once_are_warned_of_with_the_repair(tmp_path: Path) -> None:
    for name in ("onnxruntime", "onnxruntime_gpu"):
        described = tmp_path / "site" / f"{name}-1.30.0.dist-info"
        described.mkdir(parents=True)
        (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.30\n")
    run = labelaudit("doctor", where=tmp_path, first_on_path=tmp_path / "site")
    assert run.returncode == 0, run.stderr
    assert "WARNING: onnxruntime and onnxruntime-gpu overwrite each other's files" in run.stderr
    assert "pip uninstall -y onnxruntime onnxruntime-gpu" in run.stderr


@pytest.mark.parametrize("broken", ["", "raise ImportError('libonnxruntime.so is missing')"])
def test_a_runtime_that_is_broken_fails_with_the_repair(broken: str, tmp_path: Path) -> None:
    (tmp_path / "site" / "onnxruntime").mkdir(parents=True)
    (tmp_path / "site" / "onnxruntime" / "__init__.py").write_text(broken)
    run = labelaudit("doctor", "--json", where=tmp_path, first_on_path=tmp_path / "site")
    assert run.returncode == 2
    facts = json.loads(run.stdout)
    assert not any(trial["provider"] for trial in facts["sessions"])
    assert facts["runtime"]["problem"].startswith("onnxruntime cannot be imported: ")
    assert "pip uninstall -y" in run.stderr
    assert "Traceback" not in run.stderr


def test_every_extra_is_looked_for() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    declared: dict[str, list[str]] = project["project"]["optional-dependencies"]
    assert set(EXTRAS) == set(declared) - {"bench", "dev"}


@pytest.mark.parametrize("device", ["cuda", "tensorrt"])
def test_a_device_out_of_reach_ends_the_scan_before_it_starts(
    device: str, sample_data: Path, tmp_path: Path
) -> None:
    if cuda_driver().devices:
        pytest.skip("there is a CUDA device on this machine")
    run = labelaudit("scan", str(sample_data), "--device", device, where=tmp_path)
    assert run.returncode == 2
    assert run.stderr.startswith(f"error: --device {device}: ")
    assert "pip install" in run.stderr
    assert "reading" not in run.stderr
    assert not (tmp_path / "labelaudit-report").exists()


@pytest.mark.slow
def test_a_scan_says_which_device_it_takes_and_its_report_names_it(
    sample_data: Path, tmp_path: Path
) -> None:
    run = labelaudit("scan", str(sample_data), "--no-cache", where=tmp_path)
    assert run.returncode == 0, run.stderr
    (line,) = [line for line in run.stderr.splitlines() if line.startswith("device: ")]
    about: dict[str, Any] = json.loads((tmp_path / "labelaudit-report/report.json").read_text())
    provider = about["run"]["provider"]
    assert line.startswith(f"device: {provider.removesuffix('ExecutionProvider')}, as ")
    assert about["run"]["node_providers"][provider] > 0
    assert about["run"]["packages"]["onnxruntime"]


@pytest.mark.gpu
def test_a_gpu_gives_the_report_of_the_cpu_after_rounding(
    sample_data: Path, tmp_path: Path
) -> None:
    if not cuda_driver().devices:
        pytest.skip("there is no CUDA device on this machine")
    printed, values = {}, {}
    for device in ("cpu", "cuda"):
        run = labelaudit(
            "scan", str(sample_data), "--no-cache", "--device", device, "-o", device, where=tmp_path
        )
        assert run.returncode == 0, run.stderr
        printed[device] = run.stdout.splitlines()[:-1]  # the last line is the report's path
        report = json.loads((tmp_path / device / "report.json").read_text())
        assert report["run"]["provider"].lower().startswith(device)
        values[device] = {
            (measure["name"], value["name"]): value["value"]
            for measure in report["measures"]
            for value in measure["values"]
        }
    assert printed["cpu"] == printed["cuda"]
    assert values["cpu"] == pytest.approx(values["cuda"], abs=0.005)


def test_an_unknown_device_is_refused() -> None:
    error = CliRunner().invoke(app, ["scan", ".", "--device", "quantum"]).exception
    assert "no such device" in str(error)


@pytest.mark.parametrize(
    ("files", "quota"),
    [
        ({}, None),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu.max": "150000 100000\n"}, 1.5),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "400000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 4.0),
    ],
)
def test_quota_of_processors_is_read(
    files: dict[str, str], quota: float | None, tmp_path: Path
) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    assert processor_quota(tmp_path) == quota


def test_processors_are_no_more_than_the_quota(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = available_processors(tmp_path)
    assert 1 <= own <= (os.cpu_count() or 1)
    (tmp_path / "cpu.max").write_text("30000 100000")
    assert available_processors(tmp_path) == 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    (tmp_path / "cpu.max").write_text("250000 100000")
    assert available_processors(tmp_path) == 3


def test_memory_is_no_more_than_the_limit(tmp_path: Path) -> None:
    everything = available_memory(tmp_path)
    assert everything is None or everything > 2**28
    (tmp_path / "memory.max").write_text("max\n")
    assert available_memory(tmp_path) == everything
    (tmp_path / "memory.max").write_text("1048576\n")
    assert available_memory(tmp_path) == 1048576
