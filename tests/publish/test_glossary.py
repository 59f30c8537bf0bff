"""Words of the glossary are explained where they first stand on a page."""

import pytest
from docutils import nodes
from sphinx import addnodes

from care_study.publish.sphinx_ext import glossary
from care_study.publish.sphinx_ext.glossary import Entry

NEIGHBOURS = Entry(("statistical neighbours", "neighbours"), "Ten alike.", "glossary", "term-n")
REFERRAL = Entry(("referral",), "A request.", "glossary", "term-referral")
AGAIN = Entry(("re-referral",), "Another request.", "glossary", "term-re-referral")
ENTRIES = [NEIGHBOURS, REFERRAL, AGAIN]


class App:
    """As much of Sphinx as marking needs."""

    def __init__(self):
        self.env = type("Env", (), {"care_glossary": ENTRIES})()
        self.builder = object.__new__(glossary.StandaloneHTMLBuilder)


def marked(*children, document="page"):
    tree = nodes.document(None, None)
    tree += list(children)
    glossary.mark_terms(App(), tree, document)
    return [
        (found.astext(), found["entry"].anchor) for found in tree.findall(glossary.term_reference)
    ], tree.astext()


def paragraph(*parts):
    made = nodes.paragraph()
    made += [nodes.Text(part) if isinstance(part, str) else part for part in parts]
    return made


def test_the_first_of_each_word_is_marked_and_the_text_stays():
    words, text = marked(paragraph("A referral, its neighbours; Referrals again, neighbours."))
    assert words == [("referral", "term-referral"), ("neighbours", "term-n")]
    assert text == "A referral, its neighbours; Referrals again, neighbours."


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        (("Its statistical neighbours.",), "statistical neighbours"),
        (("Its statistical", "\n", "neighbours."), "statistical\nneighbours"),
        (("Re-referrals fell.",), "Re-referrals"),
        (("All REFERRALS.",), "REFERRALS"),
    ],
)
def test_the_longest_word_is_taken_whole(parts, word):
    words, _ = marked(paragraph(*parts))
    assert [text for text, _ in words] == [word]


@pytest.mark.parametrize("text", ["Referrer's end", "self-referral", "preferrals", ""])
def test_parts_of_words_are_not_words(text):
    assert marked(paragraph(text))[0] == []


@pytest.mark.parametrize(
    "inside",
    [
        lambda text: nodes.title("", text),
        lambda text: paragraph(nodes.reference("", text)),
        lambda text: paragraph(nodes.literal("", text)),
        lambda text: nodes.literal_block(text, text),
        lambda text: addnodes.glossary("", paragraph(text)),
        lambda text: nodes.caption("", text),
    ],
)
def test_links_headings_and_code_are_left_alone(inside):
    words, _ = marked(inside("a referral"), paragraph("later a referral"))
    assert len(words) == 1


def test_the_glossary_does_not_explain_itself():
    assert marked(paragraph("a referral"), document="glossary")[0] == []
