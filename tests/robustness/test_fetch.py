"""Fetching, against a server on this machine that answers as Explore Education Statistics does."""

import base64
import email.utils
import gzip
import hashlib
import io
import json
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

import imports_material as material
from care_study import paths
from care_study.cli.main import main
from care_study.data.adding.fetch import MANIFEST, fetch
from care_study.data.adding.transfer import FetchError, Patience, download, get_json

C1 = material.c1({(material.ESSEX, 2026): (9000, 1500, 20, 600)}).encode()
D3 = material.c1({(material.ESSEX, 2026): (800, 200)}, ("CPP_start", "CPP_subsequent")).encode()
CSV = "text/csv"


@dataclass
class Reply:
    """One answer; ``cut`` sends only so many bytes of the body and closes the connection."""

    body: bytes = b""
    status: int = 200
    kind: str = CSV
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    delay: float = 0
    ranges: bool = False


class Service:
    """Publications, data sets and files; ``faults`` are answered first, in turn, by path."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.faults: dict[str, list[Reply]] = {}
        self.files: dict[str, Reply] = {}
        self.publications = [
            {"id": f"other-{n}", "slug": f"other-{n}", "title": "Other"} for n in range(25)
        ] + [{"id": "pub-cin", "slug": "children-in-need", "title": "Children in need"}]
        self.data_sets: dict[str, list[dict[str, object]]] = {
            "pub-cin": [
                data_set("set-c1", "C1 Referrals and re-referrals 2013 to 2026"),
                data_set("set-d3", "D3 Child protection plans, second or subsequent"),
            ]
        }
        self.releases = {"children-in-need": "release-1"}

    def answer(self, path: str, query: dict[str, list[str]]) -> Reply:
        parts = path.strip("/").split("/")
        if path == "/v1/publications":
            return page(self.publications, query)
        if parts[:2] == ["v1", "publications"] and parts[-1] == "data-sets":
            return page(self.data_sets[parts[2]], query)
        if path in self.files:
            return self.files[path]
        if parts[:2] == ["content", "publications"] and parts[2] in self.releases:
            return as_json({"id": self.releases[parts[2]], "title": "2026"})
        return as_json({"title": "Not Found", "status": 404}, 404)


def data_set(id_: str, title: str, version: str = "1.0") -> dict[str, object]:
    return {"id": id_, "title": title, "latestVersion": {"version": version}}


def as_json(content: object, status: int = 200) -> Reply:
    return Reply(json.dumps(content).encode(), status, "application/json")


def page(entries: list[dict[str, object]], query: dict[str, list[str]]) -> Reply:
    number, size = (int(query.get(name, ["1"])[0]) for name in ("page", "pageSize"))
    pages = -(-len(entries) // size)
    return as_json(
        {
            "paging": {"page": number, "pageSize": size, "totalPages": pages},
            "results": entries[(number - 1) * size : number * size],
        }
    )


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """Keep every request on this machine, whatever the machine's settings are."""
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def service() -> Iterator[Service]:
    served = Service()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            served.requests.append((split.path, dict(self.headers)))
            waiting = served.faults.get(split.path, [])
            reply = waiting.pop(0) if waiting else None
            reply = reply or served.answer(split.path, parse_qs(split.query))
            time.sleep(reply.delay)
            self.send(reply)

        def send(self, reply: Reply) -> None:
            body, status, headers = reply.body, reply.status, dict(reply.headers)
            wanted = self.headers.get("Range", "")
            if reply.ranges and wanted and self.headers.get("If-Range") == headers.get("ETag"):
                start = int(wanted.removeprefix("bytes=").rstrip("-"))
                headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
                body, status = body[start:], 206
            self.send_response(status)
            self.send_header("Content-Type", reply.kind)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body if reply.cut is None else body[: reply.cut])
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served.files["/v1/data-sets/set-c1/csv"] = Reply(C1)
    served.files["/v1/data-sets/set-d3/csv"] = Reply(D3)
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def get(service, tmp_path, waits) -> Callable[..., list]:
    def run(*tables: str, **options: object):
        options.setdefault("patience", Patience(timeout=2, tries=4, sleep=waits.append))
        return fetch(
            tmp_path / "downloads",
            tables,
            api=f"{service.url}/v1",
            content=f"{service.url}/content",
            **options,
        )

    return run


def asked(service: Service, path: str) -> list[dict[str, str]]:
    return [headers for address, headers in service.requests if address == path]


FILE = "/v1/data-sets/set-c1/csv"


