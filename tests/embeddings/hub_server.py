"""A hub on this machine: it speaks the protocol of the Hugging Face hub, and fails as told."""

import hashlib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote

COMMIT = "c0ffee" + "0" * 34


@dataclass
class Fault:
    """What happens to the next requests of a method, instead of the right answer.

    Attributes
    ----------
    method
        ``HEAD`` or ``GET``.
    status, headers
        Of the answer; a status of 0 leaves the right one.
    cut_after
        Bytes of the body after which the connection is cut.
    spoil
        Change the body's first byte.
    before
        Called before the answer.
    times
        How many requests it happens to.
    """

    method: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    spoil: bool = False
    before: Callable[[], object] = lambda: None
    times: int = 1


@dataclass
class Hub:
    """A running hub.

    Attributes
    ----------
    url, contents_url
        Where it listens, and where large contents are: another origin, as the hub has it.
    files
        Contents by repository and path.
    commit
        What ``main`` is.
    faults
        What goes wrong next.
    requests
        Method, path and headers of each request so far.
    """

    url: str = ""
    contents_url: str = ""
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    commit: str = COMMIT
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def downloads(self) -> list[dict[str, str]]:
        """Return the headers of each request for contents."""
        return [headers for method, _, headers in self.requests if method == "GET"]

    def next_fault(self, method: str) -> Fault:
        """Return what goes wrong with a request."""
        for fault in self.faults:
            if fault.method == method and fault.times:
                fault.times -= 1
                return fault
        return Fault(method)


class Handler(BaseHTTPRequestHandler):
    """Answers requests for ``/<repository>/resolve/<revision>/<path>``, and for contents."""

    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""

    def _answer(self) -> None:
        path = unquote(self.path).lstrip("/")
        self.hub.requests.append((self.command, path, dict(self.headers)))
        fault = self.hub.next_fault(self.command)
        fault.before()
        if fault.status:
            self._send(fault.status, fault.headers, b"", fault)
        elif path.startswith("contents/"):
            self._send_contents(path.rpartition("/")[2], fault)
        else:
            self._resolve(path, fault)

    def _resolve(self, path: str, fault: Fault) -> None:
        """Answer with a redirection to the contents, as the hub does for large files."""
        repository, _, rest = path.partition("/resolve/")
        revision, _, name = rest.partition("/")
        content = self.hub.files.get((repository, name))
        wrong = ""
        if repository not in {known for known, _ in self.hub.files}:
            wrong = "RepoNotFound"
        elif revision not in {"main", self.hub.commit}:
            wrong = "RevisionNotFound"
        elif content is None:
            wrong = "EntryNotFound"
        if wrong or content is None:
            status = 401 if wrong == "RepoNotFound" else 404  # as the hub has it without a login
            self._send(status, {"X-Error-Code": wrong, "X-Error-Message": wrong}, b"", fault)
            return
        sha256 = hashlib.sha256(content).hexdigest()
        headers = {
            "X-Repo-Commit": self.hub.commit,
            "X-Linked-Etag": f'"{sha256}"',
            "X-Linked-Size": str(len(content)),
            "Location": f"{self.hub.contents_url}/contents/{sha256}",
        }
        self._send(302, headers | fault.headers, b"", fault)

    def _send_contents(self, sha256: str, fault: Fault) -> None:
        contents = {hashlib.sha256(each).hexdigest(): each for each in self.hub.files.values()}
        content = contents[sha256]
        if fault.spoil:
            content = bytes([content[0] ^ 1]) + content[1:]
        headers = {"ETag": f'"{sha256}"', "Accept-Ranges": "bytes"}
        asked = self.headers.get("Range", "")
        if asked:
            start = int(asked.removeprefix("bytes=").partition("-")[0])
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            content = content[start:]
        self._send(206 if asked else 200, headers, content, fault)

    def _send(self, status: int, headers: dict[str, str], body: bytes, fault: Fault) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(body[: fault.cut_after])
        if fault.cut_after is not None:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True


@contextmanager
def running_hub() -> Iterator[Hub]:
    """Run a hub while the context lasts."""
    hub = Hub()
    with _listening(hub) as hub.url, _listening(hub) as hub.contents_url:
        yield hub


@contextmanager
def _listening(hub: Hub) -> Iterator[str]:
    """Answer for a hub at an address of its own, which is returned."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": hub}))
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
