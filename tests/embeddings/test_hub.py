"""Pulling a model: from a hub on this machine, through everything that can go wrong."""

import errno
import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from hub_server import COMMIT, Fault, Hub, running_hub
from tiny_models import DECLARATION, write_model
from tiny_text import TEXT_DECLARATION, write_text_model

from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.hub import resolve as hub_module
from labelaudit.embeddings.hub.catalog import Entry, HubFile
from labelaudit.embeddings.hub.pulled import (
    RECORD,
    check_current,
    check_pulled,
    model_folder,
    pulled_names,
)
from labelaudit.embeddings.hub.resolve import find_model, pull
from labelaudit.embeddings.models.model import load_model
from labelaudit.embeddings.texts.model import load_text_model
from labelaudit.errors import ModelError

huggingface_hub = pytest.importorskip("huggingface_hub")

REPOSITORY = "someone/tiny"
BESIDE = b"a tokenizer, say"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """Run a hub that has a tiny model, and have the client ask it."""
    from huggingface_hub import constants

    model = write_model(tmp_path / "tiny.onnx", weights={"unused": np.zeros(5000, np.float32)})
    with running_hub() as hub:
        hub.files[REPOSITORY, "onnx/model.onnx"] = model.read_bytes()
        hub.files[REPOSITORY, "tokenizer.json"] = BESIDE
        template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, hub.url)
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield hub


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Have every wait take no time; return them."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited


ENTRY = Entry(
    name="tiny",
    kind="image",
    repository=REPOSITORY,
    revision="main",
    files=(HubFile(path="onnx/model.onnx", size=20_000), HubFile(path="tokenizer.json", size=16)),
    dimension=12,
    licence="CC0-1.0",
    declaration=DECLARATION,
)


def pulled(entry: Entry = ENTRY) -> tuple[Path, list[str]]:
    """Pull a model; return its file and what was told."""
    told: list[str] = []
    return pull(entry, offline=False, tell=told.append), told


def nothing_is_kept() -> bool:
    """Tell whether nothing is left of a pull but its lock."""
    folder = model_folder("tiny").parent
    return {path.name for path in folder.glob("*")} <= {".tiny.lock"}


def test_a_pulled_model_loads_and_is_recorded(hub: Hub) -> None:
    path, told = pulled()
    assert load_model(path, "cpu").n_features == 12
    assert (path.parent / "tokenizer.json").read_bytes() == BESIDE
    content = hub.files[REPOSITORY, "onnx/model.onnx"]
    assert json.loads((path.parent / RECORD).read_text()) == {
        "name": "tiny",
        "repository": REPOSITORY,
        "revision": "main",
        "commit": COMMIT,
        "sha256": {
            "tokenizer.json": hashlib.sha256(BESIDE).hexdigest(),
            "tiny.onnx": hashlib.sha256(content).hexdigest(),
        },
        "size": {"tokenizer.json": len(BESIDE), "tiny.onnx": len(content)},
    }
    assert {entry.name for entry in path.parent.iterdir()} == {
        "tiny.onnx",
        "tiny.json",
        "tokenizer.json",
        RECORD,
    }
    assert told == ["pulling tiny: someone/tiny at main, about 0 MB, licence CC0-1.0"]
    check_current(ENTRY)
    check_pulled(path.parent)


def test_a_text_model_is_pulled_with_its_tokenizer(hub: Hub, tmp_path: Path) -> None:
    words = {"good": np.array([1, 0], np.float32), "bad": np.array([0, 1], np.float32)}
    model = write_text_model(tmp_path, words)
    hub.files[REPOSITORY, "onnx/model.onnx"] = model.read_bytes()
    hub.files[REPOSITORY, "tokenizer.json"] = (tmp_path / "tokenizer.json").read_bytes()
    path, _ = pulled(replace(ENTRY, kind="text", declaration=TEXT_DECLARATION))
    assert load_text_model(path, "cpu").n_features == 2
    (path.parent / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError):
        load_text_model(path, "cpu")


def test_all_files_are_of_one_commit(hub: Hub) -> None:
    pulled()
    asked = [path for _, path, _ in hub.requests if "/resolve/" in path]
    assert [path for path in asked if "/resolve/main/" in path] == asked[:1]
    assert all(f"/resolve/{COMMIT}/" in path for path in asked[1:])


def test_a_second_pull_asks_nothing(hub: Hub) -> None:
    pulled()
    n_requests = len(hub.requests)
    assert pulled()[1] == []
    assert len(hub.requests) == n_requests


