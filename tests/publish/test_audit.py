"""The audit page: complete, linked both ways, without scripts and with them."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
import small_book
from reading import SETTINGS, problems, visit

from care_study import paths
from care_study.claims import Reading, judge, not_testable, read_claims, record_verdict
from care_study.publish.sphinx_ext import audit
from care_study.show.facts import VERDICT_MIME

CHOSEN = ("nn-teams", "cov-caseload-after", "cov-throughput", "cam-units", "cam-unit-clinician")
PAGE = """\
# The audit

{fact}`audit.claims` in {fact}`audit.documents`; {fact}`audit.cambridgeshire_2018_claims:number`
of them Cambridgeshire's; {fact}`audit.contradicted:number` contradicted.

```{audit-rule}
```

```{audit-summary}
```

```{audit-table}
```
"""
TOC = "format: jb-book\nroot: index\nchapters:\n  - file: notebooks/one\n  - file: audit\n"


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of five claims, one of them with a hostile paraphrase."""
    folder = tmp_path_factory.mktemp("documents")
    shutil.copy(paths.DOCUMENTS / "documents.csv", folder)
    with (paths.DOCUMENTS / "claims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row for row in rows if row["claim"] in CHOSEN]
    kept[0]["statement"] = "<script>alert(1)</script> three teams"
    with (folder / "claims.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
    return folder


def verdict_outputs(documents: Path, left_out: str = "") -> list[Any]:
    """One output a verdict: one of each kind, and one more."""
    claims = read_claims(documents)
    given = [
        judge(claims["nn-teams"], [Reading("stated", "as stated", value=3.0, unit="teams")])
        if not claims["nn-teams"].readings
        else not_testable(claims["nn-teams"], "For this test."),
        not_testable(claims["cov-caseload-after"], "For this test."),
        not_testable(claims["cov-throughput"], "For this test."),
        judge(claims["cam-units"], [Reading("stated", "as stated", value=32.0, unit="units")]),
        judge(claims["cam-unit-clinician"], [Reading("stated", "as stated", value=0.7)]),
    ]
    return [
        nbformat.v4.new_output(
            "display_data", {VERDICT_MIME: verdict.as_json(), "text/plain": verdict.line}
        )
        for verdict in given
        if verdict.claim != left_out
    ]


def write_source(folder: Path, documents: Path, **changes: str) -> Path:
    """Write a book of one chapter and the audit."""
    (folder / "notebooks").mkdir(parents=True)
    config = (small_book.ROOT / "_config.yml").read_text(encoding="utf-8")
    config = config.replace("  config:\n", f"  config:\n    care_documents: {documents}\n", 1)
    (folder / "_config.yml").write_text(config, encoding="utf-8")
    (folder / "_toc.yml").write_text(TOC, encoding="utf-8")
    (folder / "index.md").write_text("# A book\n\nOf {fact}`audit.claims`.\n", encoding="utf-8")
    (folder / "audit.md").write_text(PAGE, encoding="utf-8")
    anchors = [name for name in CHOSEN if name != changes.get("without_section")]
    first, rest = anchors[0], "\n".join(f"({name})=" for name in anchors[1:])
    prose = f"# One\n\nText.\n\n({first})=\n## First\n\nText.\n\n{rest}\n## Second\n\nText.\n"
    code = nbformat.v4.new_code_cell("1", id="code")
    code.outputs = verdict_outputs(documents, changes.get("without_verdict", ""))
    cells = [nbformat.v4.new_markdown_cell(prose, id="prose"), code]
    metadata = {"language_info": {"name": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.write(notebook, folder / "notebooks" / "one.ipynb")
    return folder


@pytest.fixture(scope="module")
def built(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = write_source(tmp_path_factory.mktemp("audit") / "source", documents)
    out = tmp_path_factory.mktemp("audited")
    done = small_book.build(source, out)
    assert done.code == 0, done.output[-5000:]
    return out / "_build" / "html"


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def plain(page: Path) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(page)).split())


def test_every_claim_has_a_row_with_a_header_and_its_verdict(built: Path) -> None:
    page = text_of(built / "audit.html")
    for name in CHOSEN:
        row = page.partition(f'<tr id="audit-{name}"')[2].partition("</tr>")[0]
        assert '<th scope="row">' in row
        assert "cs-verdict" in row
    assert page.count("<tr id=") == len(CHOSEN)
    clinician = page.partition('id="audit-cam-unit-clinician"')[2].partition("</tr>")[0]
    assert "contradicted" in clinician


def test_every_claim_links_to_its_section_and_back(built: Path) -> None:
    page, chapter = text_of(built / "audit.html"), text_of(built / "notebooks" / "one.html")
    for name in CHOSEN:
        assert f'href="notebooks/one.html#{name}"' in page
        assert f'id="{name}"' in chapter
        assert f'href="../audit.html#audit-{name}"' in chapter
    first = chapter.partition('id="nn-teams"')[2].partition("Second")[0]
    assert first.count("#audit-") == 1


def test_counts_are_facts_on_every_page(built: Path) -> None:
    assert "5 claims" in plain(built / "index.html")
    page = plain(built / "audit.html")
    assert "5 claims" in page
    assert 'id="fact-claims"' in text_of(built / "audit.html")
    # The landing page leads to the place where the count stands.
    assert 'href="audit.html#fact-claims"' in text_of(built / "index.html")


def test_rule_stands_on_the_page_word_for_word(built: Path) -> None:
    page = plain(built / "audit.html").replace("’", "'")
    assert audit.RANGE_RULE in page
    assert audit.READINGS_RULE in page
    for rule in audit.RULE.values():
        assert rule[1:] in page


def test_summary_counts_add_up(built: Path) -> None:
    rows = list(
        csv.reader((built / "downloads" / "audit" / "verdicts.csv").open("r", encoding="utf-8-sig"))
    )
    head = next(row for row in rows if row and row[0] == "Document")
    last = next(row for row in rows if row and row[0] == "All")
    counts = dict(zip(head[1:], map(int, last[1:]), strict=True))
    no_test, whole = counts.pop("Of these, no test"), counts.pop("Claims")
    claims = read_claims(paths.DOCUMENTS)
    weighty = [name for name in CHOSEN if claims[name].weight != "descriptive"]
    assert whole == sum(counts.values()) == len(weighty) > 0
    assert no_test <= whole


def test_words_of_the_register_cannot_become_markup(built: Path) -> None:
    page = text_of(built / "audit.html")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_downloads_hold_every_sentence(built: Path) -> None:
    text = (built / "downloads" / "audit" / "audit.csv").read_text(encoding="utf-8-sig")
    assert all(name in text for name in CHOSEN)
    assert (built / "downloads" / "audit" / "audit.xlsx").is_file()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"without_verdict": "cam-units"}, "claims without a verdict: cam-units"),
        ({"without_section": "cam-units"}, "verdict on cam-units names the section"),
    ],
)
def test_book_does_not_build_when_the_audit_has_a_hole(
    documents: Path, tmp_path: Path, change: dict[str, str], message: str
) -> None:
    source = write_source(tmp_path / "source", documents, **change)
    done = small_book.build(source, tmp_path / "out")
    assert done.code != 0
    assert message in " ".join(done.output.split())


