"""The models that the stand-in knows, and their entries in the list of models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

EPOCH = "1970-01-01T00:00:00Z"
"""What the API writes where a date of release is not known."""
EFFORTS = ("low", "medium", "high", "xhigh", "max")
THINKING = ("adaptive", "disabled", "enabled")


@dataclass(frozen=True)
class Model:
    """One model, as far as a caller can tell."""

    id: str
    display_name: str
    thinks: Literal["asked", "default", "always"] = "default"
    created_at: str = EPOCH
    retires_at: str | None = None
    """Set for a deprecated model."""
    max_input_tokens: int = 1_000_000
    max_tokens: int = 128_000

    @property
    def thinking(self) -> frozenset[str]:
        """What `thinking.type` may be."""
        if self.thinks == "asked":
            return frozenset({"disabled", "enabled"})
        return frozenset({"adaptive"} if self.thinks == "always" else {"adaptive", "disabled"})


_ALL = (
    Model("claude-haiku-5-5", "Claude Haiku 5.5", created_at="2026-10-07T00:00:00Z"),
    Model("claude-sonnet-5-5", "Claude Sonnet 5.5"),
    Model("claude-opus-5-5", "Claude Opus 5.5", thinks="always"),
    Model("claude-fable-5-2", "Claude Fable 5.2"),
    Model(
        "claude-haiku-4-5",
        "Claude Haiku 4.5",
        thinks="asked",
        max_input_tokens=200_000,
        max_tokens=64_000,
    ),
    Model(
        "claude-sonnet-4-5",
        "Claude Sonnet 4.5",
        thinks="asked",
        retires_at="2026-11-30T00:00:00Z",
        max_input_tokens=200_000,
        max_tokens=64_000,
    ),
)
MODELS = {model.id: model for model in _ALL}


def model_entry(model: Model) -> dict[str, Any]:
    """A model as `GET /v1/models` shows it."""
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.display_name,
        "created_at": model.created_at,
        "lifecycle": "deprecated" if model.retires_at else "active",
        "deprecated_at": EPOCH if model.retires_at else None,
        "retires_at": model.retires_at,
        "line": model.id.split("-")[1],
        "max_input_tokens": model.max_input_tokens,
        "max_tokens": model.max_tokens,
        "capabilities": {
            "batch": _support(True),
            "structured_outputs": _support(True),
            "effort": {**_support(True), **{level: _support(True) for level in EFFORTS}},
            "thinking": {
                **_support(True),
                "types": {kind: _support(kind in model.thinking) for kind in THINKING},
            },
        },
    }


def _support(is_supported: bool) -> dict[str, bool]:
    return {"supported": is_supported}
