"""Forecasts fixed before the outcome: pretending that 2024 was the last year."""

import pandas as pd
import pytest

from care_study import paths
from care_study.area import ahead
from care_study.chapters.national import fixed
from care_study.data import forecasts
from care_study.data.tables import Tables
from care_study.pipeline import forecasts as pipeline
from care_study.show.results import Absent
from care_study.show.table import TABLE_MIME
from care_study.statistics.forecasts import ForecastError, fingerprint


@pytest.fixture(autouse=True)
def one_indicator(monkeypatch):
    monkeypatch.setattr(ahead, "INDICATORS_AHEAD", ("looked_after_rate",))


@pytest.fixture(scope="module")
def tables():
    return Tables(paths.PUBLISHED)


@pytest.fixture
def pretended(tmp_path):
    pipeline.fix(tmp_path, paths.PUBLISHED, last_year=2024)
    return tmp_path


def test_pretending_that_2024_was_the_last_year(pretended):
    rows = forecasts.read(pretended / "forecasts", 2025)
    assert set(rows["year"]) == {2025}
    scores = pipeline.score(pretended, paths.PUBLISHED, 2025)
    (row,) = scores.summary.to_dict("records")
    assert row["forecasts"] == len(rows) > 140
    assert 0.92 <= row["coverage_95"] <= 0.98
    assert 0.72 <= row["coverage_80"] <= 0.90
    assert row["mase"] == pytest.approx(row["naive_mase"], rel=1e-6)


def test_fixed_forecasts_are_neither_written_again_nor_changed(pretended):
    with pytest.raises(ValueError, match="not written again"):
        pipeline.fix(pretended, paths.PUBLISHED, last_year=2024)
    path = pretended / "forecasts" / "2025.csv"
    frame = pd.read_csv(path, dtype={"unit": str})
    frame.loc[0, "upper_95"] += 1
    frame.to_csv(path, index=False)
    with pytest.raises(ForecastError, match="changed since"):
        pipeline.score(pretended, paths.PUBLISHED, 2025)
    with pytest.raises(ValueError, match="no forecasts for 2031"):
        pipeline.score(pretended, paths.PUBLISHED, 2031)


def test_those_in_the_repository_are_as_they_were_fixed():
    folder = paths.DATA / forecasts.FOLDER
    for year, about in forecasts.fingerprints(folder).items():
        rows = forecasts.read(folder, int(year))
        assert len(rows) == about["rows"]
        assert fingerprint(rows) == about["sha256"]


def test_page_says_that_the_outcome_is_not_known_yet(tables):
    found = fixed.fixed(tables)
    assert found.outcome == "The outcome is not known yet"
    assert found.in_all == found.table["authorities_forecast"].sum()
    shown = fixed.fixed_table(found).bundle[TABLE_MIME]
    assert len(shown["rows"]) == len(found.table)


def test_page_scores_them_once_it_is(pretended, tables, monkeypatch):
    monkeypatch.setattr(paths, "DATA", pretended)
    found = fixed.fixed(tables)
    assert found.outcome == (
        "The outcome is known: for 1 of 1 indicator the 95% intervals covered as stated"
    )
    shown = fixed.fixed_table(found).bundle[TABLE_MIME]
    assert "against the outcome" in shown["caption"]


def test_without_forecasts_a_sentence_stands_there(tmp_path, tables, monkeypatch):
    monkeypatch.setattr(paths, "DATA", tmp_path)
    found = fixed.fixed(tables)
    assert isinstance(found, Absent)
    assert found.reason.startswith("No forecasts were fixed")