def test_found_is_the_number_the_readings_or_the_reason() -> None:
    claims = read_claims(paths.DOCUMENTS)
    fragile = claims["cam-units-fragile"]
    words = judge(
        fragile, [Reading("a", "first", survives=True), Reading("b", "second", survives=False)]
    )
    assert audit.found_words(words) == "first"
    lost = judge(fragile, [Reading("a", "first", survives=False)])
    assert audit.found_words(lost) == "no reading survives"
    number = judge(claims["cam-units"], [Reading("a", "first", value=32, unit="units")])
    assert audit.found_words(number) == "32 units"
    assert audit.found_words(not_testable(fragile, "Not known.")) == "Not known."


def test_verdicts_are_recorded_in_the_shape_that_is_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    claims = read_claims(paths.DOCUMENTS)
    record_verdict(not_testable(claims["cam-units-fragile"], "Not known."))
    assert capsys.readouterr().out.startswith("cam-units-fragile: undecided. Not known.")


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), SETTINGS)
def test_page_is_for_everyone(browser: Any, built: Path, width: int, scheme: str) -> None:
    assert problems(browser, built / "audit.html", width, scheme) == []


@pytest.mark.browser
def test_table_is_whole_without_javascript(browser: Any, built: Path) -> None:
    with visit(browser, built / "audit.html", scripts=False) as seen:
        assert seen.page.locator(".cs-audit tbody tr:visible").count() == len(CHOSEN)
        assert seen.page.locator(".cs-filter").count() == 0


@pytest.mark.browser
def test_filters_narrow_the_table_and_say_so(browser: Any, built: Path) -> None:
    with visit(browser, built / "audit.html") as seen:
        page = seen.page
        rows, status = page.locator(".cs-audit tbody tr:visible"), page.get_by_role("status")
        assert status.inner_text() == "Showing 5 of 5 claims."
        page.get_by_label("Outcome", exact=True).select_option("no public record")
        shown = rows.count()
        assert 0 < shown < len(CHOSEN)
        assert status.inner_text() == f"Showing {shown} of 5 claims."
        page.get_by_role("button", name="Show all").press("Enter")
        page.get_by_label("Words").fill("CLINICIAN")
        assert rows.count() == 1
        assert rows.first.get_attribute("id") == "audit-cam-unit-clinician"
        page.get_by_label("Words").fill("cambridgeshire")  # a place, which no statement need name
        assert rows.count() > 1


@pytest.mark.browser
def test_headers_sort_by_keyboard_and_name_the_direction(browser: Any, built: Path) -> None:
    with visit(browser, built / "audit.html") as seen:
        page = seen.page
        head = page.locator(".cs-audit thead th").nth(1)
        button = head.get_by_role("button")
        for direction in ("ascending", "descending"):
            button.press("Enter")
            assert head.get_attribute("aria-sort") == direction
            order = page.locator(".cs-audit tbody td:nth-child(2)").evaluate_all(
                "cells => cells.map((cell) => Number(cell.dataset.key))"
            )
            assert order == sorted(order, reverse=direction == "descending")
        assert "sorted by outcome, descending" in page.get_by_role("status").inner_text()
        assert page.locator(".cs-audit thead th[aria-sort]").count() == 1


@pytest.mark.browser
def test_link_to_a_filtered_claim_brings_it_back(browser: Any, built: Path) -> None:
    with visit(browser, built / "audit.html") as seen:
        page = seen.page
        page.get_by_label("Words").fill("clinician")
        page.evaluate("location.hash = '#audit-nn-teams'")
        page.locator("#audit-nn-teams").wait_for(state="visible")
