"""How stages are declared: what each reads and writes, and the settings that it rests on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from taxonomy.claude import Claude, spending
from taxonomy.conversations import read_batches
from taxonomy.embedding import Encoder
from taxonomy.errors import ConversationError
from taxonomy.privacy import PUBLISHED, apply_cluster_floors
from taxonomy.run import Facts, Run, Stage, file_digest
from taxonomy.settings import ModelSettings, Settings
from taxonomy.stage_words import stage_words

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """What every stage of one run may use."""

    run: Run
    sources: tuple[Path, ...]
    settings: Settings
    encoder: Encoder
    claude: Claude | None = None
    """None: the offline rules make facets, names and levels."""

    def maker(self, model: ModelSettings) -> dict[str, Any]:
        """Who makes a stage that Claude can make: part of the stage's key."""
        if self.claude is None:
            return {"maker": "offline"}
        return {"maker": "claude", "server": self.settings.claude.server} | model.model_dump()

    @property
    def seed(self) -> dict[str, int]:
        """What a stage that is random takes: part of its key."""
        return {"random_state": self.settings.random_state}

    def lacks_answers(self, stage: str) -> bool:
        """Whether a stage was made without answers that somebody could give now."""
        made = self.run.manifest["stages"].get(stage, {"facts": {}})
        can_ask = self.claude is not None and self.claude.is_connected
        return can_ask and bool(made["facts"].get("unanswered"))

    def log_spending(self, stage: str) -> None:
        """Note what this run ever spent on a stage, whenever it was sent."""
        if self.claude is None:
            return
        rows = [r for r in spending(self.claude.ledger, self.claude.run) if r.stage == stage]
        if rows:
            self.run.log(stage=stage, usd=sum(r.usd for r in rows), spending=[*map(asdict, rows)])

    def read(self, name: str) -> pl.DataFrame:
        """A finished table of the run."""
        return pl.read_parquet(self.run.path(f"{name}.parquet"))

    def array(self, name: str) -> np.ndarray:
        """A finished array of the run, mapped rather than read."""
        return np.load(self.run.path(f"{name}.npy"), mmap_mode="r")  # type: ignore[no-any-return]

    def batches(self) -> Iterator[pl.DataFrame]:
        """The conversations, some at a time."""
        return read_batches(self.run.path("conversations.parquet"))

    def requests(self) -> pl.DataFrame:
        """The conversations that get a vector, in the order of the rows of `embeddings.npy`."""
        return self.read("facets").filter(pl.col("status") == "ok")

    def members(self) -> pl.DataFrame:
        """What was asked, by whom, and in which cluster; rows as `requests`."""
        users = self._conversations("user_id")
        columns = ["conversation_id", "user_id", "request", "language", "cluster", "similarity"]
        asked = self.requests().join(users, on="conversation_id", how="left", maintain_order="left")
        assigned = self.read("clusters")
        return asked.join(assigned, on="conversation_id", maintain_order="left").select(columns)

    def people(self) -> pl.DataFrame:
        """Who held each conversation and how: what the measures count."""
        known = self._conversations("user_id", "thinking")
        labels = self.read("facets").select(
            "conversation_id", "collaboration", "use_case", "status"
        )
        return known.join(labels, on="conversation_id", maintain_order="left")

    def sizes(self) -> pl.DataFrame:
        """Size and status of every cluster: which of them pass the floors."""
        return apply_cluster_floors(self.read("clusters"), self.people(), self.settings.privacy)

    def published(self) -> pl.DataFrame:
        """Size of every cluster that passes the floors."""
        return self.sizes().filter(pl.col("status") == PUBLISHED)

    def named(self) -> pl.DataFrame:
        """Name and size of every cluster; one under the floors counts no conversation.

        So it neither names a parent nor moves it up in the order of sizes.
        """
        shown = pl.col("status") == PUBLISHED
        counted = pl.when(shown).then("n_conversations").otherwise(0)
        sizes = self.sizes().with_columns(n_conversations=counted)
        return self.read("names").join(sizes, on="cluster").sort("cluster")

    def _conversations(self, *columns: str) -> pl.DataFrame:
        table = self.run.path("conversations.parquet")
        return pl.read_parquet(table, columns=["conversation_id", *columns])


@dataclass(frozen=True)
class Step:
    """How a stage is declared: what it reads and writes, and the settings it depends on."""

    write: Callable[[Job, Path], Facts]
    version: int
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    settings: Callable[[Job], Mapping[str, Any]]

    def stage(self, job: Job) -> Stage:
        """The stage with the digests of its inputs as they are now."""
        if self.reads:
            inputs = {name: job.run.digest(name) for name in self.reads}
        else:
            inputs = _source_digests(job.sources)
        name = self.write.__name__
        return Stage(name, self.version, self.settings(job), inputs, self.writes)


STEPS: dict[str, Step] = {}


def make_stage(
    job: Job,
    stage: Stage,
    write: Callable[[Path], Facts],
    *,
    say: Callable[[str], None] = logger.info,
) -> None:
    """Make a stage that is not current, or lacks answers that can be had now; note its cost.

    `say` is told in one line what became of it.
    """
    started, made = time.monotonic(), True
    try:
        made = job.run.make(stage, write, again=job.lacks_answers(stage.name))
    finally:
        if made:  # also of a stage that was broken off: it has cost something
            job.log_spending(stage.name)
    outcome = f"made in {time.monotonic() - started:,.1f} s" if made else "kept"
    found = stage_words(stage.name, job.run.facts(stage.name))
    say(f"{stage.name:14} {outcome}{found and f': {found}'}")


def step(
    *,
    version: int,
    reads: Sequence[str] = (),
    writes: Sequence[str],
    settings: Callable[[Job], Mapping[str, Any]],
) -> Callable[[Callable[[Job, Path], Facts]], Callable[[Job, Path], Facts]]:
    """Declare the function below as a stage; stages run in the order of declaration."""

    def declare(write: Callable[[Job, Path], Facts]) -> Callable[[Job, Path], Facts]:
        STEPS[write.__name__] = Step(write, version, tuple(reads), tuple(writes), settings)
        return write

    return declare


def _source_digests(sources: Sequence[Path]) -> dict[str, str]:
    digests = {}
    for place, source in enumerate(sources):
        digest = file_digest(source) if source.is_file() else None
        if digest is None:
            found = "is a folder" if source.is_dir() else "is not there"
            raise ConversationError(f"{source} {found}; give files of conversations.")
        digests[f"{place}: {source.name}"] = digest
    return digests
