"""The one writer of tables: a frame becomes an accessible table with its downloads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from care_study.show.html import render
from care_study.show.shown import Shown
from care_study.show.table_data import heading, shown, table_content

TABLE_MIME = "application/vnd.care-study.table+json"
# Characters: texts up to the first stay on one line; no column is made wider than the second.
WHOLE, WIDEST = 14, 34
# Characters that fit beside one another in the column of the text, and between two columns.
COLUMN, GAP = 92, 2.5
# A table with a text longer than this beside its row header is read as cards on a phone.
PHONE_TEXT = 24
# A cell that is nothing but an address on the web is a link, and may be broken anywhere.
ADDRESS = re.compile(r"https://[\w.-]+(/[\w./~%?=&#+-]*)?")
# Rows that a printed table is kept on one page with.
SHORT = 14
MANY = 30  # rows


def table(
    frame: pd.DataFrame,
    *,
    name: str,
    caption: str,
    unit: str = "",
    places: int | None = None,
    units: Mapping[str, str] | None = None,
    decimals: Mapping[str, int] | None = None,
    sources: Sequence[str] = (),
    notes: Sequence[str] = (),
    row_header: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> Shown:
    """Make a table, for the notebook and for the book, where it can be downloaded.

    Parameters and errors are those of `care_study.show.table_data.table_content`.
    """
    content = table_content(
        frame,
        name=name,
        caption=caption,
        unit=unit,
        places=places,
        units=units,
        decimals=decimals,
        labels=labels,
        sources=sources,
        notes=notes,
        row_header=row_header,
    )
    return Shown(
        {
            TABLE_MIME: content,
            "text/html": table_html(content),
            "text/plain": f"Table {name}: {caption} ({len(content['rows'])} rows)",
        }
    )


def least_width(texts: Sequence[str]) -> int:
    """Give the least width of a column of words, in characters.

    Short words stay on one line and longer texts on few; beside columns of numbers a browser would
    otherwise make a column of words as narrow as its longest word.
    """
    longest = max((len(text) for text in texts), default=0)
    return min(longest, WHOLE) if longest <= WHOLE else min(max(WHOLE, longest // 3), WIDEST)


def layout_classes(columns: Sequence[Mapping[str, Any]], rows: Sequence[Sequence[Any]]) -> str:
    """Choose how a table is laid out, from its words alone.

    ``cs-out``: it is wider than the column of the text and takes the page's width. ``cs-cards``: it
    has words beside the row header, so that on a phone each row becomes a card. ``cs-short``: on
    paper it is not parted. ``cs-many``: paper has its caption, and says where its rows are.
    """
    longest = [
        max((len(row[at]["text"]) for row in rows if not row[at]["is_address"]), default=0)
        for at in range(len(columns))
    ]
    unbroken = [
        max((len(word) for row in rows for word in _words_of(row[at])), default=0)
        for at in range(len(columns))
    ]
    needed = [
        max(column["least"], whole, *_needs(column, long))
        for column, whole, long in zip(columns, unbroken, longest, strict=True)
    ]
    words = [long for column, long in zip(columns, longest, strict=True) if not column["numeric"]]
    chosen = {
        "cs-out": sum(needed) + GAP * (len(columns) - 1) > COLUMN or max(words, default=0) > COLUMN,
        "cs-cards": len(columns) > 2 and max(words[1:], default=0) > PHONE_TEXT,
        "cs-many": len(rows) > MANY,
        "cs-short": len(rows) <= SHORT and max(words, default=0) <= COLUMN // 2,
    }
    return " ".join(name for name, is_chosen in chosen.items() if is_chosen)


def _words_of(cell: Mapping[str, Any]) -> list[str]:
    """Split a cell into what a line cannot be broken in; an address may be broken anywhere."""
    return [] if cell["is_address"] else str(cell["text"]).split()


def _needs(column: Mapping[str, Any], longest: int) -> tuple[int, int]:
    """Characters that the longest word of a heading and, in a column of numbers, a cell take."""
    heading_word = max((len(word) for word in column["text"].split()), default=0)
    return heading_word, longest if column["numeric"] else 0


def table_html(
    content: Mapping[str, Any],
    identity: str = "",
    links: Sequence[Any] = (),
    source_line: Markup | str = "",
) -> str:
    """Write the table as HTML: caption, scoped headers, focusable scroll region, notes, links.

    Parameters
    ----------
    content : mapping
        As made by `table_content`.
    identity : str
        Unique on the page; the table's name by default.
    links : sequence of (label, address)
        Downloads offered beneath.
    source_line : Markup or str
        Where the figures are from; escaped unless it is ``Markup``.
    """
    rows = [
        [
            {
                "text": (text := shown(column, value)),
                "numeric": column["numeric"],
                "is_address": bool(ADDRESS.fullmatch(text)),
            }
            for column, value in zip(content["columns"], row, strict=True)
        ]
        for row in content["rows"]
    ]
    columns = [
        {
            "text": heading(column),
            "numeric": column["numeric"],
            "least": 0 if column["numeric"] else least_width([row[place]["text"] for row in rows]),
        }
        for place, column in enumerate(content["columns"])
    ]
    return render(
        "table.html",
        table=content,
        identity=identity or f"table-{content['name']}",
        columns=columns,
        rows=rows,
        links=links,
        source_line=source_line,
        layout=layout_classes(columns, rows),
    )
