"""The installed program as a person runs it: results, exit codes and messages."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from labelaudit.cli.explain import _printed

PROGRAM = [sys.executable, "-m", "labelaudit"]
FILES = {
    "report.json", "report.html", "label.svg", "label-dark.svg", "label.png", "summary.md",
    "card.md", "metrics.json", "items.parquet", "issues.parquet", "issues.csv",
    "SHA256SUMS",
}  # fmt: skip


def labelaudit(
    *arguments: str | Path, where: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder."""
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100", **(environment or {})}
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        cwd=where,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def without_run(report: Path) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(report.read_text())
    del loaded["run"]
    return loaded


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scan the sample data once, with a cache of its own; return the folder it ran in."""
    where = tmp_path_factory.mktemp("scanned")
    sample = Path(__file__).parents[2] / "sample_data"
    run = labelaudit("scan", sample, "--cache", where / "cache", where=where)
    assert run.returncode == 0, run.stderr
    assert "Label errors" in run.stdout
    assert "reading images" in run.stderr
    return where


def test_scan_writes_its_files_and_nothing_else(scanned: Path) -> None:
    assert {path.name for path in (scanned / "labelaudit-report").iterdir()} == FILES


def test_the_report_is_valid_by_the_printed_schema(scanned: Path) -> None:
    schema = json.loads(labelaudit("schema", where=scanned).stdout)
    report = json.loads((scanned / "labelaudit-report" / "report.json").read_text())
    jsonschema.validate(report, schema)
    facts = report["dataset"]
    assert facts["n_items"] + sum(facts["ignored"].values()) == facts["n_found"]


def test_a_second_scan_embeds_nothing_and_finds_the_same(scanned: Path, sample_data: Path) -> None:
    run = labelaudit(
        "scan", sample_data, "--cache", scanned / "cache", "-o", "again", where=scanned
    )
    assert run.returncode == 0, run.stderr
    first, second = scanned / "labelaudit-report", scanned / "again"
    assert without_run(first / "report.json") == without_run(second / "report.json")
    for name in FILES - {"report.json", "report.html", "SHA256SUMS"}:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    report = json.loads((second / "report.json").read_text())
    assert report["run"]["n_from_cache"] == report["embedding"]["n_embedded"]


def test_render_makes_the_same_files_from_the_json_alone(scanned: Path) -> None:
    alone = scanned / "alone"
    alone.mkdir()
    shutil.copy(scanned / "labelaudit-report" / "report.json", alone)
    assert labelaudit("render", "alone/report.json", where=scanned).returncode == 0
    for name in ("report.json", "report.html", "label.svg"):
        first = scanned / "labelaudit-report" / name
        assert first.read_bytes() == (alone / name).read_bytes(), name


def planted() -> list[dict[str, str]]:
    sample = Path(__file__).parents[2] / "sample_data"
    with (sample / "faults.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


COLUMN_OF = {
    "contradictory duplicate": "is_contradictory_duplicate",
    "duplicate across splits": "is_duplicate_across_splits",
    "near duplicate": "is_near_duplicate",
    "truncated file": "is_unreadable",
    "unlabelled row": "is_unlabelled",
}


def test_every_planted_fault_of_the_files_is_found(scanned: Path) -> None:
    items = pq.read_table(scanned / "labelaudit-report" / "items.parquet").to_pandas()
    items = items.set_index("path")
    faults = [fault for fault in planted() if fault["fault"] in COLUMN_OF]
    assert {fault["fault"] for fault in faults} == set(COLUMN_OF)
    for fault in faults:
        assert items.loc[fault["file"], COLUMN_OF[fault["fault"]]], fault


def test_the_planted_wrong_labels_are_the_most_doubtful(scanned: Path) -> None:
    items = pq.read_table(scanned / "labelaudit-report" / "items.parquet").to_pandas()
    wrong = {fault["file"] for fault in planted() if fault["fault"] == "wrong label"}
    worst = items.sort_values("label_margin")["path"].head(len(wrong) + 3)
    assert wrong <= set(worst)
    suspected = set(items.loc[items["is_label_suspected"], "path"])
    assert len(suspected & wrong) >= 11
    assert len(suspected - wrong) <= 5  # one of them the copy that contradicts its original


def test_the_rare_class_is_named(scanned: Path) -> None:
    report = json.loads((scanned / "labelaudit-report" / "report.json").read_text())
    imbalance = next(each for each in report["measures"] if each["name"] == "class_imbalance")
    assert any("nine" in note for note in imbalance["notes"])


@pytest.mark.slow
def test_the_other_manifests_of_the_sample_are_read(scanned: Path, sample_data: Path) -> None:
    several = labelaudit(
        "scan", sample_data / "multi_label.csv", "--label-separator", "|", "-o", "several",
        where=scanned,
    )  # fmt: skip
    judged = labelaudit("scan", sample_data / "annotators.csv", "-o", "judged", where=scanned)
    assert (several.returncode, judged.returncode) == (0, 0), several.stderr + judged.stderr
    status = {
        folder: {
            each["name"]: each["status"]
            for each in json.loads((scanned / folder / "report.json").read_text())["measures"]
        }
        for folder in ("several", "judged")
    }
    assert status["several"]["multi_label"] == "measured"
    assert status["several"]["label_noise"] == "not_measured"
    assert status["judged"]["annotator_agreement"] == "measured"
    assert (scanned / "judged" / "soft_labels.parquet").is_file()
    assert not (scanned / "several" / "soft_labels.parquet").exists()


def test_no_path_of_this_machine_is_in_any_file(scanned: Path) -> None:
    for name in FILES:
        content = (scanned / "labelaudit-report" / name).read_bytes()
        for secret in (str(scanned), str(Path.home()), str(Path(__file__).parents[2])):
            assert secret.encode() not in content, name


def test_inspect_says_what_and_why(sample_data: Path, tmp_path: Path) -> None:
    run = labelaudit("inspect", sample_data, "--json", where=tmp_path)
    facts = json.loads(run.stdout)
    assert (facts["format"], facts["items"], facts["unlabelled"]) == ("image_folder", 405, 2)
    assert "label" in labelaudit("inspect", sample_data, where=tmp_path).stdout


def test_explain_prints_the_definition(tmp_path: Path) -> None:
    assert "noise channel" in labelaudit("explain", "label_noise", where=tmp_path).stdout
    assert "class_imbalance" in labelaudit("explain", where=tmp_path).stdout
    assert "K_F" in labelaudit("explain", "kf_null_ratio", where=tmp_path).stdout
    assert "Gini" in labelaudit("explain", "imbalance_ratio", where=tmp_path).stdout
    assert labelaudit("explain", "nonsense", where=tmp_path).returncode == 2


def test_explain_prints_the_limit_of_a_number(scanned: Path) -> None:
    said = labelaudit("explain", "near_duplicates_count", where=scanned).stdout
    assert "; limit: ≤ 5% of items" in said.splitlines()[0]


@pytest.mark.slow
def test_whatever_a_report_prints_is_explained_by_its_name_and_its_title(
    scanned: Path, tmp_path: Path
) -> None:
    report = scanned / "labelaudit-report" / "report.json"
    for result in json.loads(report.read_text())["measures"]:
        for parts in (result["values"][:1], result["tables"][-1:], result["galleries"][:1]):
            for printed in (part[key] for part in parts for key in ("name", "title")):
                assert result["name"] in _printed(printed, report), printed
    title = "Imbalance ratio of classes with items"
    here = labelaudit("explain", title, where=scanned).stdout
    there = labelaudit("explain", title, "--report", report, where=tmp_path).stdout
    assert here == there
    assert here.startswith(f"{title} (nonempty_imbalance_ratio): lower is better; interval: none (")
    assert "\nClass imbalance (class_imbalance), family Class imbalance\n" in here
    on_the_label = labelaudit("explain", "Effective classes", where=tmp_path)
    assert on_the_label.stdout.startswith("Class imbalance (class_imbalance)")
    unknown = labelaudit("explain", "nonsense", where=tmp_path)
    assert "--report" in unknown.stderr


@pytest.mark.parametrize(
    ("file", "head"), [("pyproject.toml", "[tool.labelaudit]\n"), ("labelaudit.toml", "")]
)
def test_options_come_from_a_file(file: str, head: str, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("path,label\na,cat|dog\nb,dog\n")
    (tmp_path / file).write_text(head + 'label-separator = "|"\nseed = 7\n')
    facts = json.loads(labelaudit("inspect", "data.csv", "--json", where=tmp_path).stdout)
    assert (facts["task"], facts["class_names"]) == ("multilabel", ["cat", "dog"])
    (tmp_path / file).write_text(head + 'label-seperator = "|"\n')
    run = labelaudit("inspect", "data.csv", where=tmp_path)
    assert run.returncode == 2
    assert "label_seperator: no such option" in run.stderr


# Bad input: each case makes its files and returns the arguments after `scan`; the text is what
# the message has to say.
Case = Callable[[Path], list[str]]


def images(folder: Path, n: int = 6) -> Path:
    for at in range(n):
        path = folder / ("cat" if at % 2 else "dog") / f"{at}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (at * 20, 0, 0)).save(path)
    return folder


def no_path(_: Path) -> list[str]:
    return ["nowhere"]


def empty_folder(where: Path) -> list[str]:
    (where / "data").mkdir()
    return ["data"]


def no_label_column(where: Path) -> list[str]:
    (where / "data.csv").write_text("file,target_class\na.png,1\n")
    return ["data.csv"]


def ragged_rows(where: Path) -> list[str]:
    (where / "data.csv").write_text("path,label\na.png,cat\nb.png\nc.png,dog,extra\n")
    return ["data.csv"]


def text_as_image(where: Path) -> list[str]:
    images(where / "data")
    (where / "data" / "cat" / "9.jpg").write_text("<html>not found</html>")
    return ["data"]


def bomb(where: Path) -> list[str]:
    images(where / "data")
    Image.new("1", (20_000, 20_000)).save(where / "data" / "cat" / "9.png")
    return ["data"]


def no_onnx(where: Path) -> list[str]:
    images(where / "data")
    (where / "model.onnx").write_text("weights")
    shutil.copy(builtin().with_suffix(".json"), where / "model.json")
    return ["data", "--model", "model.onnx"]


def no_declaration(where: Path) -> list[str]:
    images(where / "data")
    shutil.copy(builtin(), where / "model.onnx")
    return ["data", "--model", "model.onnx"]


def other_shape(where: Path) -> list[str]:
    images(where / "data")
    shutil.copy(builtin(), where / "model.onnx")
    declared = json.loads(builtin().with_suffix(".json").read_text())
    (where / "model.json").write_text(json.dumps(declared | {"size": [32, 32]}))
    return ["data", "--model", "model.onnx"]


def no_cuda(where: Path) -> list[str]:
    images(where / "data")
    return ["data", "--device", "cuda"]


def other_rows(where: Path) -> list[str]:
    images(where / "data")
    np.save(where / "e.npy", np.zeros((5, 3), dtype=np.float32))
    return ["data", "--embeddings", "e.npy"]


def nan_probs(where: Path) -> list[str]:
    images(where / "data")
    probs = np.full((6, 2), 0.5)
    probs[3, 1] = np.nan
    np.save(where / "p.npy", probs)
    return ["data", "--pred-probs", "p.npy"]


def output_is_a_file(where: Path) -> list[str]:
    images(where / "data")
    (where / "taken").write_text("mine")
    return ["data", "--output", "taken"]


def outside_link(where: Path) -> list[str]:
    images(where / "data")
    (where / "secret.png").write_bytes((where / "data" / "cat" / "1.png").read_bytes())
    (where / "data" / "cat" / "9.png").symlink_to(where / "secret.png")
    return ["data"]


def builtin() -> Path:
    import labelaudit

    return Path(labelaudit.__file__).parent / "embeddings" / "builtin" / "builtin.onnx"


BAD = {
    no_path: "nowhere: there is no such file or folder",
    empty_folder: "the folder is empty",
    no_label_column: "target_class",
    ragged_rows: "data.csv",
    text_as_image: "cat/9.jpg: not an image",
    bomb: "cat/9.png",
    no_onnx: "model.onnx: not an ONNX model",
    no_declaration: "model.json: a model's preprocessing has to be declared",
    other_shape: "the model wants ['n', 64, 64, 3]",
    no_cuda: "--device cuda",
    other_rows: "expected (6, n_features)",
    nan_probs: "row 3",
    output_is_a_file: "taken: cannot be written",
    outside_link: "cat/9.png: a symbolic link that leaves the folder",
}


@pytest.mark.parametrize("case", BAD, ids=lambda case: str(case.__name__))
def test_bad_input_is_told_and_nothing_is_written_over(case: Case, tmp_path: Path) -> None:
    if case is no_cuda:
        import onnxruntime

        if (
            "CUDAExecutionProvider" in onnxruntime.get_available_providers()
            and Path("/dev/nvidia0").exists()
        ):
            pytest.skip("this machine has a GPU")
    kept = tmp_path / "labelaudit-report"
    kept.mkdir()
    (kept / "report.json").write_text("the last one")
    run = labelaudit("scan", *case(tmp_path), where=tmp_path)
    assert run.returncode == 2, run.stderr
    assert BAD[case] in run.stderr
    assert "Traceback" not in run.stderr
    assert [path.name for path in kept.iterdir()] == ["report.json"]
    assert (kept / "report.json").read_text() == "the last one"


def test_unreadable_images_can_be_allowed(tmp_path: Path) -> None:
    run = labelaudit("scan", *text_as_image(tmp_path), "--allow-unreadable", where=tmp_path)
    assert run.returncode == 0, run.stderr
    report = json.loads((tmp_path / "labelaudit-report" / "report.json").read_text())
    assert report["dataset"]["n_unreadable"] == 1


def test_nothing_is_written_outside_of_what_was_asked_for(tmp_path: Path) -> None:
    """ONNX Runtime would leave a device's identifier in the home folder."""
    images(tmp_path / "data")
    (tmp_path / "home").mkdir()
    home = {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "home" / "cache")}
    run = labelaudit("scan", "data", "--no-cache", where=tmp_path, environment=home)
    assert run.returncode == 0, run.stderr
    assert not list((tmp_path / "home").iterdir())


