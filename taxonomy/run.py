"""The run folder: stages that are kept while nothing they rest on has changed.

A stage's key is a digest of its name, its version, its settings and the content of its inputs.
Same key and intact output: kept. Otherwise made again, in a folder aside, and moved into place
when whole. "The file exists" is never the test. `manifest.json` holds the facts that repeat (keys,
digests, versions), `log.jsonl` those that do not (times, memory).
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as package_version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polars.exceptions import PolarsError

from taxonomy.errors import RunError
from taxonomy.settings import Settings

if TYPE_CHECKING:
    import numpy as np

Facts = Mapping[str, Any]

DISK_IS_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
RECORDED_PACKAGES = ("bottom-up-taxonomy", "numpy", "polars", "sentence-transformers", "torch")


@dataclass(frozen=True)
class Stage:
    """One step of a run: what it is called, what it rests on, and what it leaves behind."""

    name: str
    version: int
    """Raised by hand whenever the code of the stage would make another output."""
    settings: Mapping[str, Any]
    inputs: Mapping[str, str]
    """Name of each input -> the sha256 of its content."""
    outputs: tuple[str, ...]
    """File names; the stage writes them into the folder it is given."""

    @property
    def key(self) -> str:
        """Digest of everything the output depends on."""
        parts = [self.name, self.version, self.settings, self.inputs]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Run:
    """A run folder that this process holds; get one from `open_run`."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.manifest: dict[str, Any] = _run_manifest(folder) or {"format": 1, "stages": {}}
        self.manifest["settings"] = settings.model_dump(exclude_none=True)
        self.manifest["packages"] = {name: package_version(name) for name in RECORDED_PACKAGES}

    def path(self, name: str) -> Path:
        """Where a finished file of this run lies."""
        return self.folder / name

    def digest(self, name: str) -> str:
        """The sha256 of a finished file, as the stage that made it recorded it."""
        for stage in self.manifest["stages"].values():
            if name in stage["outputs"]:
                return str(stage["outputs"][name])
        raise RunError(f"{self.folder} holds no finished {name}; build the stage before it first.")

    def facts(self, stage: str) -> dict[str, Any]:
        """What a finished stage recorded about its result."""
        return dict(self.manifest["stages"][stage]["facts"])

    def is_current(self, stage: Stage) -> bool:
        """Whether the stage's output was made by the same key and is intact on disk."""
        recorded = self.manifest["stages"].get(stage.name)
        return (
            recorded is not None
            and recorded["key"] == stage.key
            and all(
                file_digest(self.path(name)) == digest
                for name, digest in recorded["outputs"].items()
            )
        )

    def make(self, stage: Stage, write: Callable[[Path], Facts], *, again: bool = False) -> bool:
        """Whether the stage had to be made; `write` gets a folder and returns facts to record.

        With `again` it is made whether it is current or not.

        What an interrupted call left in that folder is still there if the key is the same, so a
        stage may continue; nothing in it counts as output before `write` returned.
        """
        if not again and self.is_current(stage):
            self.log(stage=stage.name, made=False)
            return False
        started = time.monotonic()
        work = self._work_folder(stage)
        facts = write(work)
        self._adopt(stage, work, facts)
        seconds = round(time.monotonic() - started, 2)
        self.log(stage=stage.name, made=True, seconds=seconds, peak_mib=peak_memory_mib())
        return True

    def log(self, **facts: Any) -> None:
        """Add one line of passing facts to `log.jsonl`."""
        line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), **facts})
        with self.path("log.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")

    def _work_folder(self, stage: Stage) -> Path:
        parent = self.path(".partial")
        work = parent / f"{stage.name}-{stage.key[:16]}"
        for other in parent.glob(f"{stage.name}-*"):
            if other != work:
                shutil.rmtree(other)
        work.mkdir(parents=True, exist_ok=True)
        return work

    def _adopt(self, stage: Stage, work: Path, facts: Facts) -> None:
        digests = {name: file_digest(work / name) for name in stage.outputs}
        missing = [name for name, digest in digests.items() if digest is None]
        if missing:
            raise RunError(f"stage {stage.name} did not write {', '.join(missing)}.")
        for name in stage.outputs:
            (work / name).replace(self.path(name))
        self.manifest["stages"][stage.name] = {
            "key": stage.key,
            "inputs": dict(stage.inputs),
            "outputs": digests,
            "facts": dict(facts),
        }
        write_json(self.path("manifest.json"), self.manifest)
        shutil.rmtree(work)


