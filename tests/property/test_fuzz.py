"""Whatever is read, the answer is a reading or one clear message; never another error.

A few seconds here; `make fuzz` looks for longer (``HYPOTHESIS_PROFILE=fuzz``).
"""

import csv
import io
import json
import shutil
from functools import cache

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from care_study import paths
from care_study.claims import register
from care_study.data import tables
from care_study.data.adding import reading
from care_study.data.schemas import TABLES
from care_study.execution.parameters import declared_parameters
from care_study.show.facts import read_facts
from care_study.study import StudyError, read_study
from care_study.words import FactError

pytestmark = pytest.mark.slow
ODD = st.sampled_from(
    ["", " ", "c", "z", "-1", "1.5", "1e9", "NaN", "inf", "=1+1", '"', "a,b", "é", "\x00", "٣"]
)
quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@cache
def published(name):
    return (paths.PUBLISHED / f"{name}.csv").read_bytes()


def read_or_refuse(read, *errors):
    """Read; a refusal must be one of the errors, in plain words."""
    try:
        return read()
    except errors as error:
        assert len(str(error)) > 20
        assert "Traceback" not in str(error)
        return None


@st.composite
def damaged(draw, content):
    """A file's bytes with a few of them changed, removed, repeated or replaced."""
    body = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(body) - 1, 0)))
        length = draw(st.integers(0, 30))
        body[at : at + length] = draw(
            st.one_of(st.binary(max_size=8), st.just(bytes(body[at : at + length]) * 2))
        )
    return bytes(body)


def changed_rows(content, draw):
    """The first rows of a CSV file with some cells replaced, rows repeated or left out."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))[:12]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(rows) - 1))
        change = draw(st.sampled_from(["cell", "repeat", "drop", "short", "long"]))
        if change == "cell" and rows[at]:
            rows[at][draw(st.integers(0, len(rows[at]) - 1))] = draw(ODD | st.text(max_size=8))
        elif change == "repeat":
            rows.insert(at, list(rows[at]))
        elif change == "drop" and len(rows) > 1:
            del rows[at]
        elif change == "short":
            rows[at] = rows[at][:-1]
        else:
            rows[at] = [*rows[at], "more"]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


@quick
@given(data=st.data(), name=st.sampled_from(sorted(TABLES)))
def test_figure_tables(tmp_path, data, name):
    content = changed_rows(published(name), data.draw)
    (tmp_path / f"{name}.csv").write_bytes(content)
    frame = read_or_refuse(lambda: tables.read_table(tmp_path, name), tables.DataError)
    if frame is not None:  # what is accepted is what was written, row by row
        assert len(frame) == len(list(csv.reader(io.StringIO(content.decode())))) - 1


@quick
@given(data=st.data(), name=st.sampled_from(["children_looked_after", "authorities"]))
def test_figure_tables_with_damaged_bytes(tmp_path, data, name):
    (tmp_path / f"{name}.csv").write_bytes(data.draw(damaged(published(name)[:3000])))
    read_or_refuse(lambda: tables.read_table(tmp_path, name), tables.DataError)


@quick
@given(data=st.data())
def test_claims(tmp_path, data):
    for file in paths.DOCUMENTS.glob("*.csv"):
        shutil.copy(file, tmp_path)
    name = data.draw(st.sampled_from(sorted(file.name for file in paths.DOCUMENTS.glob("*.csv"))))
    (tmp_path / name).write_bytes(changed_rows((paths.DOCUMENTS / name).read_bytes(), data.draw))
    read_or_refuse(lambda: register.read_claims(tmp_path), ValueError)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


@quick
@given(data=st.data())
def test_settings(tmp_path, data):
    settled = yaml.safe_load(paths.STUDY.read_text(encoding="utf-8"))
    place = settled
    for _ in range(data.draw(st.integers(0, 3))):
        keys = [key for key, value in place.items() if isinstance(value, dict)]
        if not keys:
            break
        place = place[data.draw(st.sampled_from(keys))]
    if place:
        place[data.draw(st.sampled_from(sorted(place)) | st.text(max_size=5))] = data.draw(VALUES)
    path = tmp_path / "study.yml"
    path.write_text(yaml.safe_dump(settled, allow_unicode=True), encoding="utf-8")
    read_or_refuse(lambda: read_study(path), StudyError)


@quick
@given(data=st.data())
def test_settings_with_damaged_bytes(tmp_path, data):
    path = tmp_path / "study.yml"
    path.write_bytes(data.draw(damaged(paths.STUDY.read_bytes()[:1500])))
    read_or_refuse(lambda: read_study(path), StudyError)


@quick
@given(data=st.data())
def test_parameters_of_a_notebook(tmp_path, data):
    path = tmp_path / "n.ipynb"
    path.write_bytes(data.draw(damaged((paths.NOTEBOOKS / "inspections.ipynb").read_bytes()[:900])))
    read_or_refuse(lambda: declared_parameters(path), ValueError)


@quick
@given(content=VALUES | st.fixed_dictionaries({"cells": VALUES, "nbformat": st.just(4)}))
def test_a_notebook_of_any_shape(tmp_path, content):
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(content, default=str), encoding="utf-8")
    read_or_refuse(lambda: declared_parameters(path), ValueError)
    read_or_refuse(lambda: read_facts(path), FactError, ValueError)


DOWNLOAD = (
    b"time_period,time_identifier,geographic_level,country_code,country_name,la_name,old_la_code,"
    b"new_la_code,CIN_start\n2024,Reporting year,Local authority,E92000001,England,Essex,881,"
    b"E10000012,9000\n2025,Reporting year,Local authority,E92000001,England,Essex,881,E10000012,c\n"
)


@quick
@given(data=st.data())
def test_files_to_add(data):
    content = data.draw(damaged(DOWNLOAD) | st.binary(max_size=200))
    read_or_refuse(lambda: reading.parse(reading.Raw("file.csv", content, True)), tables.DataError)


@quick
@given(data=st.data())
def test_archives_to_add(tmp_path, data):
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("f" + data.draw(st.text(max_size=12)), DOWNLOAD)
    path = tmp_path / "files.zip"
    path.write_bytes(data.draw(damaged(buffer.getvalue())))
    read_or_refuse(lambda: list(reading.find([path])), tables.DataError)
