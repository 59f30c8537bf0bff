"""Bring your own download: the Department's files and own-system tables into ``data/published``.

``reading`` opens files safely, ``recognise`` says which table a file holds, ``mapping`` turns its
rows into rows of that table, ``revision`` merges them and says what changed, ``adding`` puts these
together into one plan, ``store`` is the only place that writes, ``fetch`` downloads. What is known
of the Department's files (names of columns, labels, symbols, addresses) stands in ``files.yml``.
"""
