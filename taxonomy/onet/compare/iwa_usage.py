"""Another assistant's usage by IWA in, a checked frame out: Microsoft's `iwa_metrics.csv`."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from taxonomy.errors import OnetError
from taxonomy.onet.checks import check_filled, check_range, check_unique, numbers
from taxonomy.onet.files import read_table, single_file
from taxonomy.onet.tables import Onet

_COLUMNS = {
    "iwa_id": ("IWA",),
    "title": ("title",),
    "share_user": ("share_user",),
    "share_ai": ("share_ai",),
}


def read_iwa_usage(path: Path, onet: Onet) -> pl.DataFrame:
    """`iwa_metrics.csv` of microsoft/working-with-ai: iwa_id, title, share_user, share_ai.

    `share_user` is the share of what users want, `share_ai` of what the assistant does; each adds
    up to 1.

    Raises
    ------
    OnetError
        The file is missing, damaged or truncated, a column is renamed, a share is none, or the
        identifiers are not those of this O*NET release.
    """
    file = single_file(path)
    table = read_table(file, _COLUMNS)
    check_filled(table, table.columns, file.name)
    check_unique(table, ["iwa_id"], file.name)
    for column in ("share_user", "share_ai"):
        table = numbers(table, column, pl.Float64, file.name)
        check_range(table, column, 0, 1, file.name)
        if abs(total := float(table[column].sum()) - 1) > 0.01:
            raise OnetError(
                f"{file.name}: {column} adds up to {total + 1:.3f} over {table.height:,} rows; "
                "expected 1. The file is truncated or altered: fetch it again."
            )
    iwas = onet.activities.filter(pl.col("level") == "IWA")["element_id"]
    unknown = table.filter(~pl.col("iwa_id").is_in(iwas.implode()))["iwa_id"]
    if len(unknown):
        raise OnetError(
            f"{file.name}: {len(unknown):,} of {table.height:,} IWAs, e.g. {unknown[0]}, are not "
            f"in O*NET {onet.version}; identifiers changed with 30.3, so give a release up to 30.2."
        )
    return table.sort("iwa_id")
