"""One TOML file and dotted overrides in, frozen records out.

A run is described by these records alone: what is not here does not change a result.
An unknown key is an error that names it, so that a typo is never a silent default.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from taxonomy.errors import SettingsError

ConversationFormat = Literal[
    "auto",
    "conversations",
    "messages",
    "requests",
    "claude",
    "chatgpt",
    "wildchat",
    "lmsys",
    "sharegpt",
    "openassistant",
]


class Section(BaseModel):
    """A frozen group of settings that knows every key it accepts."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ConversationSettings(Section):
    """How the input is read."""

    format: ConversationFormat = "auto"
    """`auto` tells the formats apart by content; any other value forces one."""
    columns: dict[str, str] = Field(default_factory=dict)
    """Our column name -> the input's, where they differ, e.g. `{messages = "dialog"}`."""
    max_rejected_share: float = Field(0.05, ge=0, le=1)
    """The run stops when more than this share of the rows is bad."""
    sample: int | None = Field(None, ge=1)
    """Keep only this many conversations: those whose id hashes lowest, so a sample is stable."""
    max_message_characters: int = Field(200_000, ge=1_000)
    """A longer message is cut here, kept, and counted."""


class OwnFacet(Section):
    """A question of the user's about each conversation, asked beside ours."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    """The column that holds the answers."""
    question: str = Field(min_length=5, max_length=500)
    """As Claude reads it."""
    kind: Literal["text", "choice", "scale", "number"]
    """What an answer is."""
    choices: tuple[str, ...] = ()
    """The allowed answers of a choice."""
    lowest: int = 1
    highest: int = 5
    """The two ends of a scale, in whole numbers."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.kind == "choice") != (len(set(self.choices)) >= 2):
            raise ValueError("a choice needs at least two different choices, other kinds none")
        if self.kind == "scale" and not self.lowest < self.highest <= self.lowest + 20:
            raise ValueError("a scale needs lowest < highest, at most 20 steps apart")
        return self


class FacetSettings(Section):
    """What is asked about each conversation."""

    transcript_tokens: int = Field(6_000, ge=200)
    """A longer transcript is cut in its middle before it is sent, and marked."""
    own: tuple[OwnFacet, ...] = ()
    """Further questions, for Claude alone: `[[facets.own]]` tables."""


class EmbeddingSettings(Section):
    """How requests become vectors."""

    encoder: str = "all-MiniLM-L6-v2"
    """The packaged weights by this name, or any sentence-transformers name or folder."""
    batch_size: int = Field(32, ge=1)
    """Texts that the encoder takes at once; changes speed and memory, not the clusters."""
    shard_size: int = Field(2_048, ge=1)
    """Texts between two checkpoints: a crash costs at most one shard."""


class ClusterSettings(Section):
    """How vectors become clusters."""

    method: Literal["kmeans", "hdbscan"] = "kmeans"
    """`hdbscan` (after UMAP) finds dense groups and leaves the rest in no cluster."""
    n_clusters: int | None = Field(None, ge=2)
    """None: n / 1,500, at least min(630, n / 30), at most 2,000; small tables get up to 8."""
    smoothing: bool = True
    """Replace each vector by the mean of its neighbourhood before clustering."""
    n_neighbors: int = Field(7, ge=1)
    """Nearest vectors that smoothing takes the mean of."""
    smoothing_rounds: int = Field(2, ge=1)
    """Times that smoothing is done, each on the vectors of the last."""
    n_restarts: int = Field(2, ge=1)
    """Seedings that k-means tries on a sample; the best goes on."""


class NamingSettings(Section):
    """How clusters get their names."""

    min_users: int = Field(3, ge=1)
    """A word or phrase needs this many users in the cluster before a name may hold it."""


class HierarchySettings(Section):
    """How clusters are rolled up into levels 1 and 2."""

    n_level_1: int | None = Field(None, ge=1)
    """None: the geometric mean of the numbers below and above it."""
    n_level_2: int | None = Field(None, ge=1)
    """None: k ** (log 30 / log 630), which is 30 at the index's 630 clusters."""
    max_parent_share: float = Field(0.15, gt=0, le=1)
    """No level-2 node holds more than this share of the clusters unless the data force it."""


