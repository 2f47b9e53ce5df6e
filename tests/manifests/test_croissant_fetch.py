"""What a Croissant file names by an address is fetched only when asked, and only if it is that."""

import hashlib
import io
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from described import LABEL, column, croissant, field, file_object, opened, record_set

from labelaudit.errors import InputError, OutputError
from labelaudit.manifests import croissant as reader
from labelaudit.reading.croissant.document import Resource
from labelaudit.reading.croissant.fetch import (
    Answer,
    check_address,
    fetched,
    open_https,
    redirected,
)

CSV = b"text,label\nquack,duck\nhonk,goose\n"
SHA256 = hashlib.sha256(CSV).hexdigest()
ADDRESS = "https://example.org/data/items.csv"


def resource(**more: str) -> Resource:
    known = {"url": ADDRESS, "sha256": SHA256, "md5": ""} | more
    return Resource(
        where="croissant.json: distribution 'items.csv'",
        id="items.csv",
        is_set=False,
        includes=(),
        excludes=(),
        inside=(),
        format="text/csv",
        **known,
    )


class _Server(BaseHTTPRequestHandler):
    """Answers with the table, with nothing, or for ever."""

    asked: list[str] = []  # noqa: RUF012 - what the server was asked for, which a test empties

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1/items.csv")
            self.end_headers()
            return
        self.send_response(200 if self.path == "/data/items.csv" else 404)
        self.end_headers()
        self.wfile.write(CSV)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has
        pass


@pytest.fixture
def served() -> Iterator[Callable[[str], AbstractContextManager[Answer]]]:
    """Return what asks a local server in place of the one that an address names."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    _Server.asked.clear()

    def ask(url: str) -> AbstractContextManager[Answer]:
        path = url.removeprefix("https://example.org")
        here = f"http://127.0.0.1:{server.server_address[1]}{path}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), redirected())
        return opener.open(here, timeout=10)  # type: ignore[no-any-return]

    yield ask
    server.shutdown()
    server.server_close()
    thread.join()


Served = Callable[[str], AbstractContextManager[Answer]]


def test_a_file_is_fetched_once_and_kept_by_its_hash(served: Served, tmp_path: Path) -> None:
    file = fetched(resource(), tmp_path, served)
    assert file == tmp_path / SHA256 / "items.csv"
    assert file.read_bytes() == CSV
    assert fetched(resource(), tmp_path, served) == file
    assert _Server.asked == ["/data/items.csv"]
    assert [each.name for each in file.parent.iterdir()] == ["items.csv"]


def test_a_kept_file_that_changed_is_refused(served: Served, tmp_path: Path) -> None:
    fetched(resource(), tmp_path, served).write_bytes(b"other")
    with pytest.raises(InputError, match="sha256: found "):
        fetched(resource(), tmp_path, served)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sha256": "0" * 64}, "sha256: found "),
        ({"sha256": "", "md5": "0" * 32}, "md5: found "),
        ({"sha256": ""}, "a file without a hash"),
        ({"sha256": "../../x"}, "a file without a hash"),
        ({"url": "http://example.org/data/items.csv"}, "is no https address"),
        ({"url": "file:///etc/passwd"}, "is no https address"),
        ({"url": "https://me:secret@example.org/a"}, "is no https address"),
        ({"url": "https://[x/a"}, "is no https address"),
        ({"url": "https:///a"}, "is no https address"),
        ({"url": "https://example.org/nothing"}, "cannot be fetched; Not Found"),
        ({"url": "https://example.org/away"}, "leads to another address"),
    ],
)
def test_what_is_not_the_file_is_refused_and_not_kept(
    changes: dict[str, str], says: str, served: Served, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as error:
        fetched(resource(**changes), tmp_path, served)
    assert says in str(error.value)
    assert "\nhint: " in str(error.value)
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


def test_a_file_beyond_the_size_is_refused(served: Served, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="more than 10 bytes"):
        fetched(resource(), tmp_path, served, most=10)
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]
    assert fetched(resource(), tmp_path, served, most=len(CSV)).is_file()


@pytest.mark.parametrize("name", ["a b/%2e%2e%2fx.csv", "%00.csv", "....csv", "", "é.csv", ".."])
def test_a_kept_file_lies_in_its_folder_whatever_its_address(name: str, tmp_path: Path) -> None:
    says = closing(io.BytesIO(CSV))
    file = fetched(resource(url=f"https://example.org/{name}"), tmp_path, lambda _: says)
    assert file.resolve().parent == (tmp_path / SHA256).resolve()
    assert file.read_bytes() == CSV


def test_a_folder_that_cannot_be_written_is_told(served: Served, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot keep what is fetched"):
        fetched(resource(), tmp_path / "cache", served)


def test_nothing_is_asked_of_a_server_that_does_not_speak_https() -> None:
    with pytest.raises(InputError, match="is no https address"):
        check_address("http://example.org/", "here")
    check_address("https://example.org/a", "here")
    assert open_https.__doc__


def test_a_manifest_is_read_from_addresses_only_when_asked(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = record_set(
        "items",
        field("items/text", "sc:Text", column("items.csv", "text")),
        field("items/label", LABEL, column("items.csv", "label")),
    )
    file = croissant(tmp_path / "data", [file_object("items.csv", ADDRESS, sha256=SHA256)], [items])
    with pytest.raises(InputError, match="an address; nothing is downloaded unasked"):
        opened(file)
    assert _Server.asked == []
    monkeypatch.setattr(reader, "fetched", partial(fetched, open_url=served))
    dataset = opened(file, fetch=tmp_path / "cache")
    assert [dataset.text(item) for item in range(2)] == ["quack", "honk"]
    assert dataset.class_names == ("duck", "goose")
    assert _Server.asked == ["/data/items.csv"]