@pytest.mark.parametrize(
    ("name", "there"), [("tiny.onnx", "onnx/model.onnx"), ("tokenizer.json", "tokenizer.json")]
)
def test_a_changed_byte_is_found_and_repaired(hub: Hub, name: str, there: str) -> None:
    path, _ = pulled()
    good = (path.parent / name).read_bytes()
    bad = good[:-1] + bytes([good[-1] ^ 1])
    (path.parent / name).write_bytes(bad)
    with pytest.raises(ModelError, match="1 of 2 files of tiny changed") as caught:
        check_pulled(path.parent)
    expected, found = hashlib.sha256(good).hexdigest(), hashlib.sha256(bad).hexdigest()
    assert caught.value.details == (f"{name}: expected SHA-256 {expected}, found {found}",)
    assert "models pull tiny" in caught.value.hint
    pulled()
    assert (path.parent / name).read_bytes() == good
    assert f"{REPOSITORY}/resolve/{COMMIT}/{there}" in {asked for _, asked, _ in hub.requests}
    check_pulled(path.parent)


def test_what_was_recorded_has_to_come_again(hub: Hub) -> None:
    path, _ = pulled()
    path.write_bytes(b"damaged")
    hub.files[REPOSITORY, "onnx/model.onnx"] += b"changed"
    with pytest.raises(ModelError, match="its SHA-256 is") as caught:
        pulled()
    assert caught.value.details[0].startswith("was recorded at the first pull ")
    assert path.read_bytes() == b"damaged"
    hub.commit = "beef" + "0" * 36  # the commit that was recorded is gone
    with pytest.raises(ModelError, match=f"there is no such revision {COMMIT}"):
        pulled()
    with pytest.raises(ModelError, match="changed since they were pulled"):
        check_pulled(path.parent)


@pytest.mark.usefixtures("hub")
def test_a_file_that_is_gone_is_found() -> None:
    path, _ = pulled()
    (path.parent / "tokenizer.json").unlink()
    with pytest.raises(ModelError) as caught:
        check_pulled(path.parent)
    assert caught.value.details[0].endswith("found no such file")


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    "record",
    [
        "{",
        "[]",
        "null",
        '{"name": "tiny"}',
        "[" * 100_000,
        {"sha256": ["tiny.onnx"], "size": ["tiny.onnx"]},
        {"sha256": {"tiny.onnx": 1}, "size": {"tiny.onnx": 1}},
        {"sha256": {"tiny.onnx": "0"}, "size": {}},
        {"sha256": {"../tiny.onnx": "0"}, "size": {"../tiny.onnx": 1}},
        {"commit": None},
        {"more": 1},
    ],
)
def test_a_damaged_record_is_refused(record: str | dict[str, object]) -> None:
    path, _ = pulled()
    good = json.loads((path.parent / RECORD).read_text())
    text = record if isinstance(record, str) else json.dumps(good | record)
    (path.parent / RECORD).write_text(text)
    with pytest.raises(ModelError, match="not the record of a pulled model") as caught:
        check_pulled(path.parent)
    assert f"remove {path.parent}" in caught.value.hint


def test_an_edited_declaration_is_refused_and_written_again(hub: Hub) -> None:
    path, _ = pulled()
    sidecar = path.with_suffix(".json")
    good = sidecar.read_text()
    sidecar.write_text(good.replace("bilinear", "bicubic"))
    with pytest.raises(ModelError, match="not what this version of labelaudit declares"):
        check_current(ENTRY)
    n_requests = len(hub.requests)
    pulled()
    assert sidecar.read_text() == good
    assert len(hub.requests) == n_requests


@pytest.mark.usefixtures("hub")
def test_a_revision_that_the_catalog_left_is_refused_and_replaced() -> None:
    pulled()
    moved = replace(ENTRY, revision=COMMIT)
    with pytest.raises(ModelError, match=f"expected someone/tiny at {COMMIT}, found .* at main"):
        check_current(moved)
    pulled(moved)
    check_current(moved)


def test_a_connection_that_is_cut_is_resumed(
    hub: Hub, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1000)  # else 10 MB
    content = hub.files[REPOSITORY, "tokenizer.json"] = bytes(range(250)) * 40
    hub.faults.append(Fault("GET", cut_after=3500))
    path, _ = pulled()
    assert (path.parent / "tokenizer.json").read_bytes() == content
    ranges = [headers.get("Range") for headers in hub.downloads()]
    assert ranges == [None, "bytes=3000-", None]
    assert waits


def test_a_connection_that_is_always_cut_leaves_nothing(hub: Hub, waits: list[float]) -> None:
    hub.faults.append(Fault("GET", cut_after=0, times=100))
    with pytest.raises(ModelError, match=r"tiny: tokenizer.json of someone/tiny: the pull broke"):
        pulled()
    assert nothing_is_kept()
    assert waits


