"""What comes from data or parameters stays text, wherever it is shown or written.

The built book is looked at in ``tests/publish`` (hostile facts, figures and tables; the policy on
each page; no complaint of the browser); parameters that stay values in ``test_execution``; files
to add in ``tests/robustness/test_imports_bad_input``.
"""

import ast
import csv
import io
import json
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader

from care_study import paths, study
from care_study.pipeline import atlas, slices
from care_study.publish.downloads import csv_bytes, safe_cell, xlsx_bytes
from care_study.publish.sphinx_ext.pages import POLICY, linked_data
from care_study.show import facts, html, svg
from care_study.show.figure import figure
from care_study.show.table import table_html
from care_study.show.table_data import table_content

SOURCE = paths.ROOT / "src" / "care_study"
THEME = SOURCE / "publish" / "sphinx_ext" / "theme"
HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\"><img src=x onerror='alert(1)'>",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</td></table><iframe src=//example.org>",
    "<!--",
    "]]>",
    "{{ 7 * 7 }}",
    "=HYPERLINK(1)",
    "../../etc/passwd",
]
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class Elements(HTMLParser):
    """The elements and attribute names of a page, and its text."""

    def __init__(self, page):
        super().__init__()
        self.shape, self.text = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        # The template gives columns a width by the length of their text, as a style.
        self.shape.append((tag, tuple(name for name, _ in attrs if name != "style")))

    def handle_data(self, data):
        self.text.append(data)

    def handle_comment(self, data):
        self.shape.append(("comment", data))


def content_of(text):
    frame = pd.DataFrame({"authority": [text, "Coventry"], "rate": [1.0, 2.0]})
    return table_content(frame, name="rates", caption=text, labels={"rate": text}, notes=[text])


# ---- HTML and attributes


@given(TEXTS)
@settings(max_examples=60)
def test_no_text_changes_the_elements_of_a_table(text):
    text = text or "x"  # an empty text has no element at all
    given_text = Elements(table_html(content_of(text), links=[(text, text)]))
    plain = Elements(table_html(content_of("plain"), links=[("plain", "plain")]))
    assert given_text.shape == plain.shape


@given(TEXTS)
@settings(max_examples=60)
def test_no_text_changes_the_elements_of_a_fact(text):
    def shape(words):
        fact = facts.Fact("n", 1, words, 0, None, None, words, words, (words,), words, words)
        page = html.render(
            "fact.html", identity="i", text=words, address=words, fact=fact, notebook=words,
            sources=[words],
        )  # fmt: skip
        return Elements(page).shape

    filled = text or "x"  # an empty method or note has no element at all
    assert shape(filled) == shape("plain")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_in_a_drawing_stays_text(text):
    import altair as alt

    data = pd.DataFrame({"area": [text, "Coventry"], "rate": [1.0, 2.0]})
    chart = alt.Chart(data, title=text).mark_bar().encode(x="rate:Q", y="area:N")
    drawn = svg.inline(svg.draw(svg.spec_at(chart, 600)), "figure-x", text, "wide")
    elements = Elements(drawn)
    assert not {"script", "img", "iframe", "foreignobject", "a"} & {
        tag for tag, _ in elements.shape
    }
    assert not [n for _, names in elements.shape for n in names if n.startswith("on")]


@pytest.mark.parametrize("text", HOSTILE)
def test_titles_of_pages_stay_text_in_every_list_of_links(text):
    """Sphinx gives titles as HTML; what strips their tags also undoes their escaping."""
    from markupsafe import escape

    def page(title):
        shown = str(escape(title))
        link = {"title": shown, "link": "a.html"}
        layout = Environment(loader=FileSystemLoader(THEME)).get_template("layout.html")
        return layout.render(
            title=shown, parents=[link], prev=link, next=link, pathto=lambda *a, **k: "index.html",
            care_book="Book", care_is_home=False, care_policy=POLICY, care_linked_data="{}",
            care_navigation=[{"caption": title, "entries": [
                {"title": title, "address": title, "current": False, "children": []}]}],
            care_sections=[{"title": title, "address": title}] * 2, care_description=title,
            care_origin={"notebook": title, "vintage": title, "revision": title,
                         "parameters": {"area": title}, "command": title},
            metatags="", pageurl="", root_doc="index", sourcename="", care_vega="v.js",
        )  # fmt: skip

    assert Elements(page(text)).shape == Elements(page("plain")).shape


# ---- JSON in script elements


@given(TEXTS)
@settings(max_examples=60)
def test_linked_data_never_ends_its_script_element(text):
    config = SimpleNamespace(html_title=text, root_doc="index", author=text, html_baseurl="")
    app = SimpleNamespace(config=config)
    written = str(linked_data(app, "page", "T", text, None))
    assert not re.search(r"[<>&]", written)
    assert json.loads(written)["description"] == text
    assert json.loads(written)["isPartOf"]["name"] == text


