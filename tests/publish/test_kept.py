"""What was made before is given again, and never in place of something else."""

import pytest

from care_study.publish import downloads, kept, vega_bundle
from care_study.show.table_data import ten_digits

CONTENT = {
    "caption": "Rates",
    "name": "rates",
    "columns": [{"name": "rate", "label": "Rate", "unit": "", "numeric": True, "decimals": 1}],
    "rows": [[1.25], [2.5]],
    "notes": [],
    "shorthand": {},
}


@pytest.fixture
def made(monkeypatch, tmp_path):
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "kept")
    calls = []

    def make(*made_from, text=b"body"):
        def maker():
            calls.append(made_from)
            return text

        return kept.kept(maker, *made_from, code=(kept.__file__,))

    make.calls = calls
    return make


def test_the_second_time_nothing_is_made(made):
    assert made("a", {"x": 1}) == made("a", {"x": 1}) == b"body"
    assert len(made.calls) == 1


def test_what_it_is_made_from_decides(made):
    for changed in (("a",), ("b",), ("a", "b"), (["a"],), ({"a": 1},), ({"a": 1.5},), (None,)):
        assert made(*changed, text=repr(changed).encode()) == repr(changed).encode()
    assert len(made.calls) == 7


def test_code_decides_too(made, tmp_path, monkeypatch):
    code = tmp_path / "code.py"
    for text, count in (("one", 1), ("one", 1), ("two", 2)):
        code.write_text(text)
        kept._digest_of.cache_clear()
        kept.kept(lambda: made.calls.append(0) or b"x", 1, code=(str(code),))
        assert len(made.calls) == count


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 100])
def test_a_damaged_file_is_made_again(made, damage):
    made("a")
    (file,) = kept.FOLDER.iterdir()
    file.write_bytes(damage)
    assert made("a") == b"body"
    assert len(made.calls) == 2
    assert made("a") == b"body"
    assert len(made.calls) == 2


def test_where_nothing_can_be_kept_it_is_made(made, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "file" / "kept")
    assert made("a") == made("a") == b"body"
    assert len(made.calls) == 2
    kept.sweep()


def test_the_oldest_is_swept(made):
    for name in "abc":
        made(name)
    made("a")
    kept.sweep(most=2)
    made("a")
    made("c")
    assert len(made.calls) == 3
    made("b")
    assert len(made.calls) == 4


def test_a_workbook_and_the_script_are_those_that_would_be_made(made, tmp_path, monkeypatch):
    from care_study.publish.workbook import workbook

    for content in (CONTENT, {**CONTENT, "rows": [[ten_digits(1.26)], [2.5]]}):
        fresh = workbook(content, "Book", ["a line"])
        for _ in range(2):
            assert downloads.xlsx_bytes(content, book="Book", source_lines=["a line"]) == fresh
    assert downloads.xlsx_bytes(CONTENT, book="Other", source_lines=["a line"]) != fresh
    monkeypatch.setattr(vega_bundle, "_bundle", lambda: b"script")
    vega_bundle.write_bundle(tmp_path / "vega.js")
    monkeypatch.setattr(vega_bundle, "_bundle", lambda: b"another")
    vega_bundle.write_bundle(tmp_path / "vega.js")
    assert (tmp_path / "vega.js").read_bytes() == b"script"
