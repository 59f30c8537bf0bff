"""Whatever is added, one message says what is wrong, and nothing held is lost."""

import io
import os
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import imports_material as material
from care_study import paths
from care_study.data import tables
from care_study.data.adding import adding, reading, store
from care_study.data.tables import DataError

GOOD = material.c1(
    {
        (material.ESSEX, 2026): (9000, 1500, 20, 600),
        (material.CAMBRIDGESHIRE, 2026): (5000, 900, 10, 300),
    }
)


def plan(folder: Path, content: bytes | str, name: str = "file.csv", **options: float):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return adding.plan(paths.PUBLISHED, [path], **options)


def refused(folder: Path, content: bytes | str, name: str = "file.csv", **options: float) -> str:
    """Expect one clear refusal, and return it."""
    with pytest.raises(DataError) as error:
        plan(folder, content, name, **options)
    message = str(error.value)
    assert name in message
    return message


def archive(members: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("cut", [5, 40, 150, 300, len(GOOD) - 3, len(GOOD) - 8])
@pytest.mark.fault("a file to add is cut off after {id} bytes", "refused, or said to lack rows")
def test_a_truncated_file_is_refused_or_said(tmp_path, cut):
    """A cut within a row is certain; one that spares every cell can only be said."""
    cut_off = GOOD[:cut]
    try:
        notes = plan(tmp_path, cut_off).notes
    except DataError as error:
        assert "file.csv" in str(error)
    else:
        assert any("no line end" in note for note in notes)


@pytest.mark.fault("the last row of a file is cut off", "refused with its row")
def test_a_row_that_is_cut_off_is_refused(tmp_path):
    message = refused(tmp_path, GOOD.rstrip("\n").rsplit(",", 1)[0])
    assert "found 13 cells, expected 14. The file may have been cut off" in message


@pytest.mark.fault("a file ends within quotation marks", "refused")
def test_a_cut_within_quotation_marks_is_refused(tmp_path):
    hull = ("Local authority", "810", "Kingston upon Hull, City of", "E06000010", "Yorkshire")
    text = material.c1({(hull, 2026): (1, 1, 1, 1)})
    message = refused(tmp_path, text[: text.index(", City")])
    assert "may have been cut off" in message


@pytest.mark.fault("a file has lost whole rows", "the report says that it is incomplete")
def test_a_file_that_lost_whole_rows_is_said_to_be_incomplete(tmp_path):
    held = tables.read_text_frame(
        paths.PUBLISHED / "referrals.csv", tables.TABLES["referrals"]
    ).query("year == '2025'")
    areas = [
        ("Local authority", row.dfe_code, row.area_name, row.area_code, "")
        for row in held.itertuples()
        if row.dfe_code
    ]
    rows = {(area, 2025): (1000, 100, 10, 10) for area in areas[:60]}
    rows[material.ESSEX, 2026] = (1, 1, 1, 1)
    found = plan(tmp_path, material.c1(rows))
    assert any("it may be incomplete. They stay as held" in note for note in found.notes)
    after = found.tables["referrals"].query("year == '2025'")
    assert len(after) == len(held)


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><body>Service unavailable</body></html>",
        "\ufeff\n  <html>\n<h1>404</h1>",
        "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
    ],
)
@pytest.mark.fault("a web page was saved as CSV ({id})", "refused, and named as what it is")
def test_a_web_page_saved_as_csv_is_refused(tmp_path, page):
    assert "found a web page or XML" in refused(tmp_path, page)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('{"title": "Not found", "status": 404}', "found JSON"),
        ("%PDF-1.7\n", "found a PDF"),
        ("", "the file is empty"),
        ("  \n \n", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "found a binary file"),
        ("time_period;la_name\n2025;Essex\n", "between semicolons"),
        ("time_period,la_name\n", "a header but no row"),
        ('time_period,la_name\n"20"25,Essex\n', "not CSV"),
    ],
)
@pytest.mark.fault("a file of another format ({id})", "refused, and named as what it is")
def test_what_is_no_csv_is_named(tmp_path, content, found):
    assert found in refused(tmp_path, content)


