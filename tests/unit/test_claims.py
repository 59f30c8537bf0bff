import json
import math
import shutil
from dataclasses import replace

import numpy as np
import pytest

from care_study import claims, paths
from care_study.claims import ClaimError, Reading, judge, judge_value, not_testable
from care_study.data.tables import DataError
from care_study.show.facts import VERDICT_MIME

NAMES = ["documents", "claims", "inspection_themes", "number_accounting"]


@pytest.fixture(scope="module")
def register():
    return claims.read_claims(paths.DOCUMENTS)


@pytest.fixture
def make(register):
    """Make a claim from one of the register with other fields."""

    def make_claim(**changes):
        plain = {"readings": (), "check": "model", "unit": "cases", "precision": 0.0}
        return replace(register["cov-throughput"], **{**plain, **changes})

    return make_claim


@pytest.fixture
def folder(tmp_path):
    for name in NAMES:
        shutil.copy(paths.DOCUMENTS / f"{name}.csv", tmp_path)
    return tmp_path


def verdict_on(claim, *numbers, **options):
    return judge_value(claim, *numbers, **options).outcome


# Reading the register


def test_a_claim_gives_its_number_its_ends_or_its_limit_and_nothing_else(make):
    one, some, least = make(low=3.0, high=3.0), make(low=3.0, high=5.0), make(low=3.0, high=None)
    assert (one.number, one.ends) == (3, (3, 3))
    assert some.ends == (3, 5)
    assert (least.limit, make(low=None, high=5.0).limit) == (3, 5)
    for wrong in (lambda: some.number, lambda: least.ends, lambda: one.limit, lambda: least.number):
        with pytest.raises(ClaimError, match=r"cov-throughput: found .*Expected"):
            wrong()


def test_values_are_read_as_numbers_and_open_ends_as_none(register):
    claim = register["nn-referrals-per-week"]
    assert (claim.low, claim.high, claim.precision) == (120.0, 140.0, 5.0)
    assert claim.indicators == ("referrals_per_week", "referral_rate")
    assert claim.readings == ("all-referrals", "net-of-no-further-action")
    assert (register["cov-practitioners"].low, register["cov-practitioners"].high) == (None, 30.0)
    assert not register["cov-recruitment"].has_number


def test_claims_are_written_as_a_reader_would(register):
    assert register["nn-referrals-per-week"].text == "120 to 140 referrals per week"
    assert register["cov-practitioners"].text == "at most 30 practitioners"
    assert register["of18-wait-majority"].text == "7 days or more"
    assert register["cov-rereferral-fall"].text == "5.4%"
    assert register["cam-unit-model-year"].text == "2013 to 2014"
    assert register["cov-recruitment"].text == "no number"


def test_an_unknown_claim_suggests_the_nearest(register):
    with pytest.raises(ClaimError, match=r"no claim 'cov-throughputs'.*'cov-throughput'\?"):
        register["cov-throughputs"]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("claim", "nn-teams", "the key .* already stands"),
        ("claim", "Throughput", "column claim: found 'Throughput'"),
        ("document", "ics-covent", "column document: found 'ics-covent'.*documents.csv"),
        ("value_low", "about 20", "column value_low: found 'about 20'"),
        ("value_low", "21", "column value_high: found '20'.*at least value_low 21"),
        ("precision", "5", "column precision: found '5'.*'0.5', as its rule says"),
        ("precision_rule", "", "column precision_rule"),
        ("precision_rule", "units", "column precision_rule: found 'units'"),
        ("unit", "", "column unit: found ''"),
        ("theme", "money", "column theme: found 'money'"),
        ("check", "not testable", "column why_not_testable"),
        ("check", "official statistics", "column indicator: found ''"),
        ("why_not_testable", "no idea", "column why_not_testable: found 'no idea'"),
        ("readings_note", "", "column readings_note"),
        ("readings", "Each or all", "column readings: found 'Each or all'"),
        ("statement", "", "column statement: found ''"),
        ("notebook", "atlas", "column notebook: found 'atlas'"),
    ],
)
def test_a_broken_row_is_named(folder, column, value, message):
    frame = claims.read_register(folder)
    row = frame.index[frame["claim"] == "cov-throughput"][0]
    frame.loc[row, column] = value
    frame.to_csv(folder / "claims.csv", index=False)
    with pytest.raises(DataError, match=rf"claims\.csv, row \d+, .*{message}"):
        claims.read_claims(folder)