class Price(Section):
    """US dollars for a million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    long_prompt: int | None = Field(None, ge=1)
    """Prompts of more tokens than this pay the two prices below."""
    long_input: float = Field(0, ge=0)
    long_output: float = Field(0, ge=0)


class ModelSettings(Section):
    """Which model answers a stage, and how hard it tries."""

    model: str
    """Its id at the server."""
    effort: Literal["low", "medium", "high"] = "low"
    """How much it writes and thinks, as the API has it."""
    thinking: Literal["disabled", "adaptive"] = "disabled"
    """`adaptive`: it thinks where it finds that it must; thinking is paid as output."""


class FacetModel(ModelSettings):
    """Answers one request a conversation, so a small model does."""

    model: str = "claude-haiku-5-5"


class NodeModel(ModelSettings):
    """Writes what is published, in few requests."""

    model: str = "claude-sonnet-5-5"


class ClaudeSettings(Section):
    """Who is asked, and how; used only where `llm` says so."""

    server: Literal["anthropic", "vllm", "ollama", "llama.cpp"] = "anthropic"
    """What kind of server answers: it decides what may be asked of it."""
    base_url: str | None = None
    """None: the variable ANTHROPIC_BASE_URL, else Anthropic's own."""
    mode: Literal["auto", "batches", "direct"] = "auto"
    """`auto`: batches, at half the price, for 100 requests and more."""
    facets: FacetModel = FacetModel()
    names: NodeModel = NodeModel()
    hierarchy: NodeModel = NodeModel()
    tasks: FacetModel = FacetModel()
    crosswalk: NodeModel = NodeModel()
    max_concurrency: int = Field(64, ge=1, le=1_000)
    """Direct calls under way at once, at most; how many there are follows the server's limits."""
    max_failed_share: float = Field(0.2, gt=0, le=1)
    """The run stops when more than this share of the answers cannot be used."""
    delete_collected: bool = True
    """Delete a batch at the server once its answers are in the ledger."""
    prices: dict[str, Price] = Field(default_factory=dict)
    """Model -> its price, over the table that comes with the package."""


class OnetSettings(Section):
    """How conversations and clusters are mapped to O*NET's tasks."""

    beam: int = Field(3, ge=1, le=10)
    """Branches of the task tree that are followed at once."""
    shortlist: int = Field(20, ge=2, le=100)
    """Candidates that Claude is shown."""
    shuffles: int = Field(3, ge=1, le=20)
    """Times that a cluster is asked about, its candidates in another order each time."""


class PrivacySettings(Section):
    """The floors that hold before anything is published."""

    preset: Literal["index"] | None = None
    """`index`: 500 conversations and 250 users a cluster, as the Economic Index publishes."""
    min_conversations: int = Field(15, ge=1)
    """Conversations that a cluster needs to be published."""
    min_users: int = Field(5, ge=1)
    """Users that a cluster needs."""
    min_cell_conversations: int = Field(15, ge=1)
    """Conversations that one share of one node must rest on."""
    min_cell_users: int = Field(5, ge=1)
    """Users that it must rest on."""

    @model_validator(mode="before")
    @classmethod
    def _apply_preset(cls, given: Any) -> Any:
        # A preset is a set of defaults: what the user wrote beside it still wins.
        if isinstance(given, Mapping) and given.get("preset") == "index":
            return {"min_conversations": 500, "min_users": 250} | dict(given)
        return given


class Settings(Section):
    """Everything that changes what a run makes."""

    random_state: int = Field(0, ge=0)
    """Seed of all that is random; equal input, settings and versions give equal bytes."""
    llm: Literal["offline", "claude", "auto"] = "offline"
    """Who makes facets, names and levels. `auto`: Claude where ANTHROPIC_API_KEY or
    ANTHROPIC_BASE_URL is set, else the offline rules."""
    conversations: ConversationSettings = ConversationSettings()
    facets: FacetSettings = FacetSettings()
    claude: ClaudeSettings = ClaudeSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    cluster: ClusterSettings = ClusterSettings()
    naming: NamingSettings = NamingSettings()
    hierarchy: HierarchySettings = HierarchySettings()
    onet: OnetSettings = OnetSettings()
    privacy: PrivacySettings = PrivacySettings()

    @classmethod
    def load(cls, path: Path | None = None, overrides: Iterable[str] = ()) -> Self:
        """Settings of a TOML file with `section.key=value` overrides laid over it.

        Parameters
        ----------
        path : a TOML file, or None for the defaults
        overrides : each `a.b=value`, the value written as in TOML; bare words are strings

        Raises
        ------
        SettingsError
            The file is not TOML, or a key is unknown, or a value is out of range.
        """
        values = _read_toml(path) if path else {}
        for override in overrides:
            _lay_over(values, override)
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError(_explain(error, source=path)) from error


def setting_keys(section: type[BaseModel] = Settings, prefix: str = "") -> dict[str, Any]:
    """Every setting as `section.key`, and the type of its value."""
    keys: dict[str, Any] = {}
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            keys |= setting_keys(kind, f"{prefix}{name}.")
        else:
            keys[f"{prefix}{name}"] = kind
    return keys


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"cannot read the settings file {path}: {error.strerror}; check the path."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error


def _lay_over(values: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals or not key.strip():
        raise SettingsError(
            f"cannot use the override {override!r}; write section.key=value, "
            "for example cluster.n_clusters=150."
        )
    *sections, last = key.strip().split(".")
    for section in sections:
        values = values.setdefault(section, {})
        if not isinstance(values, dict):
            raise SettingsError(f"{override!r}: {section} is a value, not a section.")
    values[last] = _parse_value(text.strip())


def _parse_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _explain(error: ValidationError, *, source: Path | None) -> str:
    problems = []
    for item in error.errors():
        key = ".".join(map(str, item["loc"])) or "settings"
        problem = f"{key}: {item['msg']}, found {item['input']!r}"
        near = get_close_matches(key, setting_keys(), n=1)
        is_unknown = item["type"] == "extra_forbidden"
        problems.append(f"{problem} (did you mean {near[0]}?)" if is_unknown and near else problem)
    where = f" (file {source})" if source else ""
    return f"settings are not valid{where}: {'; '.join(problems)}."
