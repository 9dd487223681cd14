"""A stand-in for the open-data service on this machine: it speaks the API, and fails on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SNOMED = "english-prescribing-dataset-epd-with-snomed-code"
RETIRED = "english-prescribing-data-epd"


@dataclass
class File:
    """One published file. ``faults`` happen once each, in order, when it is asked for."""

    name: str
    content: bytes
    dataset: str = SNOMED
    modified: str | None = None
    created: str = "2026-08-01T09:00:00"
    link_field: str = "url"
    described: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    marked: bool = True  # has an ETag
    id: str = ""

    def __post_init__(self) -> None:
        self.id = self.id or f"id-{self.name}"


@dataclass
class StandIn:
    """The service. ``asked`` are the requests it saw; ``links`` the links that hold."""

    files: list[File]
    address: str = ""
    asked: list[str] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    links: dict[str, File] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)  # of the API, once each

    def downloads(self) -> int:
        return sum(path.startswith("/files/") for path in self.asked)

    def package(self, dataset: str) -> dict[str, Any] | None:
        found = [file for file in self.files if file.dataset == dataset]
        entries = [
            {"id": f.id, "name": f.name, "created": f.created, "last_modified": f.modified} for f in found
        ]
        return {"resources": entries} if found or dataset == SNOMED else None

    def resource(self, wanted: str) -> dict[str, Any] | None:
        for file in self.files:
            if file.id == wanted:
                path = f"/files/{len(self.links)}/{file.name}"
                self.links[path] = file
                return {
                    "created": file.created,
                    "last_modified": file.modified,
                    file.link_field: f"{self.address}{path}",
                    **file.described,
                }
        return None


class _Handler(BaseHTTPRequestHandler):
    service: StandIn

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        self.service.asked.append(path)
        if path.startswith("/files/"):
            self._file(path)
        else:
            self._api(path.rpartition("/")[2], query["id"][0])

    def _api(self, action: str, wanted: str) -> None:
        if self.service.faults:
            self.send_error(int(self.service.faults.pop(0)))
            return
        result = self.service.package(wanted) if action == "package_show" else self.service.resource(wanted)
        body = json.dumps({"success": result is not None, "result": result}).encode()
        self.send_response(200 if result is not None else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _file(self, path: str) -> None:
        file = self.service.links[path]
        asked = self.headers.get("Range")
        self.service.ranges.append(asked)
        fault = file.faults.pop(0) if file.faults else ""
        if fault.isdigit():
            self.send_error(int(fault))
            return
        if fault.startswith("http"):
            self.send_response(302)
            self.send_header("Location", fault)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        mark = f'"{hash(file.content)}"'
        vouched = self.headers.get("If-Range") in (None, mark)
        start = (
            int(asked.removeprefix("bytes=").rstrip("-")) if asked and vouched and fault != "no ranges" else 0
        )
        body = file.content[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(file.content) - 1}/{len(file.content)}")
        if file.marked:
            self.send_header("ETag", mark)
        if fault != "no length":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault in ("cut", "no length") else body)
        self.close_connection = True


@contextmanager
def serving(*files: File) -> Iterator[StandIn]:
    """The service, running at ``address`` until the block ends."""
    service = StandIn(list(files))
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": service}))
    service.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
