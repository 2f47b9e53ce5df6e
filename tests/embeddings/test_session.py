import contextlib
import ctypes
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
import pytest
from tiny_models import write_model

import labelaudit.embeddings.runtime.runtimes as runtimes_module
import labelaudit.embeddings.runtime.session as session_module
from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.models.model import load_model, run_model
from labelaudit.embeddings.runtime.run import AGREEMENT
from labelaudit.embeddings.runtime.runtimes import Driver, cuda_driver, installed, why_no_cuda
from labelaudit.embeddings.runtime.session import CPU, CUDA, TENSORRT, Device, make_session
from labelaudit.errors import ModelError

has_cuda_provider = pytest.mark.skipif(
    CUDA not in onnxruntime.get_available_providers(), reason="an onnxruntime without CUDA"
)


@pytest.fixture
def no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = Driver(problem="there is no NVIDIA driver on this machine")
    monkeypatch.setattr(runtimes_module, "cuda_driver", lambda: absent)


@pytest.fixture
def seeming_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make everything seem to be there, so that only the session can tell."""
    driver = Driver(cuda="13.1", devices=("A device",))
    monkeypatch.setattr(runtimes_module, "cuda_driver", lambda: driver)
    monkeypatch.setattr(runtimes_module, "cuda_libraries", lambda _major: {})
    monkeypatch.setattr(session_module, "tensorrt_library", lambda: "")


def refused(device: Device) -> ModelError:
    with pytest.raises(ModelError) as raised:
        make_session(BUILTIN, device)
    assert raised.value.message.startswith(f"--device {device}: ")
    return raised.value


def cuda_comes_up() -> bool:
    with contextlib.suppress(ModelError):
        return load_model(BUILTIN, "cuda").provider == CUDA
    return False


def needs_no_cuda() -> None:
    if cuda_comes_up():
        pytest.skip("CUDA comes up on this machine")


@has_cuda_provider
@pytest.mark.usefixtures("no_driver")
@pytest.mark.parametrize("device", ["cuda", "tensorrt"])
def test_device_out_of_reach_is_refused_with_what_to_install(
    device: Device, capfd: pytest.CaptureFixture[str]
) -> None:
    error = refused(device)
    assert "there is no NVIDIA driver" in error.message
    assert "pip install 'labelaudit[cuda]'" in error.hint
    assert capfd.readouterr() == ("", "")


@has_cuda_provider
@pytest.mark.usefixtures("no_driver")
def test_automatic_device_says_in_one_line_what_it_chose_and_why(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    assert make_session(BUILTIN, "auto").get_providers() == [CPU]
    assert caplog.messages == [
        "device: CPU, as there is no NVIDIA driver on this machine; see labelaudit doctor"
    ]
    assert capfd.readouterr().out == ""


def test_asking_for_the_cpu_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert make_session(BUILTIN, "cpu").get_providers() == [CPU]
    assert not caplog.messages


@has_cuda_provider
@pytest.mark.parametrize(
    ("driver", "words", "hint"),
    [
        (Driver(cuda="13.0", problem="the NVIDIA driver has no device"), "has no device", "driver"),
        (Driver(cuda="11.8", devices=("old",)), "serves CUDA 11.8", "newer driver"),
    ],
)
def test_what_the_driver_lacks_is_said(
    driver: Driver, words: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtimes_module, "cuda_driver", lambda: driver)
    error = refused("cuda")
    assert words in error.message
    assert hint in error.hint


@has_cuda_provider
@pytest.mark.usefixtures("seeming_gpu")
def test_libraries_that_do_not_load_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"libcudart.so.13": "", "libcudnn.so.9": "no such file"}
    monkeypatch.setattr(runtimes_module, "cuda_libraries", lambda _major: found)
    error = refused("cuda")
    assert error.message == "--device cuda: libcudnn.so.9 cannot be loaded"
    assert error.hint == "pip install 'labelaudit[cuda]'"


@has_cuda_provider
@pytest.mark.usefixtures("seeming_gpu")
def test_only_the_session_proves_a_device(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    needs_no_cuda()
    assert "the session came up on CPUExecutionProvider" in refused("cuda").message
    assert make_session(BUILTIN, "auto").get_providers() == [CPU]
    assert "a session with CUDA comes up on the CPU" in caplog.text
    assert capfd.readouterr().out == ""


@has_cuda_provider
@pytest.mark.usefixtures("seeming_gpu")
def test_failure_on_the_gpu_is_no_silent_run_on_the_cpu(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make = onnxruntime.InferenceSession

    def fails_on_cuda(*arguments: object, providers: list[object], **options: object) -> object:
        if providers != [(CPU, {})]:
            raise RuntimeError("CUDA failure 999: unknown error")
        return make(*arguments, providers=providers, **options)

    monkeypatch.setattr(onnxruntime, "InferenceSession", fails_on_cuda)
    with pytest.raises(ModelError, match="CUDA failure 999"):
        make_session(BUILTIN, "cuda")
    assert make_session(BUILTIN, "auto").get_providers() == [CPU]
    assert "CUDA failure 999" in caplog.text


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("onnxruntime", "onnxruntime-gpu"), "onnxruntime is installed over onnxruntime-gpu"),
        (("onnxruntime",), "the installed onnxruntime 9.9 has no CUDA provider"),
    ],
)
def test_runtime_without_cuda_is_named_with_its_repair(
    names: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(runtimes_module, "installed", lambda _pattern: dict.fromkeys(names, "9.9"))
    why, hint = why_no_cuda(SimpleNamespace(get_available_providers=lambda: [CPU]))
    assert words in why
    assert hint.startswith("pip uninstall -y onnxruntime onnxruntime-gpu, then pip install")


def test_installed_distributions_are_found_by_name() -> None:
    assert installed("onnxruntime.*")
    assert installed("numpy") == {"numpy": np.__version__}
    assert not installed("num")


class FakeDriver:
    """The calls of the CUDA driver that are made, on a machine with so many devices."""

    def __init__(self, start: int, n_devices: int) -> None:
        self.start, self.n_devices = start, n_devices

    def cuInit(self, _flags: int) -> int:  # noqa: N802 - the driver's names
        return self.start

    def cuDriverGetVersion(self, version: Any) -> None:  # noqa: N802, ANN401
        version._obj.value = 12080

    def cuDeviceGetCount(self, count: Any) -> None:  # noqa: N802, ANN401
        count._obj.value = self.n_devices

    def cuDeviceGetName(self, name: Any, _size: int, at: int) -> None:  # noqa: N802, ANN401
        name.value = f"GPU {at}".encode()


@pytest.mark.parametrize(
    ("start", "n_devices", "devices", "problem"),
    [
        (0, 2, ("GPU 0", "GPU 1"), ""),
        (0, 0, (), "shows no device"),
        (100, 0, (), "cuInit says 100"),
    ],
)
def test_driver_is_asked_for_its_devices(
    start: int,
    n_devices: int,
    devices: tuple[str, ...],
    problem: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: FakeDriver(start, n_devices))
    found = cuda_driver()
    assert found.cuda == "12.8"
    assert found.devices == devices
    assert problem in found.problem
    assert bool(found.problem) == bool(problem)


def test_tensorrt_is_first_where_it_is_asked_for_and_keeps_its_engines(tmp_path: Path) -> None:
    (first, options), (second, _), (third, _) = session_module._providers("tensorrt")
    assert (first, second, third) == (TENSORRT, CUDA, CPU)
    assert options["trt_engine_cache_enable"] == "1"
    folder = Path(options["trt_engine_cache_path"])
    assert folder.is_dir()
    assert tmp_path in folder.parents
    assert [name for name, _ in session_module._providers("cuda")] == [CUDA, CPU]


def test_session_has_one_thread_that_does_not_spin(tmp_path: Path) -> None:
    options = make_session(write_model(tmp_path / "m.onnx"), "cpu").get_session_options()
    assert options.intra_op_num_threads == options.inter_op_num_threads == 1
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"


@pytest.mark.gpu
def test_cuda_gives_the_embeddings_of_the_cpu_within_the_tolerance() -> None:
    if not cuda_comes_up():
        pytest.skip("no CUDA device on which a session comes up")
    images = np.random.default_rng(0).integers(0, 256, (300, 64, 64, 3), dtype=np.uint8)
    gpu, cpu = load_model(BUILTIN, "cuda"), load_model(BUILTIN, "cpu")
    assert gpu.node_providers.get(CUDA, 0) > 0
    expected = run_model(cpu, images)
    apart = np.linalg.norm(run_model(gpu, images) - expected, axis=1)
    assert (apart <= AGREEMENT * np.linalg.norm(expected, axis=1)).all()
