"""Models by name as a person uses them: the installed program against a hub on this machine."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "embeddings"))

from hub_server import COMMIT, Fault, Hub, running_hub

NAME = "tiny"  # a name whose hash the catalog leaves to the first pull
REPOSITORY, PATH = "someone/tiny-clip", "onnx/vision_model.onnx"
WITH_OWN_CATALOG = """
from pathlib import Path
from labelaudit.cli import main
from labelaudit.embeddings.hub import catalog
catalog.read_catalog.__defaults__ = (Path("catalog.toml").absolute(),)
main()
"""


def catalog_with_tiny() -> str:
    """Return the catalog and one entry more, that of clip-vit-b32 but for where it is."""
    from labelaudit.embeddings.hub.catalog import CATALOG

    said = CATALOG.read_text(encoding="utf-8")
    begin = said.index("[clip-vit-b32]")
    entry = said[begin : said.index("\n[siglip-base]")]
    entry = entry.replace("clip-vit-b32", NAME).replace("Xenova/clip-vit-base-patch32", REPOSITORY)
    lines = [line for line in entry.splitlines() if not line.startswith(("sha256", "revision"))]
    at = lines.index('kind = "image"')
    return "\n".join([said, *lines[:at], 'revision = "main"', *lines[at:]])


def tiny_model() -> bytes:
    """Return a model with the tensors of a CLIP vision tower, and some weights that do nothing."""
    nodes = [
        helper.make_node(
            "AveragePool", ["pixel_values"], ["pooled"], kernel_shape=[56, 56], strides=[56, 56]
        ),
        helper.make_node("Flatten", ["pooled"], ["image_embeds"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, ["n", 3, 224, 224])],
        [helper.make_tensor_value_info("image_embeds", TensorProto.FLOAT, ["n", 48])],
        [numpy_helper.from_array(np.zeros(50_000, dtype=np.float32), "unused")],
    )
    opset = [helper.make_opsetid("", 18)]
    model: onnx.ModelProto = helper.make_model(graph, opset_imports=opset, ir_version=9)
    content: bytes = model.SerializeToString()
    return content


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Run a hub that has a tiny model under a name of the catalog."""
    with running_hub() as hub:
        hub.files[REPOSITORY, PATH] = tiny_model()
        yield hub


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Return a dataset of two classes of six images."""
    for label, hue in (("red", 0), ("blue", 2)):
        (tmp_path / "data" / label).mkdir(parents=True)
        for number in range(6):
            pixels = np.zeros((40, 40, 3), dtype=np.uint8)
            pixels[:, :, hue] = 120 + 20 * number
            Image.fromarray(pixels).save(tmp_path / "data" / label / f"{number}.png")
    return tmp_path / "data"


def labelaudit(
    *arguments: str | Path,
    where: Path,
    hub: Hub | None = None,
    before: Callable[[], object] | None = None,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder, its cache there, its hub the given one."""
    (where / "catalog.toml").write_text(catalog_with_tiny(), encoding="utf-8")
    endpoint = {"HF_ENDPOINT": hub.url} if hub else {}
    own = {"LABELAUDIT_CACHE": str(where / "cache"), "HF_HOME": str(where / "hf")}
    inherited = {name: said for name, said in os.environ.items() if not name.startswith("HF_")}
    return subprocess.run(
        [sys.executable, "-c", WITH_OWN_CATALOG, *map(str, arguments)],
        cwd=where,
        env=inherited | {"NO_COLOR": "1", "COLUMNS": "100"} | own | endpoint | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        preexec_fn=before,
    )


def refused(run: subprocess.CompletedProcess[str]) -> str:
    """Return the message of a run that ended as an error its reader can act on."""
    assert run.returncode == 2, run.stderr
    assert "Traceback" not in run.stderr
    message = run.stderr[run.stderr.index("error: ") :]
    assert "\nhint: " in message
    return message


@pytest.mark.slow
def test_a_scan_pulls_the_model_it_names_and_says_so(
    hub: Hub, images: Path, tmp_path: Path
) -> None:
    run = labelaudit("scan", images, "--model", NAME, where=tmp_path, hub=hub)
    assert run.returncode == 0, run.stderr
    assert f"pulling {NAME}: {REPOSITORY} at main, about 352 MB, licence MIT\n" in run.stderr
    report = json.loads((tmp_path / "labelaudit-report" / "report.json").read_text())
    assert report["embedding"]["model"] == f"{NAME}.onnx"
    hub.requests.clear()
    again = labelaudit("scan", images, "--model", NAME, "--offline", where=tmp_path, hub=hub)
    assert again.returncode == 0, again.stderr
    assert "pulling" not in again.stderr
    assert not hub.requests


