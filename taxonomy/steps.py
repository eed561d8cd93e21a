"""How stages are declared: what each reads and writes, and the settings that it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from taxonomy.embedding import Encoder
from taxonomy.errors import ConversationError
from taxonomy.run import Facts, Run, Stage, file_digest
from taxonomy.settings import Settings


@dataclass(frozen=True)
class Job:
    """What every stage of one run may use."""

    run: Run
    sources: tuple[Path, ...]
    settings: Settings
    encoder: Encoder

    def read(self, name: str) -> pl.DataFrame:
        """A finished table of the run."""
        return pl.read_parquet(self.run.path(f"{name}.parquet"))

    def array(self, name: str) -> np.ndarray:
        """A finished array of the run, mapped rather than read."""
        return np.load(self.run.path(f"{name}.npy"), mmap_mode="r")  # type: ignore[no-any-return]


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
            raise ConversationError(f"there is no file {source}; give files of conversations.")
        digests[f"{place}: {source.name}"] = digest
    return digests
