"""The directive `settings`: every key of the settings file, from the records that check it."""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective

from taxonomy.settings import OwnFacet, Price, Settings

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

HEAD = ["| key | value | default | meaning |", "|---|---|---|---|"]
WORDS = {int: "whole number", float: "number", str: "text", bool: "true or false"}
LIMITS = {"ge": "from {}", "gt": "above {}", "le": "to {}", "lt": "below {}"}


class SettingsDirective(SphinxDirective):
    """A section for the top of the file and one for each table, with a row for each key."""

    def run(self) -> list[nodes.Node]:
        """The sections as nodes."""
        text = settings_markdown()
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("settings", SettingsDirective)
    return {"parallel_read_safe": True}


def settings_markdown() -> str:
    """Every setting as Markdown, in the order in which the records declare them."""
    analyzer = ModuleAnalyzer.for_module("taxonomy.settings")
    told = {key: " ".join(lines).strip() for key, lines in analyzer.find_attr_docs().items()}
    parts = _section(Settings, "", told)
    parts += _section(OwnFacet, "facets.own", told, brackets="[[facets.own]]")
    parts += _section(Price, 'claude.prices."MODEL"', told)
    return "\n".join(parts)


def _section(
    record: type[BaseModel], path: str, told: dict[tuple[str, str], str], brackets: str = ""
) -> list[str]:
    title = brackets or (f"[{path}]" if path else "")
    heading = f"`{title}`" if title else "At the top of the file"
    about = (record.__doc__ or "").strip().splitlines()[0]
    rows, below = [], []
    for name, field in record.model_fields.items():
        key = f"{path}.{name}" if path else name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            below += _section(field.annotation, key, told)
        else:
            rows.append(_row(name, field, _told(record, name, told)))
    return [f"## {heading}", "", about, "", *HEAD, *rows, "", *below]


def _told(record: type[BaseModel], name: str, told: dict[tuple[str, str], str]) -> str:
    """What the record, or the one it is made from, says of the key."""
    found = (told.get((base.__name__, name)) for base in record.__mro__)
    text = next((text for text in found if text), "").replace("|", "\\|")
    return text.replace("None: ", "Left out: ", 1) if text.startswith("None: ") else text


def _row(name: str, field: FieldInfo, meaning: str) -> str:
    return f"| `{name}` | {_value(field)} | {_default(field)} | {meaning} |"


def _value(field: FieldInfo) -> str:
    """What may be written, in words, with its limits."""
    kinds = [kind for kind in _kinds(field.annotation) if kind is not type(None)]
    limits = [
        text.format(f"{limit:,}")
        for metadata in field.metadata
        for name, text in LIMITS.items()
        if (limit := getattr(metadata, name, None)) is not None
    ]
    return " ".join([*map(_words, kinds), *limits])


def _kinds(annotation: Any) -> tuple[Any, ...]:
    is_union = get_origin(annotation) in (Union, UnionType)
    return get_args(annotation) if is_union else (annotation,)


def _words(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(kind))
    if get_origin(kind) is tuple:
        return "list"
    return WORDS.get(kind, "table")


def _default(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True)
    if default is PydanticUndefined:
        return "needed"
    if default is None or default in ((), {}):
        return "left out"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:,}`" if isinstance(default, int) else f"`{default}`"