def test_a_data_set_is_found_page_by_page_and_downloaded(service, get):
    (fetched,) = get("referrals")
    assert fetched.path.name == "c1.csv"
    assert fetched.path.read_bytes() == C1
    assert fetched.sha256 == hashlib.sha256(C1).hexdigest()
    assert fetched.new
    assert len(asked(service, "/v1/publications")) == 2


@pytest.mark.fault(
    "nothing changed at the service since the last fetch", "nothing is downloaded again"
)
def test_what_did_not_change_is_not_downloaded_again(service, get):
    get("referrals")
    (again,) = get("referrals")
    assert (again.new, len(asked(service, FILE))) == (False, 1)
    service.data_sets["pub-cin"][0] = data_set("set-c1", "C1 Referrals", "2.0")
    (newer,) = get("referrals")
    assert (newer.new, len(asked(service, FILE))) == (True, 2)


@pytest.mark.fault("a fetched file was damaged since", "it is downloaded again")
def test_a_file_that_was_damaged_since_is_downloaded_again(service, get):
    (first,) = get("referrals")
    first.path.write_bytes(b"damaged")
    (again,) = get("referrals")
    assert again.new
    assert again.path.read_bytes() == C1


@pytest.mark.fault("the list of what was fetched is damaged", "everything is fetched again")
def test_a_damaged_manifest_is_no_harm(get):
    (first,) = get("referrals")
    (first.path.parent / MANIFEST).write_text("{", encoding="utf-8")
    assert get("referrals")[0].new


@pytest.mark.fault(
    "a data set is missing from the service's interface",
    "it is taken from the archive of the release",
)
def test_what_is_not_in_the_api_comes_from_the_archive_of_the_release(service, get):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("data/b1.csv", "a,b\n1,2\n")
    service.files["/content/releases/release-1/files"] = Reply(
        buffer.getvalue(), kind="application/octet-stream"
    )
    fetched = get("referrals", "children_in_need")
    assert [file.path.name for file in fetched] == ["c1.csv", "children-in-need.zip"]


@pytest.mark.fault("a publication is nowhere to be found", "the message says where to look")
def test_a_publication_that_is_nowhere_says_where_to_look(service, get):
    service.publications.clear()
    service.releases.clear()
    with pytest.raises(FetchError, match=r"children-in-need: the service does not know") as error:
        get("referrals")
    assert "find-statistics/children-in-need" in str(error.value)


@pytest.mark.fault("a table that cannot be fetched is asked for", "refused, with those that can")
def test_a_table_that_cannot_be_fetched_is_refused(get):
    with pytest.raises(FetchError, match=r"'inspections' cannot be fetched. Expected one of"):
        get("inspections")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.fault("the server answers with error {id}", "tried again with longer waits")
def test_errors_that_pass_are_tried_again_with_longer_waits(service, get, waits, status):
    service.faults[FILE] = [Reply(status=status), Reply(status=status)]
    assert get("referrals")[0].path.read_bytes() == C1
    assert waits == [1, 2]


@pytest.mark.fault("the server asks to wait", "waited as long as told")
def test_throttling_waits_as_long_as_told(service, get, waits):
    service.faults["/v1/publications"] = [Reply(status=429, headers={"Retry-After": "7"})]
    get("referrals")
    assert waits == [7]


@pytest.mark.fault("the server asks to wait until a date", "waited until then")
def test_throttling_until_a_date_waits_until_then(service, get, waits):
    until = email.utils.formatdate(time.time() + 30, usegmt=True)
    service.faults[FILE] = [Reply(status=503, headers={"Retry-After": until})]
    get("referrals")
    assert 25 < waits[0] <= 30


@pytest.mark.parametrize(("told", "wait"), [("86400", 120), ("soon", 1), ("-5", 1)])
@pytest.mark.fault("the server asks for a nonsensical wait ({id})", "a wait within bounds")
def test_waits_are_neither_endless_nor_nonsense(service, get, waits, told, wait):
    service.faults[FILE] = [Reply(status=429, headers={"Retry-After": told})]
    get("referrals")
    assert waits == [wait]


@pytest.mark.fault("a server error that does not pass", "one message after a few attempts")
def test_an_error_that_does_not_pass_is_one_message(service, get, waits):
    service.faults[FILE] = [Reply(status=503)] * 4
    with pytest.raises(FetchError, match=r"in 4 tries; the last ended with: status 503") as error:
        get("referrals")
    assert "care-study data add" in str(error.value)
    assert waits == [1, 2, 4]


@pytest.mark.fault("the server refuses", "not tried again; the message gives the reason")
def test_a_refusal_is_not_tried_again_and_gives_the_services_reason(service, get, waits):
    service.faults[FILE] = [as_json({"title": "The data set is withdrawn.", "status": 403}, 403)]
    with pytest.raises(FetchError, match=r"status 403 .*The data set is withdrawn"):
        get("referrals")
    assert waits == []


