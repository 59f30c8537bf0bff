"""What a reader's browser has to fetch: bytes a page, and time to the first paint."""

import gzip
import re
import shutil
import threading
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median_low
from urllib.parse import unquote, urlsplit

from measure import Measure

from care_study import paths

PART = "page weight"
# What Lighthouse calls slow 4G: 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up.
SLOW_4G = {"latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
LINKS = re.compile(r"""<(?:script[^>]*\ssrc|link[^>]*\shref|img[^>]*\ssrc)=["']([^"']+)["']""")
FONTS = re.compile(r"""url\(["']?([^"')]+)["']?\)""")


def measure() -> list[Measure]:
    """Measure the lightest, the median and the heaviest page of the book that was built."""
    weights = {page: transferred([page]) for page in pages()}
    order = sorted(weights, key=lambda page: weights[page])
    middle = next(page for page in order if weights[page] == median_low(weights.values()))
    made = []
    for word, page in {"lightest": order[0], "median": middle, "heaviest": order[-1]}.items():
        made += of_page(word, page)
    return made


def pages() -> list[Path]:
    """Every page of the book."""
    return sorted(page for page in paths.HTML.rglob("*.html") if "_static" not in page.parts)


def of_page(word: str, page: Path) -> list[Measure]:
    """Measure one page: on the first visit with all that it needs, on the next by itself."""
    name = f"{word} page ({page.relative_to(paths.HTML).as_posix()})"
    everything = [page, *needed(page)]
    raw = sum(file.stat().st_size for file in everything)
    first = {"heaviest": 400.0}.get(word)
    following = {"heaviest": 120.0}.get(word)
    made = [
        Measure(PART, f"{name}, first visit", transferred(everything) / 1e3, "kB", 0, most=first),
        Measure(PART, f"{name}, first visit, not compressed", raw / 1e3, "kB", 0),
        Measure(PART, f"{name}, next page", transferred([page]) / 1e3, "kB", 0, most=following),
        Measure(PART, f"{name}, next page, not compressed", page.stat().st_size / 1e3, "kB", 0),
        Measure(PART, f"{name}, from other hosts", len(foreign(page)), "files", 0, most=1),
    ]
    painted = first_paint(page)
    if painted is not None:
        made.append(Measure(PART, f"{name}, first paint on slow 4G", painted, "s", most=1))
    return made


def links(page: Path) -> list[str]:
    """Addresses of what a page loads: scripts, styles, pictures."""
    text = page.read_text(encoding="utf-8")
    kept = (part for part in text.split("<") if 'rel="canonical"' not in part)
    return LINKS.findall("<".join(kept))


def foreign(page: Path) -> list[str]:
    """Addresses on other hosts that a page loads."""
    return [link for link in links(page) if urlsplit(link).netloc]


def needed(page: Path) -> list[Path]:
    """Files of the book that a page loads, and the fonts that its styles name."""
    found: dict[Path, None] = {}
    for link in links(page):
        address = urlsplit(link)
        file = (page.parent / unquote(address.path)).resolve()
        if not address.scheme and not address.netloc and file.is_file():
            found[file] = None
    for style in [file for file in found if file.suffix == ".css"]:
        for link in FONTS.findall(style.read_text(encoding="utf-8")):
            font = (style.parent / urlsplit(link).path).resolve()
            if font.is_file():
                found[font] = None
    return list(found)


def transferred(files: list[Path]) -> int:
    """Bytes sent, where the server compresses text."""
    return sum(len(packed(file)) for file in files)


@cache
def packed(file: Path) -> bytes:
    """Compress a file as servers do; what is compressed already stays as it is."""
    content = file.read_bytes()
    return min(content, gzip.compress(content, 6, mtime=0), key=len)


class _Packed(SimpleHTTPRequestHandler):
    """Serves the book compressed."""

    def do_GET(self) -> None:
        file = paths.HTML / unquote(urlsplit(self.path).path).lstrip("/")
        if not file.is_file():
            self.send_error(404)
            return
        body = packed(file)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        if len(body) < file.stat().st_size:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def first_paint(page: Path) -> float | None:
    """Seconds to the first content on slow 4G; None without a browser."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        return None
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a tool of development

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Packed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/{page.relative_to(paths.HTML).as_posix()}"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        shown = browser.new_page()
        session = shown.context.new_cdp_session(shown)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", {"offline": False, **SLOW_4G})
        shown.goto(address, wait_until="load")
        painted = shown.evaluate(
            "() => new Promise(done => new PerformanceObserver(list => {"
            " const one = list.getEntriesByName('first-contentful-paint')[0];"
            " if (one) done(one.startTime) }).observe({type: 'paint', buffered: true}))"
        )
        browser.close()
    server.shutdown()
    return float(painted) / 1000
