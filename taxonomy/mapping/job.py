"""A finished run opened for a further stage: the O*NET release it rests on, and who is asked."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from taxonomy.claude import Claude, open_claude
from taxonomy.embedding import Encoder, load_encoder
from taxonomy.errors import RunError, SettingsError
from taxonomy.onet.questions import onet_prompt_version
from taxonomy.onet.tables import Onet
from taxonomy.run import open_run, read_manifest, stage_state
from taxonomy.settings import ModelSettings, Settings
from taxonomy.steps import Job

logger = logging.getLogger(__name__)

MAPPING_STAGES = ("tasks", "crosswalk")
VERSION = 1
"""Raised by hand whenever the code of a stage would make another output."""


@dataclass(frozen=True)
class OnetSource:
    """The O*NET release that is mapped to, and what helps."""

    onet: Onet
    cache: Path
    """Folder for what is made of O*NET once: vectors, task trees."""
    prior: pl.DataFrame | None = None
    """task, share: a published usage table; retrieval takes tasks in use for likelier."""

    @property
    def digests(self) -> dict[str, str]:
        """What a stage rests on."""
        facts = json.dumps(self.onet.facts, sort_keys=True)
        used = "" if self.prior is None else self.prior.sort("task").write_csv()
        return {"onet": _digest(facts), "prior": _digest(used)}


@dataclass(frozen=True)
class Asking:
    """Who is asked, for a route that asks Claude."""

    settings: Settings
    ledger: Path
    budget: float | None = None
    say: Callable[[str], None] = field(default=logger.info)


def is_run(path: Path) -> bool:
    """Whether a run folder lies there, rather than a release or a file."""
    return (path / "settings.toml").exists()


def check_finished(run_folder: Path, stage: str, command: str) -> None:
    """Nothing, if a stage of the run is finished and current.

    Raises
    ------
    RunError
        It is not; the message names the `command` that makes it.
    """
    if not is_run(run_folder):
        raise RunError(f"{run_folder} holds no run (no settings.toml); make one with build.")
    state = stage_state(run_folder, (read_manifest(run_folder) or {}).get("stages", {}), stage)
    if state != "finished":
        raise RunError(f"the stage {stage} of {run_folder} is {state}; make it with: {command}")


@contextmanager
def open_job(
    run_folder: str | Path,
    asking: Asking | None,
    *,
    after: str,
    needs_claude: bool,
    encoder: Encoder | None,
) -> Iterator[Job]:
    """The run as it was built, finished up to the stage `after`, with whoever is asked now."""
    folder = Path(run_folder)
    check_finished(folder, after, f"taxonomy build FILES --run {folder}")
    built = Settings.load(folder / "settings.toml")
    claude = None if asking is None else asked_claude(asking, run=str(folder.resolve()))
    if needs_claude and claude is None:
        raise SettingsError(
            "the routes shortlist and descent ask Claude, which these settings do not; give "
            "--llm claude, or use --route offline."
        )
    with closing(claude) if claude else nullcontext(), open_run(folder, built) as run:
        settings = asking.settings if asking else built
        yield Job(run, (), settings, encoder or load_encoder(built.embedding), claude)


def asked_claude(asking: Asking, *, run: str) -> Claude | None:
    """Claude, if the settings have Claude asked; to be closed by the caller."""
    return open_claude(
        asking.settings, asking.ledger, os.environ, budget=asking.budget, run=run, say=asking.say
    )


def maker(job: Job, route: str) -> Mapping[str, Any]:
    """Who makes a stage, and by what: part of its key."""
    if route == "offline" or job.claude is None:
        return {"maker": "offline"}
    model: ModelSettings = job.settings.claude.tasks
    if route == "crosswalk":
        model = job.settings.claude.crosswalk
    return {
        **job.maker(model),
        **job.settings.onet.model_dump(),
        "prompt": onet_prompt_version(route),  # type: ignore[arg-type]
        "random_state": job.settings.random_state,
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