@pytest.mark.fault("the connection breaks in the middle of a download", "resumed where it broke")
def test_a_broken_download_is_resumed_where_it_broke(service, get, waits):
    whole = Reply(C1, headers={"ETag": '"v1"'}, ranges=True)
    service.files[FILE] = whole
    service.faults[FILE] = [Reply(C1, headers={"ETag": '"v1"'}, cut=100)]
    assert get("referrals")[0].path.read_bytes() == C1
    second = asked(service, FILE)[1]
    assert (second["Range"], second["If-Range"]) == ("bytes=100-", '"v1"')
    assert len(waits) == 1


@pytest.mark.fault("a download is interrupted for good", "the next run resumes it")
def test_a_download_is_resumed_by_the_next_run(service, get, waits):
    service.files[FILE] = Reply(C1, headers={"ETag": '"v1"'}, ranges=True)
    service.faults[FILE] = [Reply(C1, headers={"ETag": '"v1"'}, cut=100)]
    with pytest.raises(FetchError):
        get("referrals", patience=Patience(timeout=2, tries=1, sleep=waits.append))
    assert get("referrals")[0].path.read_bytes() == C1
    assert asked(service, FILE)[1]["Range"] == "bytes=100-"


@pytest.mark.fault("the file changed at the server between two parts", "started afresh")
def test_a_file_that_changed_meanwhile_is_started_afresh(service, get):
    service.faults[FILE] = [Reply(b"x" * 500, headers={"ETag": '"old"'}, cut=100)]
    service.files[FILE] = Reply(C1, headers={"ETag": '"new"'}, ranges=True)
    assert get("referrals")[0].path.read_bytes() == C1


@pytest.mark.fault("the server does not say which version it sends", "started afresh")
def test_without_a_version_nothing_is_resumed(service, get):
    service.faults[FILE] = [Reply(b"x" * 500, cut=100)]
    assert get("referrals")[0].path.read_bytes() == C1
    assert "Range" not in asked(service, FILE)[1]


@pytest.mark.fault("the server sends another part than was asked for", "not joined")
def test_a_wrong_part_is_not_joined(service, get):
    service.faults[FILE] = [
        Reply(C1, headers={"ETag": '"v1"'}, cut=100),
        Reply(C1[50:], 206, headers={"Content-Range": f"bytes 50-{len(C1) - 1}/{len(C1)}"}),
    ]
    assert get("referrals")[0].path.read_bytes() == C1


@pytest.mark.fault("the part at hand is longer than the file", "started afresh")
def test_a_part_longer_than_the_file_is_started_afresh(service, get, tmp_path):
    part = tmp_path / "downloads" / "c1.csv.part"
    part.parent.mkdir()
    part.write_bytes(b"x" * 9999)
    part.with_name("c1.csv.part-version").write_text('"v1"', encoding="utf-8")
    service.faults[FILE] = [Reply(status=416)]
    assert get("referrals")[0].path.read_bytes() == C1


@pytest.mark.parametrize("header", ["Content-MD5", "Digest", "Repr-Digest"])
@pytest.mark.fault("the checksum in {id} is not right", "tried again, then refused")
def test_a_checksum_that_is_not_right_is_tried_again_and_then_refused(service, get, header):
    md5, sha = hashlib.md5(b"other").digest(), hashlib.sha256(b"other").digest()
    value = {
        "Content-MD5": base64.b64encode(md5).decode(),
        "Digest": f"sha-256={base64.b64encode(sha).decode()}",
        "Repr-Digest": f"sha-256=:{base64.b64encode(sha).decode()}:",
    }[header]
    service.files[FILE] = Reply(C1, headers={header: value})
    with pytest.raises(FetchError, match="the checksum"):
        get("referrals")
    assert len(asked(service, FILE)) == 4


def test_a_checksum_that_is_right_passes(service, get):
    md5 = base64.b64encode(hashlib.md5(C1).digest()).decode()
    sha = base64.b64encode(hashlib.sha256(C1).digest()).decode()
    service.files[FILE] = Reply(C1, headers={"Content-MD5": md5, "Digest": f"sha-256={sha}"})
    assert get("referrals")[0].path.read_bytes() == C1


@pytest.mark.fault("a download fails", "the file that was there stays")
def test_a_failed_download_leaves_the_file_that_was_there(service, get):
    (first,) = get("referrals")
    service.data_sets["pub-cin"][0] = data_set("set-c1", "C1 Referrals", "2.0")
    service.faults[FILE] = [Reply(C1, cut=50)] * 4
    with pytest.raises(FetchError, match="the connection broke after 50 of"):
        get("referrals")
    assert first.path.read_bytes() == C1