def test_a_missing_file_and_a_missing_column_are_named(folder):
    frame = claims.read_register(folder).drop(columns="unit")
    frame.to_csv(folder / "claims.csv", index=False)
    with pytest.raises(DataError, match=r"claims\.csv, row 1: column 'unit' is missing"):
        claims.read_claims(folder)
    (folder / "claims.csv").unlink()
    with pytest.raises(DataError, match=r"claims\.csv: the file is missing"):
        claims.read_claims(folder)


@pytest.mark.parametrize(
    ("changes", "valid"),
    [
        ({"claim": "nn-teams", "reason": ""}, True),
        ({"claim": "", "reason": "a date"}, True),
        ({"claim": "nn-teams", "reason": "a date"}, False),
        ({"claim": "", "reason": ""}, False),
        ({"claim": "cov-throughput", "reason": ""}, False),
        ({"claim": "nn-nothing", "reason": ""}, False),
    ],
)
def test_a_number_has_a_claim_of_its_document_or_a_reason(folder, changes, valid):
    frame = claims.read_accounting(folder)
    frame.loc[frame.index[0], list(changes)] = list(changes.values())
    frame.to_csv(folder / "number_accounting.csv", index=False)
    if valid:
        assert len(claims.read_accounting(folder)) == len(frame)
    else:
        with pytest.raises(DataError, match=r"number_accounting\.csv, row 2: .*either a claim"):
            claims.read_accounting(folder)


@pytest.mark.parametrize(
    ("column", "value"), [("locator", ""), ("direction", "not mentioned"), ("document", "letter")]
)
def test_a_finding_has_its_place(folder, column, value):
    frame = claims.read_themes(folder)
    frame.loc[frame.index[3], column] = value
    frame.to_csv(folder / "inspection_themes.csv", index=False)
    with pytest.raises(DataError, match=r"inspection_themes\.csv, row 5"):
        claims.read_themes(folder)


# The rule


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [
        ((29.5,), "reproduced"),
        ((29.4999,), "contradicted"),
        ((30.5,), "reproduced"),
        ((30.51,), "contradicted"),
        ((29.4, 27.0, 31.9), "not contradicted"),
        ((29.4, 29.3, 29.5), "not contradicted"),
        ((29.4, 29.3, 29.45), "contradicted"),
        ((30.2, 10.0, 60.0), "reproduced"),
        ((None, 27.0, 31.9), "not contradicted"),
        ((None, 29.8, 30.1), "not contradicted"),
    ],
)
def test_a_single_value_is_held_to_its_rounding_and_interval(make, numbers, verdict):
    assert verdict_on(make(low=30.0, high=30.0, precision=0.5), *numbers) == verdict


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [
        ((133.0,), "reproduced"),
        ((115.0,), "reproduced"),
        ((145.1,), "contradicted"),
        ((160.0, 140.0, 180.0), "not contradicted"),
        ((133.0, 90.0, 190.0), "reproduced"),
    ],
)
def test_a_range_is_widened_by_its_rounding(make, numbers, verdict):
    assert verdict_on(make(low=120.0, high=140.0, precision=5.0), *numbers) == verdict


@pytest.mark.parametrize(
    ("low", "high", "numbers", "verdict"),
    [
        (0.0, None, (3.0, 1.0, 5.0), "reproduced"),
        (0.0, None, (3.0, -1.0, 7.0), "not contradicted"),
        (0.0, None, (-3.0, -7.0, 1.0), "not contradicted"),
        (0.0, None, (-3.0, -5.0, -1.0), "contradicted"),
        (None, 30.0, (28.0,), "reproduced"),
        (None, 30.0, (31.0,), "contradicted"),
    ],
)
def test_a_direction_or_limit_needs_the_whole_interval(make, low, high, numbers, verdict):
    assert verdict_on(make(low=low, high=high), *numbers) == verdict


def test_something_close_to_the_measure_supports_or_leaves_undecided(make):
    claim = make(low=30.0, high=30.0, precision=0.5, check="official statistics")
    assert verdict_on(claim, 30.0, same_measure=False) == "not contradicted"
    assert verdict_on(claim, 40.0, same_measure=False) == "undecided"


def test_decimal_rounding_is_not_upset_by_binary_fractions(make):
    claim = make(low=5.4, high=5.4, precision=0.05)
    assert verdict_on(claim, 5.35) == "reproduced"
    assert verdict_on(claim, 5.45) == "reproduced"
    assert verdict_on(claim, 5.451) == "contradicted"


