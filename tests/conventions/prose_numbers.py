"""The rule for numbers in prose: none is typed. Numbers come from facts, tables and figures.

Looked at is what a reader reads as prose: the markdown cells of the notebooks and the pages of the
book. Not prose, and so taken out before digits are looked for, are

- front matter, HTML comments and tags, fenced code, inline code and formulas;
- roles such as ``{fact}`rate_2018` ``, the opening lines and options of directives (what stands
  inside an admonition is prose);
- labels ``(of10-annual)=``, link targets and addresses;
- the marker of a numbered list and the number of a heading.

A digit in what remains breaks the rule, unless it is part of a phrase in ``ALLOWED``.
"""

import re

ALLOWED: dict[str, str] = {
    r"\baged? 0 to 17\b": "the definition of a child in every rate",
    r"\baged? \d{1,2} or over\b": "the name of an age group in the official table",
    r"\bper 10,000\b": "the unit of the rates",
    r"\b(?:31 March|30 September|30 June|1 April)\b(?! \d)": "the day of a count or change",
    r"\b45 working days\b": "the statutory limit for an assessment",
    r"\bwithin 12 months\b": "the official definition of a re-referral",
    r"\blists? of (?:2021|2025)(?: (?:and|or) (?:2021|2025))?\b": "the name of a neighbour list",
    r"\b(?:2021|2025) lists?\b": "the name of a neighbour list",
    r"\bCovid-19\b": "the name of the disease",
    r"\bChildren Act (?:1989|2004)\b": "the name of an Act",
    r"\bLicence v3\.0\b": "the name of the licence",
    r"\bPython 3\.\d+\b": "the version of a program",
    r"\b95% (?:confidence |prediction )?intervals?\b": "the level of every interval in the book",
    r"\b95 times in a hundred\b": "what the level of an interval means",
    r"\byear called 2018\b": "how the glossary shows what a year is named after",
    r"\bGuidelines version 2\.2\b": "the name of the accessibility guidelines",
}

_NOT_PROSE = [
    (r"\A---\n.*?\n---\n", re.DOTALL),  # front matter
    (r"<!--.*?-->", re.DOTALL),
    (r"^(`{3,})(?!\{).*?^\1`*\s*$", re.DOTALL | re.MULTILINE),  # fenced code
    (r"^(`{3,})\{(?:code|code-block|code-cell|math|mermaid|raw)\}.*?^\1`*\s*$", re.DOTALL | re.M),
    (r"^[ \t]*(?:`{3,}|:{3,}).*$", re.MULTILINE),  # the lines that open and close a directive
    (r"^[ \t]*:[\w-]+:.*$", re.MULTILINE),  # its options
    (r"\$\$.*?\$\$", re.DOTALL),
    (r"(?<![\\\w])\$[^$\n]+\$", 0),
    (r"(?:\{[\w:.-]+\})?(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL),  # roles and inline code
    (r"^\([\w.-]+\)=\s*$", re.MULTILINE),
    (r"\]\([^)\s]*\)", 0),
    (r"<[^>\n]+>|https?://\S+", 0),
    (r"^[ \t]*\d+[.)] ", re.MULTILINE),  # numbered lists
    (r"(?<=^#) *\d+(?:\.\d+)*\.? |(?<=^##) *\d+(?:\.\d+)*\.? ", re.MULTILINE),  # headings
]


def typed_numbers(text: str) -> list[tuple[int, str]]:
    """Find the digits that are typed into prose: line number and the words around each."""
    for pattern, flags in _NOT_PROSE:
        text = re.sub(pattern, _blank, text, flags=flags)
    for phrase in ALLOWED:
        text = re.sub(phrase.replace(" ", r"\s+"), _blank, text)
    return [
        (text.count("\n", 0, found.start()) + 1, " ".join(found.group().split()))
        for found in re.finditer(r"(?:\S+[ \n])?\S*\d\S*(?:[ \n]\S+)?", text)
    ]


def _blank(found: re.Match[str]) -> str:
    """Put nothing in place of something, on as many lines."""
    return "\n" * found.group().count("\n")
