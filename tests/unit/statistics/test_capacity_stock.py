"""A stock's change by hand, its intervals by simulation, and Little's law with variation."""

import numpy as np
import pytest

from care_study.statistics.capacity import stock_change, stock_variation


def follow(stock, entries, leaving):
    """Stocks and exits that entries and rates of leaving make."""
    stocks, exits = [stock], []
    for came, rate in zip(entries, leaving, strict=True):
        exits.append(None)
        stocks.append((stocks[-1] * (1 - rate / 2) + came) / (1 + rate / 2))
        exits[-1] = rate * (stocks[-2] + stocks[-1]) / 2
    return np.array(stocks), np.array([0, *exits])


def test_only_entries_changed():
    stocks, exits = follow(500, [200, 260, 260, 260], [0.4] * 4)
    got = stock_change(stocks, [0, 200, 260, 260, 260], exits)
    assert got.table.loc["entries", "change"] == pytest.approx(got.total)
    assert got.table.loc[["momentum", "stay", "unexplained"], "change"].abs().max() < 1e-9
    assert (got.entries_base, got.leaving_base, got.stay_base) == pytest.approx((200, 0.4, 2.5))


def test_only_the_stay_changed_and_a_base_out_of_balance_has_momentum():
    stocks, exits = follow(500, [220] * 4, [0.4, 0.3, 0.3, 0.3])
    got = stock_change(stocks, [0, *[220] * 4], exits)
    table = got.table["change"]
    assert table["entries"] == pytest.approx(0)
    # At base flows the stock would drift from its level towards 220 / 0.4 = 550.
    drift, _ = follow(stocks[1], [220] * 3, [0.4] * 3)
    assert table["momentum"] == pytest.approx(drift[-1] - stocks[1])
    assert table["stay"] == pytest.approx(stocks[-1] - drift[-1])


def test_parts_sum_to_the_change_and_what_flows_do_not_explain_is_said():
    got = stock_change([500, 520, 560, 610], [0, 220, 260, 270], [0, 200, 215, 205])
    assert got.table["change"].sum() == pytest.approx(610 - 520)
    # Flows give 520 + 45 + 65 = 630 but for the rate of leaving, which is of the mean stock.
    assert got.table.loc["unexplained", "change"] < 0
    assert np.isnan(got.table.loc["unexplained", "lower"])


def test_the_order_of_changes_does_not_matter_by_hand():
    """One year after the base: both orders by hand."""
    got = stock_change([100, 100, 120], [0, 50, 80], [0, 50, 55])
    new = 55 / 110
    none = (100 * 0.75 + 50) / 1.25
    first, second = (100 * 0.75 + 80) / 1.25, (100 * (1 - new / 2) + 50) / (1 + new / 2)
    both = (100 * (1 - new / 2) + 80) / (1 + new / 2)
    expected = ((first - none) + (both - second)) / 2
    assert got.table.loc["entries", "change"] == pytest.approx(expected)


def test_intervals_hold_the_true_parts_as_often_as_stated():
    rng = np.random.default_rng(3)
    entries, leaving = np.array([200, 200, 260, 260, 260.0]), np.array([0.4, 0.4, 0.33, 0.33, 0.33])
    stocks, exits = follow(500, entries, leaving)
    truth = stock_change(stocks, [0, *entries], exits, base_years=2).table["change"]
    held = {"entries": 0, "stay": 0}
    for _ in range(300):
        came = 3 * rng.poisson(entries / 3)
        made, went = [500.0], []
        for arrived, rate in zip(came, leaving, strict=True):  # who leaves are some of those there
            middle = (made[-1] + arrived / 2) / (1 + rate / 2)
            went.append(3 * rng.poisson(rate * middle / 3))
            made.append(made[-1] + arrived - went[-1])
        got = stock_change(
            made, [0, *came], [0, *went], base_years=2, dispersion=3, draws=400
        ).table
        for part in held:
            held[part] += got.loc[part, "lower"] <= truth[part] <= got.loc[part, "upper"]
    assert 0.92 <= held["entries"] / 300 <= 0.99
    assert held["stay"] / 300 >= 0.92
    again = [stock_change(made, [0, *came], [0, *went], seed=5).table for _ in range(2)]
    assert again[0].equals(again[1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2, 3], [1, 2], [1, 2, 3]), "expected one figure a year"),
        (([5, 6], [1, 1], [1, 1]), "one year after those"),
        (([5, 0, 6], [1, 1, 1], [1, 1, 1]), "stock at position 1 is 0"),
        (([5, 6, 6], [1, -1, 1], [1, 1, 1]), "entries after the first at position 0"),
        (([5, 6, 6], [1, 1, 1], [1, 1, np.nan]), "exits after the first at position 1"),
    ],
)
def test_bad_stocks_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        stock_change(*arguments)


# ---- Little's law with variation


def simulated_stock(rng, families, stay, kind, together, days):
    """Open cases on the last day, for many runs: families of one to three arrive at random."""
    found = []
    for _ in range(days):
        count = rng.poisson(families * 12 * stay)
        start = rng.uniform(0, 12 * stay, count)
        size = rng.choice([1, 2, 3], count)
        draws = size.sum() if not together else count
        times = rng.exponential(stay, draws) if kind == "exponential" else np.full(draws, stay)
        begun = start if together else np.repeat(start, size)
        open_now = begun + times > 12 * stay
        found.append((open_now * size).sum() if together else open_now.sum())
    return np.array(found)


@pytest.mark.parametrize(
    ("kind", "together"), [("exponential", False), ("exponential", True), ("fixed", False)]
)
def test_little_with_variation_against_a_simulated_queue(kind, together):
    # Families of 1, 2 or 3: two children on average, dispersion (1 + 4 + 9) / 3 over 2 = 7 / 3.
    found = simulated_stock(np.random.default_rng(6), 20, 2.0, kind, together, 4_000)
    got = stock_variation(40, 2.0, dispersion=7 / 3, stay=kind, together=together)
    assert found.mean() == pytest.approx(got.estimate, rel=0.01)
    share = 0.5 if kind == "exponential" and not together else 1.0
    assert found.var() == pytest.approx(80 * (1 + 4 / 3 * share), rel=0.07)
    inside = ((found >= got.lower) & (found <= got.upper)).mean()
    assert 0.94 <= inside <= 0.97


def test_without_groups_the_stock_is_poisson():
    got = stock_variation(10, 2)
    assert (got.estimate, got.lower, got.upper) == (20, 12, 29)
    with pytest.raises(ValueError, match=r"dispersion is 0\.5"):
        stock_variation(10, 2, dispersion=0.5)
    with pytest.raises(ValueError, match="stay is 'long'"):
        stock_variation(10, 2, stay="long")
