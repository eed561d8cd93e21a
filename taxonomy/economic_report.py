"""A published release in, a folder out: the claims, a table and a figure an analysis.

Without the extra `plots` there are tables alone, and the report says so.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from taxonomy.economics import explain, frames_of, headlines, read_published
from taxonomy.economics.analyses import ANALYSES, Analysis, every_analysis
from taxonomy.economics.captions import allocation_words, base_and_n
from taxonomy.economics.given import Given, wave_name
from taxonomy.economics.published import Published
from taxonomy.economics.release_frames import ReleaseFrames
from taxonomy.errors import OnetError, ReleaseError
from taxonomy.onet.soc import major_groups, read_employment, read_soc, read_wages
from taxonomy.onet.tables import load_onet
from taxonomy.progress import track
from taxonomy.run import full_disk_as_run_error, write_text

HEADLINES_FILE, README_FILE = "headlines.csv", "README.md"
NO_CHARTS = "needs the extra plots: pip install -e '.[plots]'"
REFERENCES = MappingProxyType(
    {
        "statements": lambda path: load_onet(path).tasks.select("onet_soc", "title", "task"),
        "groups": lambda path: major_groups(read_soc(path)),
        "employment": read_employment,
        "wages": read_wages,
    }
)


@dataclass(frozen=True)
class Report:
    """What was written: tables by name, names of the figures, and what was left out and why.

    `placed` is the share of usage on tasks that the statements hold (null without either): what
    shares of groups and occupations are shares of. Statements of another O*NET version hold fewer.
    """

    folder: Path
    placed: float | None
    headlines: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    figures: tuple[str, ...]
    left_out: dict[str, str]

    def summary(self) -> str:
        """The claims in words, then what was written and what was left out."""
        lines = [explain(self.headlines), "", *_placed_words(self.placed)]
        lines.append(f"{len(self.tables)} tables and {len(self.figures)} figures in {self.folder}")
        lines += [f"left out: {name} ({reason})" for name, reason in self.left_out.items()]
        return "\n".join(lines)


def write_report(
    release: Path,
    out: Path,
    *,
    before: Path | None = None,
    statements: Path | None = None,
    soc: Path | None = None,
    employment: Path | None = None,
    wages: Path | None = None,
    date_start: date | None = None,
    source: str | None = None,
) -> Report:
    """Every analysis that the release's files allow, written to `out`.

    A table is one CSV; a figure is SVG, PNG and HTML beside it, of the same name. `README.md` has
    the claims, and for each figure and table its base, n and source. All is written aside and
    moved into place whole; a report that lies there is replaced.

    Parameters
    ----------
    release : as `read_published` takes it: a folder of the Economic Index, one of its files, ours
    before : an earlier release, for what changed; where not given, the wave before in `release`
    statements, soc, employment, wages : files that stand in for those of the release; statements
        of any O*NET release as `load_onet` takes it, the others as the Economic Index has them
    date_start, source : which wave, as `frames_of` takes them

    Raises
    ------
    OnetError
        A file is missing or damaged, or the release has no usage, pattern or cluster at all.
    ReleaseError
        The folder `out` holds something that is not a report, or a file that is read.
    """
    out = out.resolve()
    given = {"statements": statements, "groups": soc, "employment": employment, "wages": wages}
    _check_replaceable(out, [release, before, *given.values()])
    published = read_published(release)
    frames = _with_references(
        frames_of(published, date_start=date_start, source=source),
        {kind: path for kind, path in given.items() if path is not None},
    )
    earlier = (
        frames_of(read_published(before), source=source)
        if before is not None
        else _wave_before(published, frames)
    )
    analyses = every_analysis(frames, earlier)
    if not analyses.tables:
        raise OnetError(
            f"{release} allows no analysis; "
            + "; ".join(f"{name} {reason}" for name, reason in analyses.left_out.items())
        )
    partial = out.with_name(f".{out.name}.partial")
    with full_disk_as_run_error(out.parent):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        everything = Given(frames, earlier)
        report = Report(
            out, everything.placed, headlines(frames), analyses.tables, (), dict(analyses.left_out)
        )
        report = _write_files(report, everything, partial)
        if out.exists():
            shutil.rmtree(out)
        partial.replace(out)
    return report


def _check_replaceable(out: Path, inputs: list[Path | None]) -> None:
    for path in inputs:
        if path is not None and path.resolve().is_relative_to(out):
            raise ReleaseError(
                f"{out} holds {path}, which the report would replace; give another folder with "
                "--out."
            )
    is_free = not out.exists() or (out.is_dir() and not any(out.iterdir()))
    if not is_free and not (out / HEADLINES_FILE).exists():
        raise ReleaseError(
            f"{out} exists and is not a report (it has no {HEADLINES_FILE}); give an empty or new "
            "folder with --out."
        )


def _with_references(frames: ReleaseFrames, paths: dict[str, Path]) -> ReleaseFrames:
    read: dict[str, Any] = {kind: REFERENCES[kind](path) for kind, path in paths.items()}
    names = {kind: path.name for kind, path in paths.items()}
    return replace(frames, files=frames.files | names, **read)


def _wave_before(published: Published, frames: ReleaseFrames) -> ReleaseFrames | None:
    """The last wave of the release with usage before this one, of the same source."""
    if frames.date_start is None:
        return None
    usage = published.table.filter(
        (pl.col("category") == "onet")
        & (pl.col("metric") == "share")
        & (pl.col("source") == frames.source)
        & (pl.col("date_start") < frames.date_start)
    )
    if usage.is_empty():
        return None
    start = usage.sort("date_start")["date_start"][-1]
    return frames_of(published, date_start=start, source=frames.source)


def _write_files(report: Report, given: Given, folder: Path) -> Report:
    """The files of the report; what comes back knows its figures."""
    report.headlines.write_csv(folder / HEADLINES_FILE)
    for name, table in report.tables.items():
        table.write_csv(folder / f"{name}.csv")
    if find_spec("altair") and find_spec("vl_convert"):
        report = replace(report, figures=_draw(report, given, folder))
    else:
        report = replace(report, left_out=report.left_out | {"all figures": NO_CHARTS})
    write_text(folder / README_FILE, _readme(report, given))
    return report


def _draw(report: Report, given: Given, folder: Path) -> tuple[str, ...]:
    from taxonomy.plots import save_chart
    from taxonomy.plots.figures import figure_of

    tables, left_out, drawn = report.tables, report.left_out, []
    for analysis in track(ANALYSES, "figures", unit="figures"):
        if analysis.name not in tables or analysis.name in left_out:
            continue
        chart = figure_of(analysis.name, tables, waves=given.names, source=_source(analysis, given))
        if chart is not None:
            save_chart(chart, folder / analysis.name)
            drawn.append(analysis.name)
    return tuple(drawn)


def _source(analysis: Analysis, given: Given) -> str:
    """The files behind an analysis: those of the ways that could be gone."""
    ways = [way for way in analysis.needs if all(given.has(kind) for kind in way)]
    files = [given.frames.files.get(kind, "") for way in ways for kind in way if kind != "before"]
    if given.before and ("before" in ways[0] or analysis.name == "depth_curve"):
        files.append(given.before.files.get("usage", ""))
    return ", ".join(dict.fromkeys(filter(None, files)))


def _readme(report: Report, given: Given) -> str:
    frames = given.frames
    start = f"Conversations from {wave_name(frames, '')}" if frames.date_start else "Undated files"
    lines = [
        "# The Economic Index's analyses",
        "",
        f"{start} (source: {frames.source}). Shares are fractions from 0 to 1. "
        "Each row of a table ends with `base`, `n`, `threshold` and `allocation`.",
        *_placed_words(report.placed),
        "",
        "## Claims",
        "",
        "```",
        explain(report.headlines),
        "```",
        "",
    ]
    for analysis in ANALYSES:
        if analysis.name in report.tables:
            lines += _section(analysis, report, given)
    if report.left_out:
        lines += ["## Left out", ""]
        lines += [f"- {name}: {reason}" for name, reason in report.left_out.items()]
        lines.append("")
    return "\n".join(lines)


def _placed_words(placed: float | None) -> list[str]:
    if placed is None:
        return []
    return [f"{placed:.1%} of usage is on tasks that an occupation of these statements holds."]


def _section(analysis: Analysis, report: Report, given: Given) -> list[str]:
    name, table = analysis.name, report.tables[analysis.name]
    lines = [f"## {analysis.title}", ""]
    if name in report.figures:
        lines += [f"![{analysis.title}]({name}.svg)", ""]
    said = [f"[{name}.csv]({name}.csv), {table.height:,} rows."]
    if name in report.figures:
        said.append(f"[As a page]({name}.html), [as a picture]({name}.png).")
    if table.height:
        said += [base_and_n(table, analysis.counted, per=analysis.per), allocation_words(table)]
    return [*lines, " ".join(filter(None, said)), f"Source: {_source(analysis, given)}.", ""]
