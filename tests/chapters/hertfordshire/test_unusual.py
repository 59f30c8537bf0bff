"""How unusual the changes are: titles and alternative texts follow the ranks."""

from care_study.chapters.hertfordshire import unusual
from care_study.show.figure import FIGURE_MIME


def test_share_that_changed_by_more_counts_others_only(in_care):
    change = in_care.care.change
    others = change.placebos.set_index("area")["value"].drop("Hertfordshire").abs()
    larger = round(100 * (others > abs(change.against.gap.estimate)).mean())
    assert unusual.title(change, "H").startswith(f"{larger}% of other authorities' gaps in")


def test_chart_marks_the_area_and_names_its_rank(setting, in_care):
    found = in_care.care
    figure = unusual.among_all(setting, found).bundle[FIGURE_MIME]
    assert f"rank {found.rank} by size among {found.of}" in figure["alt"]
    assert figure["name"] == "care_placebos"
    assert len(figure["table"]["rows"]) == found.of
