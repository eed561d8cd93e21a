"""A folder, archive or single file in, tables of text out: the files of an O*NET release.

Tab-separated `.txt` is read as O*NET publishes it, without quoting; `.tsv` and `.csv`, which
others made of it, with quotes.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from taxonomy.errors import OnetError
from taxonomy.onet.versions import RENAMED

_FORMATS = {".txt": ("\t", None), ".tsv": ("\t", '"'), ".csv": (",", '"')}
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class TableFile:
    """One file of a release: its name as it lies there, and how to read its bytes."""

    name: str
    read: Callable[[], bytes]

    @cached_property
    def content(self) -> bytes:
        """The file's bytes, unpacked.

        Raises
        ------
        OnetError
            The file cannot be read, or holds something else than a table.
        """
        try:
            content = self.read()
            if self.name.endswith(".gz"):
                content = gzip.decompress(content)
        except _DAMAGED as error:
            raise OnetError(
                f"cannot read {self.name}: {error or 'it is damaged'}; the file is truncated or "
                "damaged: fetch it again."
            ) from error
        if (wrong := what_it_is_instead(content)) is not None:
            raise OnetError(f"{self.name} is {wrong}, not a table of O*NET; fetch it again.")
        return content

    @cached_property
    def table(self) -> pl.DataFrame:
        """The file's rows as text, under its own column names.

        Raises
        ------
        OnetError
            The file is empty or damaged.
        """
        separator, quote = _FORMATS[_ending(self.name)]
        content = self.content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
        try:
            table = pl.read_csv(
                io.BytesIO(content.rstrip(b"\n") + b"\n"),
                separator=separator,
                quote_char=quote,
                infer_schema=False,
            )
        except pl.exceptions.PolarsError as error:
            reason = str(error).splitlines()[0].rstrip(".")
            raise OnetError(
                f"{self.name} cannot be read as a table: {reason}; the file is damaged: fetch it "
                "again."
            ) from error
        if table.is_empty():
            raise OnetError(f"{self.name} has a header but no rows; fetch it again.")
        return table.rename(lambda name: name.strip())

    @property
    def facts(self) -> dict[str, Any]:
        """What a manifest says of the file: name, sha256 of its unpacked bytes, rows."""
        digest = hashlib.sha256(self.content).hexdigest()
        return {"name": self.name, "sha256": digest, "rows": self.table.height}


def release_files(path: Path) -> dict[str, TableFile]:
    """The files of a release by table, e.g. `task_statements`, whatever their case and ending.

    Parameters
    ----------
    path : a folder or a .zip, with at most one folder around the files

    Raises
    ------
    OnetError
        There is nothing at `path`, or it is not an archive that can be read.
    """
    if path.is_dir():
        files = [TableFile(file.name, file.read_bytes) for file in _inner(path)]
    else:
        files = _archived(path)
    return {table_name(file.name): file for file in sorted(files, key=lambda file: file.name)}


def single_file(path: Path) -> TableFile:
    """A table that lies by itself.

    Raises
    ------
    OnetError
        There is nothing at `path`.
    """
    check_exists(path)
    return TableFile(path.name, path.read_bytes)


def check_exists(path: Path) -> None:
    """Raise an OnetError that says what to do where nothing lies at `path`."""
    if not path.exists():
        raise OnetError(
            f"there is nothing at {path}; expected an O*NET release as published, a folder or "
            "zip of text files (taxonomy onet fetch VERSION), or a file of task statements."
        )


def table_name(name: str) -> str:
    """`Task Statements.txt` and `task_statements.tsv.gz` alike as `task_statements`."""
    stem = name.lower().removesuffix(".gz").rpartition(".")[0]
    return stem.replace(" ", "_")


def is_table(name: str) -> bool:
    """Whether the name ends like one of the formats read here."""
    return _ending(name) in _FORMATS


def read_table(file: TableFile, columns: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """The columns of a file under our names, as text, in the file's order; "n/a" is null.

    Parameters
    ----------
    columns : our name -> the names the column may have in the file, the usual one first

    Raises
    ------
    OnetError
        The file is empty, damaged, or lacks a column.
    """
    chosen = {}
    for ours, names in columns.items():
        theirs = next((name for name in names if name in file.table.columns), None)
        if theirs is None:
            raise OnetError(_missing_column(file.name, names, file.table.columns))
        text = pl.col(theirs).str.strip_chars()
        chosen[ours] = pl.when(~text.is_in(["", "n/a"])).then(pl.col(theirs))
    return file.table.select(**chosen)


def what_it_is_instead(content: bytes) -> str | None:
    """What a file is that was meant to be data: empty, a web page, a pointer; else null."""
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "empty"
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "a web page"
    if start.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer (git lfs pull fetches the file itself)"
    return None


def _ending(name: str) -> str:
    return PurePosixPath(name.lower().removesuffix(".gz")).suffix


def _inner(folder: Path) -> list[Path]:
    entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    files = [entry for entry in entries if entry.is_file() and is_table(entry.name)]
    folders = [entry for entry in entries if entry.is_dir()]
    return _inner(folders[0]) if not files and len(folders) == 1 else files


def _archived(path: Path) -> list[TableFile]:
    check_exists(path)
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.startswith("__MACOSX")]
    except _DAMAGED as error:
        with path.open("rb") as file:
            instead = what_it_is_instead(file.read(512)) or "truncated or not a zip archive"
        raise OnetError(f"{path} is {instead}; fetch the O*NET release again.") from error
    return [_member(path, name) for name in names if is_table(name)]


def _member(path: Path, name: str) -> TableFile:
    def read() -> bytes:
        with zipfile.ZipFile(path) as archive:
            return archive.read(name)

    return TableFile(PurePosixPath(name).name, read)


def _missing_column(file: str, names: tuple[str, ...], found: list[str]) -> str:
    hint = RENAMED.get(names[0])
    return (
        f"{file} has no column {' or '.join(names)}; it has {', '.join(found)}"
        + (f" ({hint})" if hint else "")
        + ". Give the file as O*NET publishes it."
    )