def test_a_terminal_that_knows_no_unicode_is_served(tmp_path: Path) -> None:
    (tmp_path / "猫.csv").write_text("id,label\na,x\nb,y\n", encoding="utf-8")
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    run = labelaudit("scan", "猫.csv", where=tmp_path, environment=ascii_only)
    assert run.returncode == 0, run.stderr
    assert "\\u732b" in run.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_is_told(number: signal.Signals, sample_data: Path, tmp_path: Path) -> None:
    command = [*PROGRAM, "scan", str(sample_data)]
    # A job in the background of a shell ignores interrupts, and so would what it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        running = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    with running:
        assert running.stderr is not None
        assert running.stderr.readline() == "reading the manifest\n"
        running.send_signal(number)
        assert "interrupted" in running.stderr.read()
    assert running.returncode == 130
    assert not (tmp_path / "labelaudit-report" / "report.json").exists()


def test_a_group_in_two_splits_is_reported(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(
        "id,label,split,patient\na,0,train,p\nb,1,train,q\nc,0,test,p\nd,1,test,r\n"
    )
    run = labelaudit("scan", "data.csv", "--group-column", "patient", where=tmp_path)
    assert run.returncode == 0, run.stderr
    report = json.loads((tmp_path / "labelaudit-report" / "report.json").read_text())
    integrity = next(each for each in report["measures"] if each["name"] == "integrity")
    values = {value["name"]: value["value"] for value in integrity["values"]}
    assert values["groups_across_splits_count"] == 1


def test_a_broken_template_loses_nothing_that_was_measured(tmp_path: Path) -> None:
    images(tmp_path / "data")
    broken = tmp_path / "mine" / "measures" / "integrity.html"
    broken.parent.mkdir(parents=True)
    broken.write_text("{{ measure.nothing_of_the_kind }}")
    run = labelaudit("scan", "data", "--templates", "mine", where=tmp_path)
    assert run.returncode == 2
    assert "nothing_of_the_kind" in run.stderr
    assert (tmp_path / "labelaudit-report" / "report.json").exists()
    run = labelaudit("render", "labelaudit-report/report.json", where=tmp_path)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema_version": "9.0"}', "\x00", "NaN"])
def test_render_refuses_what_is_no_report(text: str, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(text)
    run = labelaudit("render", "report.json", where=tmp_path)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["report.json"]


def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    images(tmp_path / "data")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    try:
        (closed / "probe").touch()
    except PermissionError:
        run = labelaudit("scan", "data", "-o", "closed", where=tmp_path)
        assert run.returncode == 2
        assert "closed: cannot be written" in run.stderr
    else:
        pytest.skip("this user may write to folders that are closed to writing")


def test_a_full_disk_is_told_and_leaves_nothing_half(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk."""
    images(tmp_path / "data")
    program = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096));"
        "import sys; sys.argv = ['labelaudit', 'scan', 'data', '--no-cache'];"
        "from labelaudit.cli import main; main()"
    )
    run = subprocess.run(
        [sys.executable, "-B", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2, run.stderr
    assert "labelaudit-report: cannot be written: File too large" in run.stderr
    assert not list((tmp_path / "labelaudit-report").iterdir())