@pytest.mark.fault("a workbook with the ending of a CSV", "refused, and named as what it is")
def test_an_excel_workbook_is_named_whatever_its_ending(tmp_path):
    workbook = archive({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<w/>"})
    for name in ("book.xlsx", "book.csv"):
        assert "found an Excel workbook" in refused(tmp_path, workbook, name)


@pytest.mark.parametrize(
    "name", ["../evil.csv", "data/../../evil.csv", "/etc/evil.csv", "C:\\evil.csv", "..\\evil.csv"]
)
@pytest.mark.fault(
    "an archive whose members lead outside its folder ({id})", "refused; nothing is written outside"
)
def test_an_archive_that_leads_outside_is_refused(tmp_path, name):
    message = refused(tmp_path, archive({"good.csv": GOOD, name: GOOD}), "file.zip")
    assert "names a file outside itself" in message
    assert [path.name for path in tmp_path.rglob("*")] == ["file.zip"]


@pytest.mark.fault(
    "an archive that unpacks to a thousand times its size", "refused before it is unpacked"
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    bomb = archive({"bomb.csv": b"0" * 50_000_000})
    assert len(bomb) < 100_000
    assert "would grow" in refused(tmp_path, bomb, "file.zip")


@pytest.mark.fault("an archive whose list lies about sizes", "refused")
def test_a_zip_whose_list_lies_about_sizes_is_refused(tmp_path):
    lying = bytearray(archive({"bomb.csv": b"0" * 5_000_000}))
    # The uncompressed size stands in the local header and in the central directory.
    size = (5_000_000).to_bytes(4, "little")
    assert lying.count(size) == 2
    content = bytes(lying).replace(size, (1000).to_bytes(4, "little"))
    message = refused(tmp_path, content, "file.zip", largest_mb=1)
    assert "damaged" in message or "more than" in message


@pytest.mark.fault("an archive of too many files", "refused")
def test_an_archive_of_too_many_files_is_refused(tmp_path):
    many = archive({f"{n}.csv": "a,b\n1,2\n" for n in range(reading.MOST_MEMBERS + 1)})
    assert "found 1,001 files" in refused(tmp_path, many, "file.zip")


@pytest.mark.parametrize("keep", [0.3, 0.8, 0.99])
@pytest.mark.fault("an archive cut off at {id} of its length", "refused")
def test_a_truncated_archive_is_refused(tmp_path, keep):
    whole = archive({"c1.csv": GOOD * 40})
    assert "damaged or was cut off" in refused(
        tmp_path, whole[: int(len(whole) * keep)], "file.zip"
    )


@pytest.mark.fault("an archive with a damaged member", "refused")
def test_an_archive_with_a_damaged_member_is_refused(tmp_path):
    content = bytearray(archive({"c1.csv": GOOD * 40}))
    content[60:90] = bytes(30)
    assert "damaged" in refused(tmp_path, bytes(content), "file.zip")


@pytest.mark.fault("an archive without any CSV", "refused")
def test_an_archive_without_csv_is_refused(tmp_path):
    assert "no CSV file in the archive" in refused(tmp_path, archive({"a.txt": "x"}), "file.zip")


@pytest.mark.fault("an archive within an archive", "not followed")
def test_archives_within_archives_are_not_followed(tmp_path):
    inner = archive({"c1.csv": GOOD})
    assert "no CSV file" in refused(tmp_path, archive({"inner.zip": inner}), "file.zip")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "cp1252", "windows-lines"]
)
@pytest.mark.fault("a file in {id}", "read, with the same figures")
def test_encodings_and_byte_order_marks_are_read(tmp_path, encoding):
    new = ("Local authority", "999", "Éast Côte", "E06000099", "East of England")
    text = material.c1({(new, 2026): (1, 1, 1, 1)})
    content = {
        "utf-16-le-bom": b"\xff\xfe" + text.encode("utf-16-le"),
        "windows-lines": text.replace("\n", "\r\n").encode(),
    }.get(encoding) or text.encode(encoding)
    frame = plan(tmp_path, content).tables["authorities"]
    assert frame.iloc[-1]["area_name"] == "Éast Côte"


@pytest.mark.fault("two encodings in one file", "refused with the place")
def test_two_encodings_in_one_file_are_refused(tmp_path):
    new = ("Local authority", "999", "Éast", "E06000099", "Côte")
    text = material.c1({(new, 2026): (1, 1, 1, 1)})
    mixed = text.encode().replace("Côte".encode(), "Côte".encode("cp1252"))
    assert "in two encodings" in refused(tmp_path, mixed)


@pytest.mark.fault("a file of two gigabytes", "refused without being read")
def test_a_file_of_two_gigabytes_is_refused_without_being_read(tmp_path):
    path = tmp_path / "file.csv"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)  # sparse: takes no room on the disk
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DataError, match=r"the file has 2,000 MB, more than the 100 MB"):
        adding.plan(paths.PUBLISHED, [path])
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50_000  # kilobytes


@pytest.mark.slow
@pytest.mark.fault("a file as large as is allowed", "read within the memory of a laptop")
def test_a_file_as_large_as_allowed_stays_within_memory(tmp_path):
    """100 MB in a process that may hold 1.5 GB: read or refused, never out of memory."""
    path = tmp_path / "large.csv"
    header, line, _ = GOOD.split("\n", 2)
    with path.open("w", encoding="utf-8") as file:
        file.write(header + "\n")
        for _ in range(99_000_000 // (len(line) + 1)):
            file.write(line + "\n")
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))\n"
        "from care_study.data.adding import adding; from care_study import paths\n"
        "plan = adding.plan(paths.PUBLISHED, [sys.argv[1]]); print(len(plan.changes))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )
    assert ended.returncode == 0, ended.stderr
    changes, peak = ended.stdout.split()
    assert int(changes) == 4
    assert int(peak) < 1500