def test_no_hub_at_all(hub: Hub, monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(
        constants, "HUGGINGFACE_CO_URL_TEMPLATE", "http://127.0.0.1:9/{repo_id}/{filename}"
    )
    with pytest.raises(ModelError, match="the pull broke off: ConnectError") as caught:
        pulled()
    assert "HF_ENDPOINT" in caught.value.hint
    assert nothing_is_kept()
    assert not hub.requests
    assert not waits


def test_contents_that_are_not_what_the_hub_states(hub: Hub) -> None:
    hub.faults.append(Fault("GET", spoil=True))
    with pytest.raises(ModelError, match=r"tokenizer.json .* its SHA-256 is") as caught:
        pulled()
    stated = hashlib.sha256(BESIDE).hexdigest()
    assert caught.value.details == (f"the hub states {stated}",)
    assert nothing_is_kept()


def test_contents_that_are_not_what_the_catalog_says(hub: Hub) -> None:
    model, beside = ENTRY.files
    entry = replace(ENTRY, files=(replace(model, sha256="0" * 64), beside))
    with pytest.raises(ModelError, match="its SHA-256 is") as caught:
        pulled(entry)
    assert caught.value.details == (f"the catalog says {'0' * 64}",)
    assert nothing_is_kept()
    assert hub.requests


def test_the_hash_of_the_catalog_lets_the_right_file_pass(hub: Hub) -> None:
    model, beside = ENTRY.files
    good = hashlib.sha256(hub.files[REPOSITORY, "onnx/model.onnx"]).hexdigest()
    path, _ = pulled(replace(ENTRY, files=(replace(model, sha256=good), beside)))
    assert path.is_file()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            replace(ENTRY, repository="someone/gone"),
            "the hub answers 401, it is gated or private, or not there",
        ),
        (replace(ENTRY, revision="v9"), "the hub answers 404, there is no such revision v9"),
        (
            replace(ENTRY, files=(HubFile(path="gone.onnx", size=1),)),
            "tiny: gone.onnx of someone/tiny: the hub answers 404, there is no such file",
        ),
    ],
)
def test_what_is_not_there(hub: Hub, entry: Entry, message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        pulled(entry)
    assert caught.value.hint
    assert nothing_is_kept()
    assert not hub.downloads()


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (404, "", "404, there is no such repository"),
        (403, "GatedRepo", "403, it is gated"),
        (401, "GatedRepo", "401, it is gated"),
        (403, "", "403, it is gated"),
        (500, "", "500"),
    ],
)
@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_what_the_hub_refuses(  # noqa: PLR0913, PLR0917 - each is a fact of the answer
    hub: Hub, waits: list[float], method: str, status: int, code: str, message: str
) -> None:
    headers = {"X-Error-Code": code} if code else {}
    hub.faults.append(Fault(method, status=status, headers=headers, times=100))
    with pytest.raises(ModelError, match=f"the hub answers {message}"):
        pulled()
    assert nothing_is_kept()
    assert all(wait <= 8 for wait in waits)


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize(
    "headers", [{"Retry-After": "7"}, {"RateLimit": '"resolvers";r=0;t=7'}, {}]
)
def test_a_busy_hub_is_waited_for(
    hub: Hub, waits: list[float], method: str, headers: dict[str, str]
) -> None:
    hub.faults.append(Fault(method, status=429, headers=headers))
    path, told = pulled()
    seconds = 7.0 if headers else 5.0
    assert path.is_file()
    assert waits == [seconds]
    assert told[1:] == [f"the hub asks to wait {seconds:.0f} s"]


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize("until", ["3600", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_hub_that_asks_to_wait_for_long_is_not(
    hub: Hub, waits: list[float], method: str, until: str
) -> None:
    hub.faults.append(Fault(method, status=429, headers={"Retry-After": until}))
    with pytest.raises(ModelError, match="429, too many requests, and asks to wait") as caught:
        pulled()
    assert "try again later" in caught.value.hint
    assert waits == []
    assert nothing_is_kept()


def test_a_hub_that_stays_busy_is_left(hub: Hub, waits: list[float]) -> None:
    hub.faults.append(Fault("HEAD", status=429, headers={"Retry-After": "2"}, times=100))
    with pytest.raises(ModelError, match="429, too many requests"):
        pulled()
    assert waits == [2.0, 2.0]


def test_a_full_disk_leaves_nothing(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("huggingface_hub.file_download.http_get", full)
    with pytest.raises(ModelError, match="there is no room for it: No space left") as caught:
        pulled()
    assert "make room" in caught.value.hint
    assert nothing_is_kept()
    assert hub.requests


def test_a_disk_that_would_be_full_is_found_before(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(ModelError, match="there is no room for it: it takes"):
        pulled()
    assert not hub.downloads()


@pytest.mark.usefixtures("hub")
def test_what_a_killed_pull_left_is_not_taken() -> None:
    left = model_folder("tiny").with_name(".tiny.partial")
    left.mkdir(parents=True)
    for name in ("tiny.onnx", "tiny.json", RECORD):
        (left / name).write_text("half")
    assert pulled_names() == []
    path, _ = pulled()
    assert pulled_names() == ["tiny"]
    assert load_model(path, "cpu").n_features == 12
    assert not left.exists()


@pytest.mark.usefixtures("hub")
def test_what_a_killed_pull_moved_away_is_put_back(hub: Hub) -> None:
    pulled()
    folder = model_folder("tiny")
    folder.rename(folder.with_name(".tiny.before"))
    hub.requests.clear()
    path, said = pulled()
    assert path.is_file()
    assert not said
    assert not hub.requests


def test_the_hashes_of_the_first_pull_outlive_a_kill(hub: Hub) -> None:
    path, _ = pulled()
    folder = model_folder("tiny")
    path.unlink()
    folder.rename(folder.with_name(".tiny.before"))
    hub.files[REPOSITORY, "onnx/model.onnx"] += b"other"
    with pytest.raises(ModelError):
        pulled()
    assert (folder / RECORD).is_file()


@pytest.mark.usefixtures("hub")
def test_a_model_that_cannot_take_its_place_leaves_what_was_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, _ = pulled()
    path.write_bytes(b"changed")
    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if self.name == ".tiny.partial":
            raise OSError(errno.EIO, "no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(ModelError):
        pulled()
    assert path.read_bytes() == b"changed"
    assert (path.parent / RECORD).is_file()


def test_a_cache_that_cannot_be_written() -> None:
    folder = model_folder("tiny").parent
    folder.parent.mkdir(parents=True)
    folder.touch()
    with pytest.raises(
        ModelError, match=f"tiny: {folder} cannot be written: File exists"
    ) as caught:
        pulled()
    assert "LABELAUDIT_CACHE" in caught.value.hint


def test_two_pulls_at_once_bring_it_once(hub: Hub) -> None:
    second_waits = Event()
    hub.faults.append(Fault("GET", before=lambda: second_waits.wait(20)))
    told: list[str] = []

    def tell(message: str) -> None:
        told.append(message)
        if "another pull" in message:
            second_waits.set()

    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(pull, ENTRY, offline=False, tell=tell) for _ in range(2)]
        paths = {one.result() for one in both}
    assert len(paths) == 1
    assert sorted(told)[1] == "waiting for another pull of tiny"
    assert len(hub.downloads()) == 2  # the model and what lies beside it


@pytest.mark.parametrize("said", ["1", "true", "ON"])
def test_offline_nothing_is_asked(hub: Hub, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", said)
    with pytest.raises(ModelError, match="tiny: not pulled yet, and this run is offline") as caught:
        pulled()
    assert "labelaudit models pull tiny" in caught.value.hint
    monkeypatch.delenv("HF_HUB_OFFLINE")
    with pytest.raises(ModelError, match="offline"):
        pull(ENTRY, offline=True, tell=lambda _message: None)
    assert not hub.requests


def test_what_is_here_needs_no_network(hub: Hub) -> None:
    path, _ = pulled()
    assert pull(ENTRY, offline=True, tell=lambda _message: None) == path
    assert hub.requests


def test_something_that_is_no_hub(hub: Hub) -> None:
    hub.faults.append(Fault("HEAD", status=200))
    with pytest.raises(ModelError, match="names no commit"):
        pulled()


def test_no_client_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "huggingface_hub.utils", None)
    with pytest.raises(ModelError, match="needs the package huggingface_hub") as caught:
        pulled()
    assert caught.value.hint == "pip install 'labelaudit[hub]'"


def test_what_model_means(hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hub_module, "read_catalog", lambda: {"tiny": ENTRY})
    monkeypatch.setattr(hub_module, "find_entry", lambda _name: ENTRY)
    told: list[str] = []
    (tmp_path / "tiny").write_text("a name of the catalog goes first")
    first = find_model("tiny", offline=False, tell=told.append)
    assert first == find_model("tiny", offline=True, tell=told.append)
    assert len(told) == 1
    assert find_model("builtin", offline=True, tell=told.append) == BUILTIN
    for said in ("./tiny", "gone.onnx", str(tmp_path / "x")):
        assert find_model(said, offline=True, tell=told.append) == Path(said)
    assert hub.requests


def test_a_name_of_nothing_lists_the_names() -> None:
    with pytest.raises(ModelError, match="dinov3: no model has this name") as caught:
        find_model("dinov3", offline=False, tell=lambda _message: None)
    assert "dinov2-small" in caught.value.hint
    assert "builtin" in caught.value.hint