def test_a_claim_without_a_number_is_consistent_at_best(make):
    claim = make(low=None, high=None, precision=None, unit="")
    held = judge(claim, [Reading("yes", "vacancies", 19.0, unit="%", survives=True)])
    failed = judge(claim, [Reading("no", "vacancies", 3.0, unit="%", survives=False)])
    assert (held.outcome, failed.outcome) == ("not contradicted", "contradicted")
    assert held.recomputed == "19%"
    with pytest.raises(ClaimError, match="the claim has no number; say with survives="):
        judge_value(claim, 19.0)


def test_a_possible_combination_is_consistent(make):
    claim = make(low=25.0, high=25.0, readings=("each", "together"))
    verdict = judge(
        claim,
        [
            Reading("each", "25 each", survives=True),
            Reading("together", "25 together", survives=False),
        ],
    )
    assert verdict.outcome == "not contradicted"
    assert verdict.sentence.endswith("surviving readings: 25 each.")


def test_the_best_reading_decides_and_survivors_are_named(make):
    claim = make(
        low=5.4,
        high=5.4,
        unit="%",
        precision=0.05,
        readings=("relative", "percentage-points"),
    )
    verdict = judge(
        claim,
        [
            Reading("percentage-points", "percentage points", 1.4, 0.2, 2.6, "percentage points"),
            Reading("relative", "relative fall", 5.41, 1.0, 9.0, "%", "ratio of rates"),
        ],
        comment="yearly figures",
    )
    assert verdict.outcome == "not contradicted"  # only one of the readings reproduces it
    assert [reading.survives for reading in verdict.readings] == [False, True]
    assert verdict.recomputed == "5.4% (1% to 9%)"
    assert verdict.sentence == (
        "The document says 5.4%; recomputed: percentage points, 1.4 percentage points (0.2 to 2.6) "
        "(contradicted); relative fall, 5.4% (1% to 9%) (reproduced); surviving readings: "
        "relative fall; yearly figures."
    )


def test_no_reading_or_every_reading_surviving_is_said(make):
    claim = make(low=10.0, high=10.0, readings=("a", "b"))
    none = judge(claim, [Reading("a", "first", 1.0), Reading("b", "second", 2.0)])
    both = judge(claim, [Reading("a", "first", 10.0), Reading("b", "second", 8.0, 7.0, 11.0)])
    assert (none.outcome, both.outcome) == ("contradicted", "not contradicted")
    assert none.sentence.endswith("surviving readings: none.")
    assert both.sentence.endswith("every reading survives.")
    assert none.recomputed == "1; 2"


def test_many_cases_of_a_reading_are_counted_not_listed(make):
    claim = make(low=24.0, high=24.0, precision=0.5, readings=("council-workers",))
    years = range(2013, 2021)
    verdict = judge(
        claim,
        [
            Reading(f"council-workers/{year}", str(year), 10.0 + year - 2013, unit="cases")
            for year in years
        ],
    )
    assert verdict.outcome == "contradicted"
    assert verdict.recomputed == "10 to 17 cases over 8 readings"
    assert "recomputed in 8 readings" in verdict.sentence


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "no reading was given"),
        ([Reading("each", "each", 1.0)], "readings missing: together"),
        (
            [Reading("each", "e", 1.0), Reading("together", "t", 1.0), Reading("both", "b", 1.0)],
            "not in the register: both",
        ),
        ([Reading("each", "each", 1.0)] * 2, "readings given twice: each"),
    ],
)
def test_every_reading_of_the_register_must_be_computed(make, given, message):
    claim = make(low=25.0, high=25.0, readings=("each", "together"))
    with pytest.raises(ClaimError, match=message):
        judge(claim, given)


@pytest.mark.parametrize(
    ("reading", "message"),
    [
        (Reading("a", "a", math.nan), "found nan, expected a finite number"),
        (Reading("a", "a", 1.0, -math.inf, 2.0), "found -inf, expected a finite number"),
        (Reading("a", "a", "20"), "found '20'"),
        (Reading("a", "a", 1.0, 0.5), "an interval needs both ends"),
        (Reading("a", "a", 3.0, 0.5, 2.0), "3.0 is not within its interval 0.5 to 2.0"),
        (Reading("a", "a", None, 2.0, 1.0), "is not within its interval 2.0 to 1.0"),
        (Reading("a", "a"), "neither a value nor survives"),
        (Reading("a", "a", 20.0, survives=True), "so the rule decides"),
    ],
)
def test_a_reading_that_cannot_be_used_is_refused(make, reading, message):
    with pytest.raises(ClaimError, match=message):
        judge(make(low=20.0, high=20.0), [reading])


