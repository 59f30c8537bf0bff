"""Publishing: executing notebooks, figures, tables and the Sphinx pieces of the book."""