@contextmanager
def open_run(folder: Path, settings: Settings) -> Iterator[Run]:
    """A run folder held by this process alone, with its settings written down.

    Raises
    ------
    RunError
        Another process holds the folder, the disk is full, or the manifest cannot be read.
    """
    from filelock import FileLock, Timeout

    with full_disk_as_run_error(folder):
        _run_manifest(folder)  # before anything is written into it
        folder.mkdir(parents=True, exist_ok=True)
        try:
            # The system lets go of the lock when the process ends, however it ends.
            with FileLock(folder / ".lock", timeout=0):
                write_settings(folder / "settings.toml", settings)
                yield Run(folder, settings)
        except Timeout as error:
            raise RunError(
                f"{folder} is in use by another process; wait for it to end, or give another "
                "folder with --run."
            ) from error


@contextmanager
def full_disk_as_run_error(folder: Path) -> Iterator[None]:
    """Turn 'no space left' into one clear error; what is finished stays as it is."""
    try:
        yield
    except (OSError, PolarsError) as error:
        # polars tells a full disk in words, inside several kinds of error.
        told = "No space left" in str(error) or "File too large" in str(error)
        if getattr(error, "errno", None) not in DISK_IS_FULL and not told:
            raise
        free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
        raise RunError(
            f"the disk that holds {folder} is full ({free / 2**20:,.0f} MiB free); finished stages "
            "are kept: free some space and run the same command again."
        ) from error


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a run folder, or None where there is none."""
    file = folder / "manifest.json"
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise RunError(
            f"cannot read {file}: {error}; remove it and run the same command again."
        ) from error
    return dict(manifest)


def _run_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest, if it is that of a run."""
    manifest = read_manifest(folder)
    if manifest is not None and "stages" not in manifest:
        raise RunError(f"{folder} is a release, not a run; give the folder of a run.")
    return manifest


def stage_state(folder: Path, stages: Mapping[str, Any], name: str) -> str:
    """`finished`, `missing`, `damaged`, or `stale` when an input was made again since."""
    recorded = stages.get(name)
    if recorded is None:
        return "missing"
    if any(file_digest(folder / file) != digest for file, digest in recorded["outputs"].items()):
        return "damaged"
    made = {file: digest for stage in stages.values() for file, digest in stage["outputs"].items()}
    fresh = all(made.get(file, digest) == digest for file, digest in recorded["inputs"].items())
    return "finished" if fresh else "stale"


def stage_states(folder: Path, names: Iterable[str]) -> list[dict[str, Any]]:
    """For each stage: its state, seconds it last took, US dollars it cost, facts it recorded.

    The state is `finished`, `missing`, `damaged` (an output differs from what was recorded) or
    `stale` (a stage before it was made again since).

    Raises
    ------
    RunError
        There is no run in the folder.
    """
    manifest = _run_manifest(folder)
    if manifest is None:
        raise RunError(
            f"{folder} holds no run (no manifest.json); start one with: taxonomy build FILES "
            f"--run {folder}"
        )
    log = read_log(folder)
    seconds = {line["stage"]: line["seconds"] for line in log if line.get("made")}
    usd = {line["stage"]: line["usd"] for line in log if "usd" in line}
    stages = manifest["stages"]
    return [
        {
            "stage": name,
            "state": stage_state(folder, stages, name),
            "seconds": seconds.get(name),
            "usd": usd.get(name),
            "facts": stages.get(name, {}).get("facts", {}),
        }
        for name in names
    ]


def read_log(folder: Path) -> list[dict[str, Any]]:
    """The lines of `log.jsonl`, oldest first; a line cut off by a crash is passed over."""
    file = folder / "log.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def write_settings(file: Path, settings: Settings) -> None:
    """Write the settings in force as TOML that `Settings.load` reads back."""
    import tomli_w

    write_text(file, tomli_w.dumps(settings.model_dump(exclude_none=True)))


def write_json(file: Path, value: Any) -> None:
    """Write a JSON file in one move, keys sorted, so that equal facts are equal bytes."""
    write_text(file, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def write_text(file: Path, text: str) -> None:
    """Write a text file in one move: a reader sees the old file or the new, never a part."""
    partial = file.with_name(f".{file.name}.partial")
    with partial.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(file)


def write_array(file: Path, rows: Iterable[np.ndarray], shape: tuple[int, int]) -> None:
    """Write float32 blocks of rows as one `.npy` file.

    By plain writes, since on a full disk a memory map ends the process with a bus error and numpy's
    own `save` raises an error that does not say why.
    """
    import numpy as np

    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    with file.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, header)
        for block in rows:
            stream.write(np.ascontiguousarray(block, dtype="<f4").tobytes())


def file_digest(file: Path) -> str | None:
    """The sha256 of a file's content, or None where there is no file."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def peak_memory_mib() -> int:
    """The most memory this process has held so far, in MiB."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10))
