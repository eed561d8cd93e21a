"""An O*NET release in, checked frames out: tasks, occupations, activities, and their links."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from taxonomy.errors import OnetError
from taxonomy.onet.checks import check_known
from taxonomy.onet.files import TableFile, is_table, release_files, single_file, table_name
from taxonomy.onet.reading import (
    ACTIVITIES,
    DWA,
    GWA,
    IWA,
    RATINGS,
    TASK_DWAS,
    TASK_KEY,
    read_activities,
    read_occupations,
    read_ratings,
    read_task_dwas,
    read_tasks,
    read_titles,
)
from taxonomy.onet.versions import settle_version

# table -> the names of its file: where there are two, up to O*NET 30.2 and from 30.3 on.
FILES = {
    "task_statements": ("Task Statements.txt",),
    "occupation_data": ("Occupation Data.txt",),
    "tasks_to_dwas": ("Tasks to DWAs.txt",),
    "dwa_reference": ("DWA Reference.txt", "GWAs to IWAs to DWAs.txt"),
    "iwa_reference": ("IWA Reference.txt", "GWAs to IWAs.txt"),
    "content_model_reference": ("Content Model Reference.txt",),
}
RATINGS_FILE = "task_ratings"


@dataclass(frozen=True)
class Onet:
    """One O*NET release.

    Attributes
    ----------
    version : e.g. "30.1"
    tasks : onet_soc, title, task_id, task (verbatim), task_type (Core, Supplemental or null); one
        row an (occupation, statement), sorted by onet_soc and task_id
    occupations : onet_soc, title, description (null where the release has none)
    activities : element_id, level (DWA, IWA or GWA), name, parent_id (null for a GWA); a strict
        tree of the GWAs that have IWAs; no rows where only statements were read
    task_dwas : onet_soc, task_id, dwa_id; no rows where only statements were read
    ratings : onet_soc, task_id, importance (1 to 5), relevance (share, 0 to 1); no rows where
        there is no Task Ratings file
    facts : version, and of each file its name, sha256 (of its unpacked bytes) and rows
    """

    version: str
    tasks: pl.DataFrame
    occupations: pl.DataFrame
    activities: pl.DataFrame
    task_dwas: pl.DataFrame
    ratings: pl.DataFrame
    facts: dict[str, Any]

    @cached_property
    def statements(self) -> pl.DataFrame:
        """The distinct statements: statement (the key), task, n_titles; sorted by statement.

        `task` is the verbatim text of the lowest onet_soc that holds the statement, `n_titles` the
        number of occupation titles that do.
        """
        return (
            self.tasks.sort("onet_soc", "task_id")
            .group_by(statement=statement_key(pl.col("task")), maintain_order=True)
            .agg(task=pl.col("task").first(), n_titles=pl.col("title").n_unique().cast(pl.Int64))
            .sort("statement")
        )


def statement_key(task: pl.Expr) -> pl.Expr:
    """How the Economic Index names a task: its statement in lower case, without outer blanks."""
    return task.str.to_lowercase().str.strip_chars()


def load_onet(path: str | Path, *, version: str | None = None) -> Onet:
    """The release that lies at `path`, checked.

    Parameters
    ----------
    path : a release as O*NET publishes it, a folder or .zip of text files; the same made into
        .tsv or .csv, gzipped or not; or a single file of task statements
    version : needed only where neither read_me.txt, the name nor the counts tell it

    Raises
    ------
    OnetError
        A file or column is missing, a file is damaged or holds what O*NET cannot, the tables do
        not fit one another, or the release is not of this version.
    """
    path = Path(path)
    single = path.is_file() and is_table(path.name)
    if single:
        used = {"task_statements": single_file(path)}
        frames, read_me = _statements_alone(used), None
    else:
        files = release_files(path)
        used, read_me = _needed(files, path), files.get("read_me")
        frames = _all_frames(used)
    settled = settle_version(
        version,
        read_me=read_me.content.decode("utf-8", errors="replace") if read_me else None,
        name=path.name,
        counts=_counts(frames),
    )
    # After the counts, which say of a truncated file more clearly what is wrong.
    _check_fit(frames, {name: file.name for name, file in used.items()})
    frames["tasks"] = _with_titles(frames["tasks"], frames["occupations"])
    facts = {"version": settled, "files": [file.facts for file in used.values()]}
    return Onet(settled, **frames, facts=facts)


def _needed(files: dict[str, TableFile], path: Path) -> dict[str, TableFile]:
    """The files a release is read from, by the first of their names in `FILES`."""
    found = {name: _first(files, names) for name, names in FILES.items()}
    missing = [" or ".join(FILES[name]) for name, file in found.items() if file is None]
    if missing:
        lies = ", ".join(file.name for file in files.values()) or "no tables at all"
        raise OnetError(
            f"{path} has no {', no '.join(missing)}; found {lies}. Expected the text files of an "
            "O*NET release as published (names with 'or' changed with O*NET 30.3); "
            "taxonomy onet fetch VERSION gets them."
        )
    return {name: file for name, file in found.items() if file} | {
        name: file for name, file in files.items() if name == RATINGS_FILE
    }


def _first(files: dict[str, TableFile], names: tuple[str, ...]) -> TableFile | None:
    return next((files[name] for name in map(table_name, names) if name in files), None)


def _statements_alone(files: dict[str, TableFile]) -> dict[str, pl.DataFrame]:
    file = files["task_statements"]
    return {
        "tasks": read_tasks(file),
        "occupations": read_titles(file),
        "activities": pl.DataFrame(schema=ACTIVITIES),
        "task_dwas": pl.DataFrame(schema=TASK_DWAS),
        "ratings": pl.DataFrame(schema=RATINGS),
    }


def _all_frames(files: dict[str, TableFile]) -> dict[str, pl.DataFrame]:
    rated = files.get(RATINGS_FILE)
    return {
        "tasks": read_tasks(files["task_statements"]),
        "occupations": read_occupations(files["occupation_data"]),
        "activities": read_activities(
            files["dwa_reference"], files["iwa_reference"], files["content_model_reference"]
        ),
        "task_dwas": read_task_dwas(files["tasks_to_dwas"]),
        "ratings": read_ratings(rated) if rated else pl.DataFrame(schema=RATINGS),
    }


def _check_fit(frames: dict[str, pl.DataFrame], names: dict[str, str]) -> None:
    """Raise an OnetError where a row of one table points to what another does not have.

    Parameters
    ----------
    names : table -> the name of its file
    """
    tasks, links, ratings = frames["tasks"], frames["task_dwas"], frames["ratings"]
    activities = frames["activities"]
    dwas = activities.filter(pl.col("level") == DWA).select(dwa_id="element_id")
    for rows, table, keys, file, other in (
        (tasks, frames["occupations"], ["onet_soc"], "task_statements", "occupation_data"),
        (links, tasks, TASK_KEY, "tasks_to_dwas", "task_statements"),
        (links, dwas, ["dwa_id"], "tasks_to_dwas", "dwa_reference"),
        (ratings, tasks, TASK_KEY, RATINGS_FILE, "task_statements"),
    ):
        check_known(rows, table, keys, file=names.get(file, ""), other=names.get(other, ""))


def _with_titles(tasks: pl.DataFrame, occupations: pl.DataFrame) -> pl.DataFrame:
    titled = tasks.join(occupations.select("onet_soc", "title"), on="onet_soc")
    return titled.select("onet_soc", "title", "task_id", "task", "task_type").sort(TASK_KEY)


def _counts(frames: dict[str, pl.DataFrame]) -> dict[str, int]:
    """What `KNOWN_COUNTS` compares; of statements alone, no more than they can tell."""
    tasks, activities = frames["tasks"], frames["activities"]
    counts = {
        "rows of Task Statements": tasks.height,
        "occupations with tasks": tasks["onet_soc"].n_unique(),
    }
    if activities.is_empty():
        return counts
    levels = dict(activities.group_by("level").len().iter_rows())
    return counts | {
        "rows of Occupation Data": frames["occupations"].height,
        "DWAs": levels[DWA],
        "IWAs": levels[IWA],
        "GWAs": levels[GWA],
        "rows of Tasks to DWAs": frames["task_dwas"].height,
    }