# ---- CSV and XLSX


@given(st.text(max_size=20))
def test_no_cell_begins_a_formula(text):
    kept = safe_cell(text)
    assert not kept.startswith(FORMULAS)


@given(st.one_of(TEXTS, st.sampled_from(["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1"])))
@settings(max_examples=60)
def test_the_downloads_hold_text_and_no_formula(text):
    content = content_of(text)
    rows = list(csv.reader(io.StringIO(csv_bytes(content).decode("utf-8"), newline="")))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(FORMULAS)]
    workbook = openpyxl.load_workbook(
        io.BytesIO(xlsx_bytes(content, book=text, source_lines=[text]))
    )
    for sheet in workbook:
        for row in sheet.iter_rows():
            assert not [cell.value for cell in row if cell.data_type == "f"]


# ---- names of files, Markdown


@given(st.text(max_size=40))
def test_a_name_becomes_a_plain_file_name(text):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slices.slug(text))


@pytest.mark.parametrize("name", ["../up", "a/b", "A", "", "a b", "a.b", "a\n", "é"])
def test_figures_and_tables_have_names_that_are_file_names(name):
    frame = pd.DataFrame({"a": [1]})
    with pytest.raises(facts.FactError):
        table_content(frame, name=name, caption="A table")
    with pytest.raises(facts.FactError):
        figure(None, name=name, title="T", subtitle="S", alt="A", data=frame, sources=["referrals"])


@pytest.mark.parametrize("text", [*HOSTILE, "[a](javascript:alert(1))", "# x", "```", "a\n\n# b"])
def test_an_authoritys_name_is_no_markup_in_a_heading(text):
    from markdown_it import MarkdownIt

    rendered = MarkdownIt().render(f"# {atlas.escaped(text)}\n")
    assert [tag for tag, _ in Elements(rendered).shape] == ["h1"]


# ---- settings, code


@pytest.mark.parametrize(
    "line",
    [
        "data_folder: !!python/object/apply:os.system ['true']",
        "data_folder: !!python/name:os.system",
        "data_folder: !!python/object/new:subprocess.Popen [['true']]",
    ],
)
def test_settings_are_values_and_never_objects(tmp_path, line):
    path = tmp_path / "study.yml"
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(study.StudyError, match="not readable as YAML"):
        study.read_study(path)


def test_the_reader_of_settings_is_the_safe_one():
    assert issubclass(study._Loader, yaml.SafeLoader)


def calls(tree):
    """Names of everything that is called, as written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


FORBIDDEN = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.unsafe_load",
    "yaml.full_load", "pd.read_pickle", "pandas.read_pickle", "tempfile.mktemp",
}  # fmt: skip
# The project's own notebooks, cell by cell, as a kernel would run them.
ALLOWED = {"everywhere.py": ["compile", "exec"]}
MODULES = {"pickle", "cPickle", "shelve", "marshal", "dill", "joblib", "cloudpickle"}


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.name)
def test_the_code_neither_pickles_nor_runs_text(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = ALLOWED.get(path.name, [])
    run = [name for _, name in calls(tree) if name in allowed]
    assert sorted(run) == allowed, "each stands there once"
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert not MODULES & {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in MODULES
    for node, name in calls(tree):
        assert name not in FORBIDDEN - set(allowed), f"line {node.lineno}"
        assert not any(k.arg == "shell" for k in node.keywords), f"line {node.lineno}"
        if name == "yaml.load":
            assert ast.unparse(node.args[1]) == "_Loader"  # a SafeLoader, see above


def test_no_script_makes_elements_of_text_or_runs_it():
    scripts = [path for path in SOURCE.rglob("*.js") if "vega" not in path.name]
    assert scripts
    risky = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    )
    assert not {path.name for path in scripts if risky.search(path.read_text(encoding="utf-8"))}


def test_the_policy_allows_files_of_the_book_and_no_script_in_a_page():
    rules = dict(rule.strip().split(" ", 1) for rule in POLICY.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self' file:"
    assert rules["base-uri"] == "'none'"
    assert "http" not in POLICY and "unsafe-eval" not in POLICY
    assert "'unsafe-inline'" not in rules["script-src"] + rules["style-src"]


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.html")), ids=lambda path: path.name)
def test_templates_have_no_script_in_the_page_and_no_handler(path):
    text = path.read_text(encoding="utf-8")
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or "application/ld+json" in attributes
    assert not re.search(r"<[a-z][^>]*\son[a-z]+=", text)
