"""A release in, one self-contained page of HTML out: the tree, a table, and two pictures of it."""

from taxonomy.explorer.page import explorer_html

__all__ = ["explorer_html"]