def test_pull_verify_and_a_changed_byte(hub: Hub, images: Path, tmp_path: Path) -> None:
    run = labelaudit("models", "pull", NAME, where=tmp_path, hub=hub)
    assert run.returncode == 0, run.stderr
    path = tmp_path / "cache" / "models" / NAME / f"{NAME}.onnx"
    assert run.stdout == f"{NAME}: {path}\n"
    assert labelaudit("models", "verify", where=tmp_path).stdout == (
        f"{NAME}: as it was pulled, commit {COMMIT}\n"
    )
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"\1")
    verified = refused(labelaudit("models", "verify", where=tmp_path))
    assert f"{NAME}.onnx: expected SHA-256 " in verified
    assert f"labelaudit models pull {NAME}" in verified
    scan = labelaudit("scan", images, "--model", NAME, where=tmp_path)
    assert "changed since they were pulled" in refused(scan)
    by_path = labelaudit("scan", images, "--model", path, where=tmp_path)
    assert "changed since they were pulled" in refused(by_path)
    assert labelaudit("models", "pull", NAME, where=tmp_path, hub=hub).returncode == 0
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault("GET", spoil=True), "its SHA-256 is"),
        (Fault("GET", status=429, headers={"Retry-After": "3600"}), "asks to wait 3,600 s"),
    ],
)
def test_a_pull_that_fails_keeps_nothing_that_a_scan_would_take(
    hub: Hub, tmp_path: Path, fault: Fault, message: str
) -> None:
    hub.faults.append(fault)
    assert message in refused(labelaudit("models", "pull", NAME, where=tmp_path, hub=hub))
    assert "not pulled" in refused(labelaudit("models", "verify", NAME, where=tmp_path))
    assert not list((tmp_path / "cache").rglob("*.onnx"))


def test_a_full_disk(hub: Hub, tmp_path: Path) -> None:
    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    run = labelaudit("models", "pull", NAME, where=tmp_path, hub=hub, before=little_room)
    assert "there is no room for it" in refused(run)
    assert not list((tmp_path / "cache").rglob("*.onnx"))


def test_offline(hub: Hub, images: Path, tmp_path: Path) -> None:
    by_option = labelaudit("scan", images, "--model", NAME, "--offline", where=tmp_path, hub=hub)
    assert "not pulled yet" in refused(by_option)
    run = labelaudit("models", "pull", NAME, where=tmp_path, hub=hub, HF_HUB_OFFLINE="1")
    assert f"labelaudit models pull {NAME}" in refused(run)
    assert not hub.requests


def test_a_name_of_nothing(images: Path, tmp_path: Path) -> None:
    message = refused(labelaudit("scan", images, "--model", "dinov9", where=tmp_path))
    assert "dinov9" in message
    assert "dinov2-small" in message
    assert "dinov2-small" in refused(labelaudit("models", "pull", "dinov9", where=tmp_path))
    assert "dinov2-small" in refused(labelaudit("models", "verify", "dinov9", where=tmp_path))


def test_list(tmp_path: Path) -> None:
    table = labelaudit("models", "list", where=tmp_path).stdout
    facts = json.loads(labelaudit("models", "list", "--json", where=tmp_path).stdout)
    assert all(fact["name"] in table and fact["licence"] in table for fact in facts)
    assert not any(fact["pulled"] for fact in facts)
    assert labelaudit("models", "verify", where=tmp_path).stdout == "no model is pulled\n"


def test_bench_needs_no_download(tmp_path: Path) -> None:
    run = labelaudit("models", "bench", "--seconds", "0.1", "--json", where=tmp_path)
    facts = json.loads(run.stdout)
    assert facts["model"] == "builtin"
    assert facts["unit"] == "images"
    assert facts["per_second"] > 0
    assert "not pulled" in refused(labelaudit("models", "bench", NAME, where=tmp_path))


def test_the_client_is_imported_for_a_pull_only(tmp_path: Path) -> None:
    program = (
        "import sys; sys.argv[1:] = ['models', 'list']\n"
        "from labelaudit.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(sorted({'huggingface_hub', 'filelock'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "LABELAUDIT_CACHE": str(tmp_path)},
    )
    assert run.stdout.endswith("[]\n")