def test_a_compressed_body_is_unpacked(service, get):
    service.files[FILE] = Reply(gzip.compress(C1), headers={"Content-Encoding": "gzip"})
    assert get("referrals")[0].path.read_bytes() == C1


@pytest.mark.fault("a compressed answer that unpacks to far more than allowed", "refused")
def test_a_compressed_bomb_is_refused(service, get):
    bomb = gzip.compress(b"0" * 20_000_000)
    service.files[FILE] = Reply(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchError, match="more than 1 MB"):
        get("referrals", largest_mb=1)


@pytest.mark.fault("a file larger than allowed", "not fetched")
def test_a_file_larger_than_allowed_is_not_fetched(service, get):
    service.files[FILE] = Reply(b"0" * 3_000_000)
    with pytest.raises(FetchError, match=r"more than 1 MB .* --largest"):
        get("referrals", largest_mb=1)


@pytest.mark.fault("the server hangs", "given up after a time, with a message")
def test_a_server_that_hangs_times_out(service, get, waits):
    service.faults[FILE] = [Reply(C1, delay=1.5)]
    get("referrals", patience=Patience(timeout=0.3, tries=2, sleep=waits.append))
    assert len(waits) == 1


@pytest.mark.fault("a sign-in page comes instead of data", "refused, and said")
def test_a_sign_in_page_is_not_taken_for_data(service, get):
    login = Reply(b"<html>Sign in</html>", kind="text/html; charset=utf-8")
    service.faults[FILE] = [login]
    with pytest.raises(FetchError, match=r"found a web page, expected a data file\. A proxy"):
        get("referrals")
    service.faults["/v1/publications"] = [login]
    with pytest.raises(FetchError, match=r"found text/html, expected JSON\. A proxy"):
        get("referrals")


@pytest.mark.parametrize("answer", [[], {}, {"results": 5}, {"results": [], "paging": {}}, "x"])
@pytest.mark.fault("an answer of another shape ({id})", "refused with one message")
def test_an_answer_of_another_shape_is_refused(service, get, answer):
    service.faults["/v1/publications"] = [as_json(answer)]
    with pytest.raises(FetchError, match="not the shape that the service's documentation"):
        get("referrals")


@pytest.mark.fault("there is no network", "one message that says what to do without")
def test_offline_is_one_clear_message(tmp_path, waits):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(FetchError) as error:
        fetch(tmp_path, api=closed, patience=Patience(timeout=1, tries=2, sleep=waits.append))
    assert "If this computer is offline or behind a proxy" in str(error.value)
    assert "care-study data add" in str(error.value)


@pytest.mark.fault("an address without encryption", "refused")
def test_an_address_without_encryption_is_refused(tmp_path):
    with pytest.raises(FetchError, match="without encryption"):
        get_json("http://example.org/v1", Patience(tries=1))
    with pytest.raises(FetchError, match="without encryption"):
        download("file:///etc/passwd", tmp_path / "x", Patience(tries=1), 100)


@pytest.mark.fault(
    "a name from the server that leads outside the folder", "it never becomes a path"
)
def test_names_from_the_server_never_become_paths(service, get, tmp_path):
    service.data_sets["pub-cin"] = [data_set("../../evil", "C1 Referrals", "../../v")]
    with pytest.raises(FetchError, match=r"/v1/data-sets/\.\.%2F\.\.%2Fevil/csv: .*status 404"):
        get("referrals")
    assert {path.name for path in tmp_path.rglob("*")} <= {"downloads"}


def test_the_command_fetches_and_adds(service, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "BUILD", tmp_path / "build")
    data = material.copy_of_data(tmp_path)
    addresses = ["--api", f"{service.url}/v1", "--content", f"{service.url}/content"]
    arguments = ["data", "fetch", "referrals", *addresses, "--add", "--data", str(data)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "4 figures added" in result.output
    assert "881,E10000012,Essex,2026,9000" in (data / "published/referrals.csv").read_text("utf-8")
    again = CliRunner().invoke(main, [*arguments[:-3], "--json"])
    (file,) = json.loads(again.output)
    assert (Path(file["path"]).name, file["new"]) == ("c1.csv", False)


@pytest.mark.fault("`care-study data fetch` without a network", "one message, no traceback")
def test_the_command_says_offline_in_one_message(tmp_path):
    closed = ["--api", "http://127.0.0.1:9/v1", "--tries", "1", "--to", str(tmp_path)]
    result = CliRunner().invoke(main, ["data", "fetch", *closed])
    assert result.exit_code == 2
    assert "offline" in result.output
    assert "Traceback" not in result.output
