"""A page begins with words; tables of words are wide enough to read."""

import pytest

from care_study.publish.sphinx_ext.notebooks import OPENING, opening_after_introduction
from care_study.show.table import least_width


def words(text):
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": text}


def code(text, tags=("hide-input",), outputs=()):
    return {
        "cell_type": "code",
        "id": "c",
        "metadata": {"tags": list(tags)},
        "source": text,
        "outputs": list(outputs),
    }


def sources(cells):
    return ["".join(cell["source"]) for cell in cells]


def test_parameters_and_imports_follow_the_introduction_as_one_cell():
    cells = [words("# T"), code("a = 1"), code("import b"), words("Box.\n\n(l)=\n## One\nText.")]
    out = opening_after_introduction([*cells, code("c")])
    assert sources(out) == ["# T", "Box.\n", "a = 1\n\nimport b", "\n(l)=\n## One\nText.", "c"]
    assert out[2]["metadata"]["mystnb"] == {"code_prompt_show": OPENING}
    assert len({cell["id"] for cell in out if cell["cell_type"] == "markdown"}) == 3


@pytest.mark.parametrize("fence", ["```{chapter-box}\n{}\n```", ":::{note}\n{}\n:::"])
def test_a_heading_inside_a_box_parts_nothing(fence):
    box = fence.replace("{}", "## not a section")
    out = opening_after_introduction([words("# T"), code("a"), words(f"{box}\n## One")])
    assert sources(out) == ["# T", box + "\n", "a", "## One"]


def test_code_that_shows_something_or_is_hidden_stays():
    shows = code("show", outputs=[{"output_type": "stream"}])
    hidden = code("facts", tags=["remove-cell"])
    out = opening_after_introduction([words("# T"), code("a"), hidden, shows, words("## One")])
    assert sources(out) == ["# T", "facts", "show", "a", "## One"]


@pytest.mark.parametrize(
    "cells", [[], [words("# T")], [code("a")], [words("# T"), words("## One"), code("a")]]
)
def test_without_opening_code_nothing_changes(cells):
    assert opening_after_introduction(cells) == cells


def test_code_alone_after_the_title_is_kept():
    assert sources(opening_after_introduction([words("# T"), code("a")])) == ["# T", "a"]


@pytest.mark.parametrize(
    ("texts", "least"),
    [([], 0), (["", "2019-01-02"], 10), (["x" * 14], 14), (["x" * 40], 14), (["x" * 300], 34)],
)
def test_a_column_of_words_has_room_for_them(texts, least):
    assert least_width(texts) == least