@pytest.mark.fault("a file above the limit for its size", "refused; the limit can be raised")
def test_the_limit_can_be_raised_and_lowered(tmp_path):
    assert "more than the 0 MB" in refused(tmp_path, GOOD, largest_mb=0.0001)
    assert plan(tmp_path, GOOD, largest_mb=1).tables


@pytest.mark.parametrize("name", ["pipe", "missing.csv"])
@pytest.mark.fault("what is added is no file ({id})", "refused at once")
def test_what_is_no_file_is_refused(tmp_path, name):
    path = tmp_path / name
    if name == "pipe":
        os.mkfifo(path)
    with pytest.raises(DataError, match="Expected a CSV file, a zip archive or a folder"):
        adding.plan(paths.PUBLISHED, [path])


@pytest.mark.fault("an empty folder is added", "refused")
def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="no CSV or zip file in this folder"):
        adding.plan(paths.PUBLISHED, [tmp_path])


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-cmd", "=1+2"])
@pytest.mark.parametrize("where", ["figure", "name"])
@pytest.mark.fault(
    "a cell that a spreadsheet would run as a formula", "refused with its row and column"
)
def test_formulas_are_refused(tmp_path, cell, where):
    figure = cell if where == "figure" else 1
    name = cell if where == "name" else "Newtown"
    new = ("Local authority", "999", name, "E06000099", "East")
    message = refused(tmp_path, material.c1({(new, 2026): (figure, 1, 1, 1)}))
    assert "row 2, column" in message
    assert "found a formula" in message


@pytest.mark.fault("script in the name of an area", "refused")
def test_script_in_an_area_name_is_refused(tmp_path):
    new = ("Local authority", "999", "<script>alert(1)</script>", "E06000099", "East")
    assert "markup or script" in refused(tmp_path, material.c1({(new, 2026): (1, 1, 1, 1)}))


@pytest.mark.fault("figures with thousands separators", "read as the same figures")
def test_thousands_separators_are_read(tmp_path):
    found = plan(tmp_path, material.c1({(material.ESSEX, 2026): ("9,000", "1,500", "20", "600")}))
    assert found.changes.set_index("figure").at["referrals", "new"] == "9000"


@pytest.mark.parametrize("code", ["8.81E+02", "73", "Aug-81", "081", "0881", "881.5", "#REF!"])
@pytest.mark.fault("a code that a spreadsheet mangled ({id})", "refused, never guessed")
def test_codes_that_a_spreadsheet_mangled_are_refused(tmp_path, code):
    essex = (material.ESSEX[0], code, *material.ESSEX[2:])
    message = refused(tmp_path, material.c1({(essex, 2026): (1, 1, 1, 1)}))
    assert "column old_la_code" in message
    assert "three digits" in message


@pytest.mark.fault("codes that a spreadsheet made decimal", "read as the codes they were")
def test_codes_that_a_spreadsheet_made_decimal_are_read(tmp_path):
    essex = (material.ESSEX[0], "881.0", *material.ESSEX[2:])
    found = plan(tmp_path, material.c1({(essex, 2026): (1, 1, 1, 1)}))
    assert set(found.changes["area_id"]) == {"881"}


@pytest.mark.fault("a release older than what is held", "no held row changes")
def test_a_release_older_than_held_changes_no_held_row(tmp_path):
    rows = {(material.ESSEX, year): (1, 1, 1, 1) for year in (2013, 2019, 2020)}
    found = plan(tmp_path, material.c1(rows))
    assert dict(found.tables) == {}
    assert any("3 rows differ but are held from a newer release" in n for n in found.notes)


@pytest.mark.fault("a file that may not be read", "refused with its path")
def test_an_unreadable_file_is_refused(tmp_path, monkeypatch):
    def forbidden(self):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "file.csv"
    path.write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(Path, "read_bytes", forbidden)
    with pytest.raises(DataError, match="cannot be read"):
        list(reading.find([path]))


@pytest.mark.fault("any of these refusals", "not one held byte changes")
def test_nothing_held_is_lost_by_any_refusal(tmp_path):
    data = material.copy_of_data(tmp_path)
    before = {path: path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}
    bad = [GOOD[:200], "<html>", b"PK\x03\x04broken", GOOD.replace("9000", "=1"), "a,b\n1,2\n"]
    for content in bad:
        path = tmp_path / "bad.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with pytest.raises(DataError):
            store.write(data, adding.plan(data / "published", [path]).tables)
    assert before == {p: p.read_bytes() for p in sorted(data.rglob("*")) if p.is_file()}
