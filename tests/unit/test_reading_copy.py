"""Reading copies: values for roles, no marks that only the book understands."""

from care_study.publish.reading_copy import reading_copy
from care_study.show.facts import Fact

RATE = Fact("rate", 52.9, "per 10,000", 1, 49.0, 57.1, "exact", "a / b", ("referrals",), "52.9")
FACTS = {"here.rate": RATE, "there.rate": RATE}


def prose(*lines):
    cell = {"cell_type": "markdown", "metadata": {}, "source": [f"{line}\n" for line in lines]}
    made = reading_copy({"cells": [cell], "nbformat": 4}, "here", FACTS)
    assert made["nbformat"] == 4
    return "".join(made["cells"][0]["source"])


def test_facts_of_this_notebook_and_of_others_are_their_text():
    assert prose("A {fact}`rate` and {fact}`there.rate`.") == "A 52.9 and 52.9.\n"


def test_a_form_is_taken():
    assert prose("Of {fact}`rate:interval`.") == f"Of {RATE.interval}.\n"
    assert RATE.interval != RATE.text


def test_what_is_not_known_keeps_its_role():
    assert prose("A {fact}`other`.") == "A {fact}`other`.\n"


def test_places_to_link_to_are_left_out():
    assert prose("(nn-teams)=", "(nn-days)=", "## Teams", "", "Text.") == "## Teams\n\nText.\n"


def test_a_box_is_a_quotation_with_its_title():
    said = prose("```{chapter-box}", "It is {fact}`rate`.", "", "More.", "```", "After.")
    assert said == "> **What this chapter shows**\n>\n> It is 52.9.\n>\n> More.\nAfter.\n"


def test_code_and_other_fences_stay():
    cell = {"cell_type": "code", "source": ["x = '{fact}`rate`'"], "outputs": []}
    assert reading_copy({"cells": [cell]}, "here", FACTS)["cells"] == [cell]
    assert prose("```python", "x", "```") == "```python\nx\n```\n"
