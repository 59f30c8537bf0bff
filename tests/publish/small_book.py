"""A small book with everything a chapter can hold, made on the fly."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
from nbclient import NotebookClient

import warm_python

ROOT = Path(__file__).parents[2]
STRICT = ["-n", "-W", "--keep-going"]

CODE = """\
import altair as alt
import pandas as pd

from care_study.charts.series import focus_series
from care_study.show.facts import fact_of
from care_study.show.figure import figure
from care_study.show.results import record
from care_study.show.shown import show
from care_study.show.table import table
"""

FACTS = """\
rate = fact_of(
    "rate_2018", 52.9, unit="per 10,000", decimals=0, lower=49.1, upper=57.0,
    method="exact Poisson, 95%",
    formula="children looked after on 31 March 2018 / children aged 0 to 17 x 10,000",
    sources=["children_looked_after", "population_0_17"],
)
hostile = fact_of(
    "hostile", 1, unit="<script>alert(1)</script>", formula='"><img src=x onerror=alert(2)>',
    sources=["referrals"], note="</span><script>alert(3)</script>",
)
record(rate, hostile)
"""

FIGURE = """\
years = list(range(2013, 2026))
names = ["Coventry", "England", "<b>Bold</b> & Co"]
data = pd.DataFrame(
    [(year, name, 50 + 3 * place + (year % 5)) for place, name in enumerate(names)
     for year in years],
    columns=["year", "area", "rate"],
)
data["lower"], data["upper"] = data["rate"] - 3, data["rate"] + 3
chart = focus_series(
    data, focus="Coventry", value="rate", lower="lower", upper="upper", unit="per 10,000",
    references=["England"], others_label="each neighbour",
    breaks=[(2016, "New definition"), (2021, "Covid-19")],
)
rates = figure(
    chart, name="rates", title="Coventry's rate stayed below its neighbours'",
    subtitle="Children looked after per 10,000, 31 March 2013 to 2025",
    alt="Line chart: Coventry's rate stays below that of the others in every year.",
    data=data, sources=["children_looked_after", "population_0_17"],
    units={"rate": "per 10,000"}, decimals={"rate": 1},
    notes=["The band is the 95% interval (exact Poisson)."],
)
slider = alt.param(name="days", value=18, bind=alt.binding_range(min=1, max=45, name="Days "))
live = (
    alt.Chart(data).mark_bar()
    .encode(x="area:N", y="load:Q")
    .transform_calculate(load="datum.rate * days / 10")
    .add_params(slider)
)
what_if = figure(
    live, name="what_if", title="Longer assessments mean more open cases",
    subtitle="Open cases by area, 2025", alt="Bar chart: open cases grow with days.",
    data=data.query("year == 2025"), sources=["referrals"],
)
show(rates, what_if)
"""

TABLE = """\
frame = pd.DataFrame({
    "authority": ["Coventry", "=HYPERLINK(1)", "</td><script>alert(4)</script>"],
    "referrals": [5754, "c", None],
    "share": [0.2941, 0.05, -0.0312],
})
table(
    frame, name="referrals", caption="Referrals by authority, 2021", units={"share": "share"},
    decimals={"share": 1}, labels={"share": "Re-referred"}, sources=["referrals"],
    notes=["Year ending 31 March."],
)
"""

WORDS = """\
table(
    pd.DataFrame({
        "check": ["sums", "shares"],
        "done": ["every part added up and compared with the published whole"] * 2,
        "found": ["no difference in any year that is published", "rounding only"],
    }),
    name="checks", caption="What was checked", labels={"done": "What was done"},
)
"""

PROSE = """\
# Coventry

```{chapter-box}
- how the rate moved, and how sure we are
- what the document claims
```

The rate was {fact}`rate_2018`, within {fact}`rate_2018:range`. Another value is {fact}`hostile`.
"""

LANDING = """\
# Children's services: claims and evidence

Five documents, every number recomputed. The Coventry rate was {fact}`coventry.rate_2018`.

::::{findings}
:::{finding} Coventry's rate stayed below its neighbours'
:link: notebooks/coventry

The rate was {fact}`coventry.rate_2018:interval`.
:::
:::{finding} Longer assessments mean more open cases
:link: notebooks/coventry

At {fact}`coventry.rate_2018:number`, more cases stay open.
:::
::::

## What was found

| Authority | Verdict |
|---|---|
| Coventry | consistent |
| Cambridgeshire | not testable |

## How sure

:::{note}
Intervals are at 95%.
:::

A term
: its definition, with `code` and a [link](notebooks/coventry).

```python
def rate(count, children):  # per 10,000
    return count / children * 10_000
```
"""

FACTS_PAGE = """\
# All facts

Every number in the prose of the book.

```{facts-index}
```
"""

TOC = """\
format: jb-book
root: index
parts:
  - caption: Chapters
    chapters:
      - file: notebooks/coventry
  - caption: Reference
    chapters:
      - file: facts
"""


def executed_notebook() -> nbformat.NotebookNode:
    """A notebook with facts, figures and a table, run in a kernel of its own."""
    cells = [nbformat.v4.new_markdown_cell(PROSE, id="prose")]
    for number, code in enumerate((CODE, FACTS, FIGURE, TABLE, WORDS)):
        cells.append(nbformat.v4.new_code_cell(code, id=f"code{number}"))
        cells.append(
            nbformat.v4.new_markdown_cell(f"## Part {number}\n\nText.", id=f"text{number}")
        )
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["care_study"] = {"parameters": {"area": "Coventry", "year": 2018}}
    NotebookClient(notebook, timeout=120, record_timing=False).execute()
    return notebook


def write_source(folder: Path) -> Path:
    """Write the book's source to a folder, in the shape that the build step stages."""
    (folder / "notebooks").mkdir(parents=True)
    shutil.copy(ROOT / "_config.yml", folder / "_config.yml")
    (folder / "_toc.yml").write_text(TOC, encoding="utf-8")
    (folder / "index.md").write_text(LANDING, encoding="utf-8")
    (folder / "facts.md").write_text(FACTS_PAGE, encoding="utf-8")
    nbformat.write(executed_notebook(), folder / "notebooks" / "coventry.ipynb")
    return folder


def build(source: Path, out: Path, *, partial: bool = False) -> SimpleNamespace:
    """Build a book as the pipeline does, every warning an error; returns exit code and output."""
    program = "from jupyter_book.cli.main import main; main()"
    options = ["--path-output", str(out), *STRICT, *([] if partial else ["--all"])]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "CARE_STUDY_REVISION": "abc1234",
        "CARE_STUDY_VINTAGE": "releases to November 2025",
    }
    command = ["-c", program, "build", str(source), *options]
    return warm_python.run(command, source, environment, warm_python.BOOK)
