"""A release in, one page of HTML out, which opens from disk and asks nothing of any network.

The page holds its data as JSON, one style sheet and one script, and a policy by which a browser
runs these two and nothing else. Whatever a name holds, it is shown: the data is escaped here, and
the script makes text of it, never markup.
"""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from taxonomy.errors import ReleaseError
from taxonomy.explorer.data import page_data
from taxonomy.explorer.outline import outline_list
from taxonomy.release.read import Release

STYLES = ("base", "controls", "tree", "table", "picture", "detail", "print")
SCRIPTS = (
    "dom",
    "words",
    "fold",
    "model",
    "state",
    "select",
    "bars",
    "tip",
    "tree",
    "tree_keys",
    "table",
    "figure",
    "icicle",
    "overview",
    "labels",
    "plane",
    "map",
    "matches",
    "detail",
    "download",
    "controls",
    "focus",
    "main",
)
"""In reading order; all become one script with one scope."""

POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
# So that no text can end the element that holds it, nor a line of the script.
ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def explorer_html(release: Release) -> str:
    """The page of a release: equal releases give equal pages.

    Raises
    ------
    ReleaseError
        No node of it is published, so that there is nothing to show.
    """
    if not release.taxonomy.sizes():
        raise ReleaseError(
            "nothing passes the floors, so there is nothing to show; use fewer clusters "
            "(--set cluster.n_clusters=...) or lower floors (--set privacy.min_conversations=...)."
        )
    data = page_data(release)
    style = "".join(_asset(f"{name}.css") for name in STYLES)
    script = script_text()
    return Template(_asset("page.html")).substitute(
        title=escape(data["title"]),
        policy=POLICY.format(script=_digest(script), style=_digest(style)),
        style=style,
        about="".join(f"<li>{escape(line)}</li>" for line in data["about"]),
        credit=f'<p class="quiet">{escape(data["credit"])}</p>' if data["credit"] else "",
        outline=outline_list(release.taxonomy.table),
        data=embedded_json(data),
        script=script,
    )


def script_text() -> str:
    """The page's script: the files in their order, in one scope of their own."""
    parts = "\n".join(_asset(f"{name}.js") for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();\n'


def embedded_json(data: dict[str, Any]) -> str:
    """The data as JSON that may stand within a `<script>` element, whatever its texts hold."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter, escaped in ESCAPES.items():
        text = text.replace(letter, escaped)
    return text


def _asset(name: str) -> str:
    folder = files("taxonomy.explorer").joinpath("assets")
    return folder.joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
