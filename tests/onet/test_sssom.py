from __future__ import annotations

import polars as pl
import pytest

from taxonomy.errors import OnetError
from taxonomy.onet.crosswalk import CROSSWALK, NONE, UNPLACED, make_crosswalk
from taxonomy.onet.sssom import COLUMNS, DECIMALS, SSSOM_FILE, read_sssom, sssom_text, to_sssom

from .asking import small_onet