def test_not_testable_carries_the_reason(register, make):
    claim = register["cov-rereferral-cause"]
    verdict = not_testable(claim)
    assert (verdict.outcome, verdict.held_against) == ("undecided", "no public record")
    assert verdict.sentence == claim.why_not_testable
    assert verdict.recomputed == ""
    with pytest.raises(ClaimError, match="say why it cannot be tested"):
        not_testable(make(why_not_testable=""))
    with pytest.raises(ClaimError, match="the register says that it is not testable"):
        judge_value(claim, 100.0)


def test_a_testable_claim_may_turn_out_not_to_be(register):
    verdict = not_testable(register["cov-throughput"], "No number of practitioners")
    assert verdict.sentence == "No number of practitioners."


# Verdicts in and out


def test_a_verdict_survives_the_way_through_a_notebook(make, capsys):
    verdict = judge_value(
        make(low=20.0, high=20.0), np.float64(20.0), np.int64(18), 22, section="flow"
    )
    assert claims.from_json(json.loads(json.dumps(verdict.as_json()))) == verdict
    assert verdict.section == "flow"
    claims.record_verdict(verdict)
    assert capsys.readouterr().out == (
        "cov-throughput: reproduced. The document says 20 cases; recomputed: 20 cases (18 to 22), "
        "reproduced.\n"
    )


def test_a_verdict_is_displayed_as_json_and_a_line(make):
    bundle = judge_value(make(low=20.0, high=20.0), 20.0)._repr_mimebundle_()
    assert set(bundle) == {VERDICT_MIME, "text/plain"}
    assert bundle[VERDICT_MIME]["claim"] == "cov-throughput"


@pytest.mark.parametrize("change", [{"outcome": "true"}, {"extra": 1}])
def test_an_odd_verdict_is_refused(make, change):
    content = judge_value(make(low=20.0, high=20.0), 20.0).as_json() | change
    with pytest.raises(ClaimError, match="run again"):
        claims.from_json(content)


def test_counts_by_document_weight_and_outcome(register, make):
    verdicts = [
        not_testable(register["nn-right-time"]),
        judge_value(make(low=20.0, high=20.0), 20.0),
        replace(judge_value(make(low=20.0, high=20.0), 21.0), severity=0.9),
    ]
    frame = claims.summary(verdicts).set_index("document")
    assert list(frame.columns) == ["weight", *claims.SHOWN, "no_test", "claims"]
    assert frame.loc["ics-coventry"].tolist()[1:] == [1, 0, 1, 0, 0, 1, 2]
    assert frame.loc["innovate-northamptonshire"].tolist()[1:] == [0, 0, 0, 0, 1, 0, 1]


def test_one_row_a_verdict(make):
    claim = make(low=20.0, high=20.0)
    frame = claims.verdicts_frame({claim.id: claim}, [judge_value(claim, 20.0, 18.0, 22.0)])
    row = frame.iloc[0]
    assert (row["claim"], row["value"], row["lower"]) == ("cov-throughput", 20, 18)
    assert row["statement"] == claim.statement
    assert claims.verdicts_frame({}, []).columns.tolist() == frame.columns.tolist()
    assert claims.summary([]).empty


def test_a_verdict_that_nearly_everyone_shares_is_no_test(make):
    verdict = judge_value(make(low=20.0, high=20.0), 20.0)
    assert verdict.is_test
    assert replace(verdict, severity=0.79).is_test
    assert not replace(verdict, severity=0.8).is_test


def test_every_claim_needs_one_verdict(register):
    verdicts = [not_testable(claim, "a test") for claim in register.values()]
    claims.check_verdicts(register, verdicts)
    odd = replace(verdicts[0], claim="nn-other")
    with pytest.raises(
        ClaimError,
        match=r"without a verdict: nn-referrals-per-week; .*several verdicts: nn-teams; .*nn-other",
    ):
        extra = not_testable(register["nn-teams"], "again")
        claims.check_verdicts(register, [odd, *verdicts[1:], extra])
