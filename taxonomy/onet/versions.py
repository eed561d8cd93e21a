"""What tells one O*NET release from another: its number, its counts, its names for things."""

from __future__ import annotations

import re
from collections.abc import Mapping

from taxonomy.errors import OnetError

# Counted by us in the files themselves; of 20.1 we had the task statements only.
KNOWN_COUNTS: dict[str, dict[str, int]] = {
    "20.1": {"rows of Task Statements": 19_530, "occupations with tasks": 974},
    "29.1": {
        "rows of Task Statements": 18_796,
        "occupations with tasks": 923,
        "rows of Occupation Data": 1_016,
        "DWAs": 2_087,
        "IWAs": 332,
        "GWAs": 37,
        "rows of Tasks to DWAs": 23_233,
    },
    "30.1": {
        "rows of Task Statements": 18_796,
        "occupations with tasks": 923,
        "rows of Occupation Data": 1_016,
        "DWAs": 2_087,
        "IWAs": 332,
        "GWAs": 37,
        "rows of Tasks to DWAs": 23_850,
    },
}

# What a column that is not there may be called, for the error message.
RENAMED = {
    "DWA ID": "up to O*NET 30.2 it is DWA ID, from 30.3 on DWA Element ID",
    "DWA Title": "up to O*NET 30.2 it is DWA Title, from 30.3 on DWA Element Name",
    "IWA ID": "up to O*NET 30.2 it is IWA ID, from 30.3 on IWA Element ID",
    "IWA Title": "up to O*NET 30.2 it is IWA Title, from 30.3 on IWA Element Name",
}

_IN_READ_ME = re.compile(r"O\*NET\s+(\d{1,2}\.\d)\s+Database")
_IN_NAME = re.compile(r"(?:^|[^a-z0-9])(?:db_|v|onet[_-]?)(\d{1,2})[._](\d)(?!\d)", re.IGNORECASE)


def version_number(version: str) -> str:
    """The version as `30.1`, whether written so or as `30_1`.

    Raises
    ------
    OnetError
        It is written otherwise.
    """
    number = version.strip().replace("_", ".")
    if not re.fullmatch(r"\d{1,2}\.\d", number):
        raise OnetError(f"{version!r} is not an O*NET version; expected one like 30.1.")
    return number


def settle_version(
    asked: str | None, *, read_me: str | None, name: str, counts: Mapping[str, int]
) -> str:
    """The release's version, by its read_me, its name, its counts, or as `asked`, in this order.

    Raises
    ------
    OnetError
        Nothing tells the version, what tells it contradicts `asked`, or a known version has other
        counts.
    """
    stated = _in_read_me(read_me) or _in_name(name)
    wanted = version_number(asked) if asked else None
    if stated and wanted and stated != wanted:
        raise OnetError(
            f"{name} is O*NET {stated}, but {wanted} was asked for; give the folder or archive of "
            f"{wanted}, or leave the version out."
        )
    version = stated or wanted or _by_counts(counts)
    if version is None:
        raise OnetError(
            f"nothing in {name} tells its O*NET version: there is no read_me.txt, no version in "
            f"the name (as in db_30_1_text), and its counts ({_listed(counts)}) are of "
            f"{_fitting_listed(counts)}; say which version it is."
        )
    _check_counts(version, counts, name)
    return version


def _in_read_me(text: str | None) -> str | None:
    found = _IN_READ_ME.search(text or "")
    return found[1] if found else None


def _in_name(name: str) -> str | None:
    found = _IN_NAME.search(name)
    return f"{found[1]}.{found[2]}" if found else None


def _by_counts(counts: Mapping[str, int]) -> str | None:
    """The one known version with these counts; null where none or several have them."""
    fitting = _fitting(counts)
    return fitting[0] if len(fitting) == 1 else None


def _fitting(counts: Mapping[str, int]) -> list[str]:
    return [version for version in KNOWN_COUNTS if not _differing(version, counts)]


def _fitting_listed(counts: Mapping[str, int]) -> str:
    return " and ".join(_fitting(counts)) or "no release we know"


def _check_counts(version: str, counts: Mapping[str, int], name: str) -> None:
    differing = _differing(version, counts)
    if not differing:
        return
    known = KNOWN_COUNTS[version]
    told = ", ".join(f"{counts[what]:,} {what} instead of {known[what]:,}" for what in differing)
    other = _by_counts(counts)
    hint = f"; these are the counts of {other}" if other else ""
    raise OnetError(
        f"{name} is truncated or altered: for O*NET {version} it has {told}{hint}; fetch the "
        "release again."
    )


def _differing(version: str, counts: Mapping[str, int]) -> list[str]:
    known = KNOWN_COUNTS.get(version, {})
    return [what for what, count in counts.items() if known.get(what, count) != count]


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts.items())
