"""The frames of a comparison in, a folder out: one table, the frames, and a page."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import polars as pl

from taxonomy.errors import OnetError
from taxonomy.onet.compare.page import page_html
from taxonomy.onet.compare.summary import summary_lines
from taxonomy.onet.compare.table import long_table
from taxonomy.run import full_disk_as_run_error, write_json, write_text

TABLE_FILE, PAGE_FILE, FACTS_FILE = "comparison.csv", "index.html", "facts.json"


@dataclass(frozen=True)
class Comparison:
    """A taxonomy beside O*NET, as frames; each row names its `base`.

    The frames are what the functions of the same names give. `facts` says which release and how
    many clusters. A frame of what could not be told (no employment, no conversations) has no rows.
    """

    facts: dict[str, Any]
    coverage: pl.DataFrame
    remainders: pl.DataFrame
    novelty_curve: pl.DataFrame
    novelty_reasons: pl.DataFrame
    novel_clusters: pl.DataFrame
    blind_totals: pl.DataFrame
    blind_spots: pl.DataFrame
    representation: pl.DataFrame
    marginals: pl.DataFrame
    agreement: pl.DataFrame
    trees: pl.DataFrame

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)[1:]}

    def table(self) -> pl.DataFrame:
        """All of it as one long table: section, level, object, metric, value, base, n."""
        return long_table(self.frames)

    def summary(self) -> list[str]:
        """The most telling figures, a line each, with their bases."""
        return summary_lines(self.facts, self.frames)

    def write(self, folder: Path) -> None:
        """Write `comparison.csv`, a parquet a frame, `facts.json` and `index.html`.

        Everything is written aside and moved into place whole; a comparison that lies there is
        replaced.

        Raises
        ------
        OnetError
            The folder holds something that is not a comparison.
        RunError
            The disk is full.
        """
        folder = folder.resolve()
        check_replaceable(folder)
        partial = folder.with_name(f".{folder.name}.partial")
        with full_disk_as_run_error(folder.parent):
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            for name, frame in self.frames.items():
                frame.write_parquet(partial / f"{name}.parquet")
            self.table().write_csv(partial / TABLE_FILE)
            write_json(partial / FACTS_FILE, self.facts)
            write_text(partial / PAGE_FILE, page_html(self.facts, self.frames, self.summary()))
            if folder.exists():
                shutil.rmtree(folder)
            partial.replace(folder)


def check_replaceable(folder: Path) -> None:
    """Nothing, if a comparison can be written there: the folder is new, empty, or one itself.

    Raises
    ------
    OnetError
        It is a file, or holds anything that is not a comparison's.
    """
    if not folder.exists():
        return
    ours = {TABLE_FILE, PAGE_FILE, FACTS_FILE} | {
        f"{field.name}.parquet" for field in fields(Comparison)[1:]
    }
    if not folder.is_dir():
        raise OnetError(f"{folder} is a file; give an empty or new folder.")
    if others := sorted(file.name for file in folder.iterdir() if file.name not in ours):
        raise OnetError(
            f"{folder} holds {others[0]}, which is no file of a comparison and would be lost; give "
            "an empty or new folder."
        )
