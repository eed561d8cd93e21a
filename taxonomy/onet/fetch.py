"""A version in, its archive on disk out: an O*NET release, downloaded and checked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from taxonomy.errors import OnetError
from taxonomy.onet.download import Download
from taxonomy.onet.tables import load_onet
from taxonomy.onet.versions import version_number
from taxonomy.run import file_digest, write_text

ADDRESS = "https://www.onetcenter.org/dl_files/database/db_{version}_text.zip"

logger = logging.getLogger(__name__)


def fetch_onet(
    version: str,
    folder: Path,
    *,
    address: str = ADDRESS,
    sha256: str | None = None,
    timeout: float = 60,
    say: Callable[[str], None] = logger.info,
) -> Path:
    """The archive of an O*NET release in `folder`, fetched unless it is there and intact.

    The archive's sha256 is written beside it (`.sha256`); a later fetch compares with it.

    Parameters
    ----------
    version : e.g. "30.1"
    address : where `{version}` stands for the version with an underscore
    sha256 : what the archive must have, where known
    timeout : seconds the server may stay silent
    say : told in a line each what happens

    Raises
    ------
    OnetError
        The archive cannot be had, has another checksum, or is not O*NET of this version.
    """
    number = version_number(version)
    underscored = number.replace(".", "_")
    archive = folder / f"db_{underscored}_text.zip"
    url = address.replace("{version}", underscored)
    by_hand = f"Or download {url} by hand and put it at {archive}."
    partial = archive.with_name(f"{archive.name}.partial")
    download = Download(address=url, partial=partial, by_hand=by_hand, timeout=timeout)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        expected = sha256.lower() if sha256 else _recorded(archive)
        if _intact(archive, expected, number, say):
            return archive
        say(f"fetching {url}")
        download.fetch()
        _check(download, expected, number, asked=sha256 is not None)
        _record(archive, file_digest(partial))
        partial.replace(archive)
        download.discard()
    except OSError as error:
        raise OnetError(
            f"cannot write in {folder}: {error.strerror or error}; make room there, or give "
            f"another folder. {by_hand}"
        ) from error
    say(f"O*NET {number} is at {archive}")
    return archive


def _intact(archive: Path, expected: str | None, number: str, say: Callable[[str], None]) -> bool:
    """Whether the archive is there and good; then its checksum is on record."""
    digest = file_digest(archive)
    if digest is None:
        return False
    try:
        if expected is None:
            load_onet(archive, version=number)
    except OnetError as error:
        say(f"{archive} is not kept: {error}")
        return False
    if expected is not None and digest != expected:
        say(f"{archive} is not kept: its sha256 is {digest}, not {expected}")
        return False
    _record(archive, digest)
    say(f"O*NET {number} is at {archive} already")
    return True


def _check(download: Download, expected: str | None, number: str, *, asked: bool) -> None:
    """Raise an OnetError, and discard what came, where it is not the archive that was wanted."""
    digest = file_digest(download.partial)
    if expected is not None and digest != expected:
        download.discard()
        remedy = (
            "compare both with where the checksum comes from"
            if asked
            else "if O*NET replaced it, remove the .sha256 file and fetch again"
        )
        raise OnetError(
            f"the archive at {download.address} has sha256 {digest}, expected {expected}: {remedy}."
        )
    try:
        load_onet(download.partial, version=number)
    except OnetError as error:
        download.discard()
        raise OnetError(
            f"what {download.address} sent is not O*NET {number}: {error} {download.by_hand}"
        ) from error


def _checksum_file(archive: Path) -> Path:
    return archive.with_name(f"{archive.name}.sha256")


def _recorded(archive: Path) -> str | None:
    """The checksum written beside the archive by an earlier fetch."""
    file = _checksum_file(archive)
    words = file.read_text(encoding="utf-8").split() if file.exists() else []
    return words[0].lower() if words else None


def _record(archive: Path, digest: str | None) -> None:
    # As sha256sum --check reads it.
    write_text(_checksum_file(archive), f"{digest}  {archive.name}\n")
