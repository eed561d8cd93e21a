from __future__ import annotations

import polars as pl
import pytest

from taxonomy.errors import OnetError
from taxonomy.plots import agreement_by_k


@pytest.fixture
def measured():
    rows = [
        (10, 0, "cohesion", 0.4),
        (10, 1, "cohesion", 0.6),
        (20, 0, "cohesion", 0.7),
        (10, 0, "AMI to the truth", 0.3),
        (20, 0, "AMI to the truth", None),
    ]
    frame = pl.DataFrame(rows, schema=["k", "seed", "measure", "value"], orient="row")
    return frame.with_columns(base=pl.lit("conversations of the corpus"), n=pl.lit(600))


def test_a_seed_is_a_point_and_the_line_goes_through_their_mean(measured, rows_of):
    chart = agreement_by_k(measured)
    means = [row for row in rows_of(chart, "value") if row["measure"] == "cohesion"]
    assert {row["k"]: row["value"] for row in means} == {10: 0.5, 20: 0.7}
    assert len(rows_of(chart, "seed")) == 4


def test_each_measure_states_its_base_and_n(measured, said):
    text = said(agreement_by_k(measured, source="demo"))
    assert "Cohesion: conversations of the corpus. n = 600 conversations." in text
    assert "AMI to the truth: conversations of the corpus." in text
    assert "A point is one of up to 2 seeds" in text
    assert text.endswith("Source: demo")


def test_no_measure_is_told_by_its_colour_alone(measured, values_in):
    scales = [s for s in values_in(agreement_by_k(measured), "scale") if "range" in s]
    looks = {tuple(map(str, scale["range"])) for scale in scales}
    assert len(looks) == 3
    assert all(len(set(look)) == 2 for look in looks)


def test_a_frame_that_does_not_name_its_base_is_refused(measured):
    with pytest.raises(OnetError, match="no column base, n"):
        agreement_by_k(measured.drop("base", "n"))
