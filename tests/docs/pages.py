"""A page of Markdown in, its blocks of code and its tables out, by a parser of Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *(p for p in sorted(DOCS.rglob("*.md")) if "notebooks" not in p.parts)]
NOT_RUN = re.compile(r"<!-- not run: (.+?) -->")
PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Block:
    """One fenced block: where, what, why it is not run, and what it is said to print."""

    page: str
    line: int
    language: str
    code: str
    reason: str | None
    printed: str | None

    @property
    def place(self):
        return f"{self.page}:{self.line}"


def name_of(page):
    return str(page.relative_to(ROOT))


def blocks_of(page):
    """The blocks of python and shell of a page; a block of text right after one is its output."""
    tokens = PARSER.parse(page.read_text(encoding="utf-8"))
    blocks = []
    for place, token in enumerate(tokens):
        if token.type != "fence" or token.info not in {"python", "sh"}:
            continue
        before = tokens[place - 1] if place else token
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        told = after is not None and after.type == "fence" and after.info == "text"
        reason = NOT_RUN.search(before.content) if before.type == "html_block" else None
        blocks.append(
            Block(
                name_of(page),
                token.map[0] + 1,
                token.info,
                token.content,
                reason and reason[1],
                after.content if told else None,
            )
        )
    return blocks


def code_spans(page):
    """What stands in backquotes in the text of a page."""
    tokens = PARSER.parse(page.read_text(encoding="utf-8"))
    inline = [child for token in tokens for child in token.children or []]
    return [child.content for child in inline if child.type == "code_inline"]


def tables_by_heading(page):
    """Heading -> the first table below it: a list of rows, each a list of cells as plain text."""
    tables, heading, rows = {}, "", None
    for place, token in enumerate(tokens := PARSER.parse(page.read_text(encoding="utf-8"))):
        if token.type == "heading_open":
            heading = plain(tokens[place + 1])
        elif token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type in {"th_open", "td_open"}:
            rows[-1].append(plain(tokens[place + 1]))
        elif token.type == "table_close":
            tables.setdefault(heading, rows)
    return tables


def plain(token):
    kinds = {"text", "code_inline"}
    return "".join(child.content for child in token.children if child.type in kinds)
