"""A release in, what all analyses ask of it out: which frames are there, and allocated usage."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from taxonomy.economics.allocation import allocate
from taxonomy.economics.release_frames import ReleaseFrames
from taxonomy.errors import OnetError
from taxonomy.onet.tables import statement_key

MILITARY = "55"
"""The major group without tasks in O*NET and without civilian employment."""

FILES_OF = {
    "usage": "task_pct.csv",
    "patterns": "automation_vs_augmentation_by_task.csv",
    "thinking": "task_thinking_fractions.csv",
    "collaboration": "automation_vs_augmentation.csv",
    "clusters": "clusters_wide.tsv or cluster_level_dataset.tsv",
    "statements": "onet_task_statements.csv (--onet)",
    "groups": "SOC_Structure.csv (--soc)",
    "employment": "bls_employment_may_2023.csv (--employment)",
    "wages": "wage_data.csv (--wages)",
    "before": "an earlier release's task_pct.csv (--before)",
}
"""Where each frame comes from, in the words of whoever has to find it."""


@dataclass(frozen=True)
class Given:
    """A release's frames and those of an earlier one, where there is one."""

    frames: ReleaseFrames
    before: ReleaseFrames | None = None

    def has(self, kind: str) -> bool:
        """Whether a frame is there; `before` stands for an earlier release's usage."""
        return self._frame(kind) is not None

    def __getitem__(self, kind: str) -> pl.DataFrame:
        """The frame of a kind, once `has` said that it is there."""
        frame = self._frame(kind)
        if frame is None:
            raise OnetError(f"the release has no {kind}; it needs {FILES_OF[kind]}.")
        return frame

    def _frame(self, kind: str) -> pl.DataFrame | None:
        if kind == "before":
            return self.before.usage if self.before else None
        frame: pl.DataFrame | None = getattr(self.frames, kind)
        return frame

    def check(self) -> None:
        """Raise an OnetError where the earlier release is not earlier, or employment is cut off."""
        start, earlier = self.frames.date_start, self.before.date_start if self.before else None
        if start and earlier and earlier >= start:
            raise OnetError(
                f"the release before starts {earlier} and this one {start}; expected an earlier "
                "one: give another, or turn them round."
            )
        if self.has("groups") and self.has("employment"):
            lacking = self["groups"].join(self["employment"], on="title", how="anti")
            if (lost := lacking.filter(pl.col("group") != MILITARY)["group"].sort()).len():
                raise OnetError(
                    f"the employment frame has no row for the major groups {', '.join(lost)}; "
                    "expected all but the military: the file is truncated, or its titles are of "
                    "another SOC."
                )

    @cached_property
    def allocated(self) -> pl.DataFrame:
        """The release's usage over occupations."""
        return allocate(self["usage"], self["statements"])

    @cached_property
    def placed(self) -> float | None:
        """The share of usage on tasks that an occupation holds: the base of what is allocated."""
        if not (self.has("usage") and self.has("statements")):
            return None
        tasks = self["statements"].select(task=statement_key(pl.col("task"))).unique()
        return float(self["usage"].join(tasks, on="task", how="semi")["share"].sort().sum())

    @cached_property
    def names(self) -> tuple[str, str]:
        """What the earlier release and this one are called: by the first day of their window."""
        return wave_name(self.before, "the release before"), wave_name(self.frames, "this release")


def wave_name(frames: ReleaseFrames | None, otherwise: str) -> str:
    """What a release is called: the first day of its conversations, or `otherwise`."""
    start = frames.date_start if frames else None
    return f"{start.day} {start:%B %Y}" if start else otherwise
