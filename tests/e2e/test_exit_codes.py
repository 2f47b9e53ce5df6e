"""How every command ends: 0 done and passed, 1 a check says no, 2 not usable, 130 interrupted."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from labelaudit.cli import main

Prepare = Callable[[Path], None]
SAMPLE = Path(__file__).parents[2] / "sample_data"
PASSES = "[gate.findings]\nsuspects = 10_000\n"
FAILS = "[gate.findings]\nsuspects = 0\n"
OPEN = "[gate]\nlabel_error_rate = 0.05\n"
NOT_MEASURED = "[gate.findings]\njudged_wrong = 0\n"


def writes(name: str, text: str) -> Prepare:
    def write(folder: Path) -> None:
        (folder / name).write_text(text)

    return write


def edits(name: str, before: str, after: str) -> Prepare:
    def edit(folder: Path) -> None:
        text = (folder / name).read_text()
        assert before in text
        (folder / name).write_text(text.replace(before, after, 1))

    return edit


def relabels(folder: Path) -> None:
    edits("data/metadata.csv", ",zero,", ",one,")(folder)


def both(folder: Path) -> None:
    writes("labelaudit.toml", "")(folder)
    writes("pyproject.toml", "[tool.labelaudit]")(folder)


def of_version_9(folder: Path) -> None:
    document = json.loads((folder / "out/report.json").read_text())
    (folder / "out/report.json").write_text(json.dumps(document | {"schema_version": "9.0"}))


@dataclass(frozen=True)
class Case:
    """A command, what was done before it, how it ends, and what it says."""

    command: str
    code: int
    prepare: Prepare = lambda _: None
    says: str = ""


GATE = "gate out/report.json"
ATTACH = "attach out/report.json --card README.md"
CASES = {
    "no finding": Case(GATE, 0, writes("labelaudit.toml", PASSES), "PASS"),
    "findings": Case(GATE, 1, writes("labelaudit.toml", FAILS), "FAIL"),
    "findings, told to end with 0": Case(
        f"{GATE} --exit-zero", 0, writes("labelaudit.toml", FAILS)
    ),
    "a policy that nobody would look for": Case(
        GATE, 2, writes("pyproject.toml", PASSES), "write [tool.labelaudit.gate]"
    ),
    "the limits to start from": Case(GATE, 1, says="labelaudit's starting ones"),
    "open": Case(GATE, 0, writes("labelaudit.toml", OPEN), "warning: passed, though not decided"),
    "open, in assure": Case(f"{GATE} --mode assure", 1, writes("labelaudit.toml", OPEN)),
    "open, and to fail": Case(f"{GATE} --on-inconclusive fail", 1, writes("labelaudit.toml", OPEN)),
    "open in assure, and to pass": Case(
        f"{GATE} --mode assure --on-inconclusive pass", 0, writes("labelaudit.toml", OPEN)
    ),
    "not measured": Case(GATE, 1, writes("labelaudit.toml", NOT_MEASURED), "judged_wrong"),
    "missing report": Case("gate none.json", 2, says="none.json: cannot be read"),
    "no report": Case(GATE, 2, writes("out/report.json", "{}"), "no report"),
    "no JSON": Case(GATE, 2, writes("out/report.json", "{"), "no JSON"),
    "another major version": Case(GATE, 2, of_version_9, "expected '1.x'"),
    "edited report": Case(
        GATE, 2, edits("out/report.json", '"n_items": 405', '"n_items": 406'), "dataset/n_items"
    ),
    "spoilt table": Case(
        GATE, 2, writes("out/issues.parquet", "PAR1 and no more"), "issues.parquet: cannot be read"
    ),
    "bad TOML": Case(GATE, 2, writes("labelaudit.toml", "[gate"), "it has to be TOML"),
    "unknown option in the file": Case(GATE, 2, writes("labelaudit.toml", "x = 1"), "x: no such"),
    "unknown key": Case(GATE, 2, writes("labelaudit.toml", "[gate]\nmod = 1"), "is it mode?"),
    "unknown measure": Case(
        GATE,
        2,
        writes(
            "labelaudit.toml",
            '[[gate.limits]]\nmeasure = "integrty"\nvalue = "x"\nat_most = 1',
        ),
        "is it integrity?",
    ),
    "unknown rule": Case(
        GATE, 2, writes("labelaudit.toml", "[gate.findings]\nsuspect = 0"), "is it suspects"
    ),
    "both configurations": Case(GATE, 2, both, "both configure"),
    "missing policy": Case(f"{GATE} --policy none.toml", 2, says="none.toml: cannot be read"),
    "a policy without one": Case(
        f"{GATE} --policy p.toml", 2, writes("p.toml", "[tool.other]"), "p.toml: "
    ),
    "missing baseline": Case(f"{GATE} --baseline none.json", 2, says="none.json: cannot be read"),
    "no baseline": Case(f"{GATE} --baseline b.json", 2, writes("b.json", "[]"), "no baseline"),
    "unknown format": Case(f"{GATE} --format pdf", 2, says="no such format"),
    "unknown option": Case(f"{GATE} --wat", 2, says="No such option"),
    "unwritable output": Case(f"{GATE} -o file/x", 2, writes("file", ""), "cannot be written"),
    "a policy to start from": Case("gate --init out/report.json -o p.toml", 0),
    "no policy over a file": Case(
        "gate --init out/report.json -o p.toml", 2, writes("p.toml", ""), "is there already"
    ),
    "scan of nothing": Case("scan none -q", 2, says="none"),
    "scan into a file": Case("scan data -q -o file", 2, writes("file", ""), "cannot be written"),
    "scan with a bad policy": Case("scan data -q", 2, writes("labelaudit.toml", "[gate]\nmod = 1")),
    "scan with a policy of other data": Case(
        "scan data -q",
        2,
        writes("labelaudit.toml", '[[gate.limits]]\nlabel_error_rate = 0.1\nclass = "nin"'),
        "there is no class nin; is it nine",
    ),
    "scan with a baseline and no gate": Case("scan data -q --baseline b.json", 2, says="--gate"),
    "scan of unreadable data": Case(
        "scan data -q --no-cache", 2, writes("data/images/0000.png", "no image"), "0000.png"
    ),
    "verify what is as it was": Case("verify out/report.json data -q", 0),
    "verify what is not": Case("verify out/report.json data -q", 1, relabels),
    "verify nothing": Case("verify none.json data -q", 2, says="none.json"),
    "verify missing data": Case("verify out/report.json none -q", 2, says="none"),
    "attach": Case(ATTACH, 0),
    "check a block that is not there": Case(f"{ATTACH} --check", 1),
    "attach nothing": Case("attach none.json --card README.md", 2, says="none.json"),
    "diff": Case("diff out/report.json out/report.json", 0),
    "diff with nothing": Case("diff out/report.json none.json", 2, says="none.json"),
}


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with data and the report of a scan of it."""
    folder = tmp_path_factory.mktemp("scanned")
    shutil.copytree(SAMPLE, folder / "data")
    done = run("scan data -q -o out", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def folder(scanned: Path, tmp_path: Path) -> Path:
    """Return a copy of it, to change."""
    return shutil.copytree(scanned, tmp_path / "work")


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """Leave the signals of the tests as they were."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def run(command: str, folder: Path, program: str = "") -> subprocess.CompletedProcess[str]:
    start = ["-c", program] if program else ["-m", "labelaudit"]
    return subprocess.run(
        [sys.executable, *start, *command.split()],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_every_way_to_end_has_its_code(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    case = CASES[name]
    case.prepare(folder)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["labelaudit", *case.command.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capfd.readouterr()
    assert ended.value.code == case.code, out + err
    assert case.says in out + err
    assert "Traceback" not in out + err
    assert ("error: " in err.lower()) == (case.code == 2), err


STARTED = "device: "  # what a scan says on stderr once its model is there


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_scan_ends_with_130(scanned: Path, tmp_path: Path, how: int) -> None:
    command = [sys.executable, "-m", "labelaudit", "scan", "data", "--gate", "--no-cache"]
    with subprocess.Popen(
        [*command, "-o", str(tmp_path / "out")], cwd=scanned, stderr=subprocess.PIPE, text=True
    ) as scan:
        assert scan.stderr is not None
        said = next(line for line in scan.stderr if STARTED in line)
        scan.send_signal(how)
        said += scan.stderr.read()
    assert scan.returncode == 130, said
    assert "interrupted" in said
    assert not (tmp_path / "out" / "report.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("policy", "code"), [(PASSES, 0), (FAILS, 1)])
@pytest.mark.parametrize("command", [GATE, "scan data -q --gate -o out"])
def test_a_closed_pipe_does_not_change_the_code(
    folder: Path, command: str, policy: str, code: int
) -> None:
    writes("labelaudit.toml", policy)(folder)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "labelaudit", *command.split()],
        cwd=folder,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=300,
    )
    os.close(writer)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
    assert json.loads((folder / "out" / "gate.json").read_text())["failed"] == bool(code)


OF_ONNXRUNTIME = "Failed to allocate memory for requested buffer of size 1073741824"


@pytest.mark.slow
@pytest.mark.parametrize("raised", ["MemoryError()", f"RuntimeException({OF_ONNXRUNTIME!r})"])
def test_a_model_that_has_no_memory_is_an_error(scanned: Path, raised: str, tmp_path: Path) -> None:
    program = f"""
import sys, onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import RuntimeException
def run(*_, **__): raise {raised}
for name in ("run", "run_with_iobinding", "run_with_ort_values"):
    setattr(onnxruntime.InferenceSession, name, run)
from labelaudit.cli import main
main()
"""
    done = run(f"scan data -q --gate --no-cache -o {tmp_path}/out", scanned, program)
    assert done.returncode == 2, done.stderr
    assert "memory" in done.stderr.lower()
    assert "hint: use fewer --threads" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "report.json").exists()


def test_a_fault_of_the_program_is_no_failed_gate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise AttributeError("a fault")

    monkeypatch.setattr("labelaudit.cli.app", broken)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "AttributeError: a fault" in capsys.readouterr().err


@pytest.mark.slow
def test_the_findings_of_a_scan_end_it_with_1_and_are_named(folder: Path) -> None:
    writes("labelaudit.toml", "[gate.findings]\nunreadable = 0\n")(folder)
    done = run("scan data -q --gate -o out", folder)
    assert done.returncode == 1, done.stderr
    named = [line for line in done.stdout.splitlines() if "images/0002.png" in line]
    assert [line.split()[0] for line in named] == ["images/0002.png"]
