"""No number is typed into prose."""

import json

import pytest
from prose_numbers import ALLOWED, typed_numbers

from care_study import paths

# Written by `make bench`: measured, not typed.
MEASURED = {"benchmarks.md"}
PAGES = sorted(page for page in paths.BOOK.rglob("*.md") if page.name not in MEASURED)
NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_type_no_number(page):
    found = typed_numbers(page.read_text(encoding="utf-8"))
    assert not found, "\n".join(f"{page.name}, line {line}: {words}" for line, words in found)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_notebooks_type_no_number(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    found = [
        f"{notebook.name}, cell {number}, line {line}: {words}"
        for number, cell in enumerate(cells, start=1)
        if cell["cell_type"] == "markdown"
        for line, words in typed_numbers("".join(cell["source"]))
    ]
    assert not found, "\n".join([*found, "Record a fact and show it with its role."])


# ---- the rule itself


@pytest.mark.parametrize(
    "text",
    [
        "The rate was {fact}`rate_2018` per 10,000 children aged 0 to 17.",
        "{fact}`a.b_1`; of {fact}`x2`,\nand `code 3` and ``more ` 4``",
        "```\npip install 3\n```\ntext",
        "```{code-block} bash\nmake 5\n```",
        ":::{note}\n:name: n5\nwords\n:::",
        "(of10-annual)=\n## 2.1 Results\n1. first\n2. second",
        "[the page](https://example.org/2018/3) and <https://example.org/4>",
        "The formula $s \\sqrt{1 + 1/10}$ and\n$$x = 2$$",
        "---\ntitle: 5\n---\nwords <img width=30>",
        "<!-- 1\n2 -->words",
        "the Children Act 1989, the Open Government Licence v3.0, Python 3.11",
        "in the year ending 31\nMarch, against 30 September; within 45 working days",
        "the list of 2021 and the 2025 list; lists of 2021 and 2025",
        "those aged 16 or over, Covid-19, the 95% interval",
        "Ten neighbours, one county.",
    ],
)
def test_what_is_no_number_in_prose(text):
    assert typed_numbers(text) == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("It was 52.9 then.", 1, "was 52.9 then."),
        ("Words.\n\nIn 2018 it rose.", 3, "In 2018 it"),
        ("# A backlog in 2018", 1, "in 2018"),
        (":::{note}\nIt was 700.\n:::", 2, "was 700."),
        ("| a | b |\n|---|---|\n| x | 700 |", 3, "| 700 |"),
        ("on 31 March 2018", 1, "on 31 March"),
        ("per 1,000 children", 1, "per 1,000 children"),
        ("aged 5 to 9", 1, "aged 5 to"),
        ("the Children Act 1995", 1, "Act 1995"),
        ("a 90% interval", 1, "a 90% interval"),
        ("`code` and 5 more", 1, "and 5 more"),
        ("```\ncode 1\n```\n7 of them", 4, "7 of"),
        ("It cost $5 or $6.", 1, "It cost"),
        ("caption ![of 3](x.png)", 1, "![of 3"),
    ],
)
def test_what_is_a_number_in_prose(text, line, words):
    found = typed_numbers(text)
    assert found and found[0][0] == line
    assert any(char.isdigit() for char in found[0][1])


@pytest.mark.parametrize("phrase", ALLOWED)
def test_what_is_allowed_is_a_phrase_with_a_reason(phrase):
    assert len(ALLOWED[phrase].split()) >= 3
    for number in ("5", "2018", "52.9", "1,234", "31", "10,000"):
        assert typed_numbers(f"it was {number} there"), "a bare number must never be allowed"
