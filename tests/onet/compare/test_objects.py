from __future__ import annotations

import polars as pl
import pytest

from taxonomy.errors import OnetError
from taxonomy.onet.compare.objects import onet_objects


def at(objects, level, column):
    return dict(objects.filter(pl.col("level") == level).select("object_id", column).iter_rows())


def test_the_objects_of_a_level_are_those_that_a_task_stands_under(onet, homes):
    objects = onet_objects(onet, homes)
    counts = dict(objects.group_by("level").len().iter_rows())
    assert counts == {"task": 4, "DWA": 3, "IWA": 2, "GWA": 2, "major": 2}


def test_a_task_gives_each_of_its_homes_a_part_of_its_usage(onet, homes, usage):
    # Coding is half of all usage, over two DWAs; budgets 0.3, over two; one DWA is shared.
    used = at(onet_objects(onet, homes, usage=usage), "DWA", "usage_share")
    assert used == pytest.approx(
        {
            "4.A.1.a.1.I01.D01": 0.15,
            "4.A.2.b.2.I14.D01": 0.25 + 0.15,
            "4.A.2.b.2.I14.D02": 0.25,
        }
    )


def test_a_statement_has_the_mean_importance_of_its_rated_occupations(onet, homes):
    rated = at(onet_objects(onet, homes), "IWA", "importance")
    assert rated == pytest.approx({"4.A.1.a.1.I01": 4.5 / 2, "4.A.2.b.2.I14": 4.5 / 2 + 3})


def test_what_is_not_known_is_null(onet, homes):
    objects = onet_objects(onet, homes)
    assert objects["usage_share"].is_null().all()
    assert objects["employment"].is_null().all()


def test_groups_have_their_title_and_employment(onet, homes, groups, employment):
    objects = onet_objects(onet, homes, groups=groups, employment=employment)
    assert at(objects, "major", "object") == {"11": "Bosses", "15": "Coders"}
    assert at(objects, "major", "employment") == {"11": 30.0, "15": 10.0}


def test_usage_of_another_release_is_an_error(onet, homes):
    usage = pl.DataFrame({"task": ["fly to the moon."], "share": [1.0]})
    with pytest.raises(OnetError, match="none of the 1 tasks of the usage table"):
        onet_objects(onet, homes, usage=usage)


def test_employment_of_an_unknown_title_is_an_error(onet, homes, groups):
    employment = pl.DataFrame({"title": ["Pirates"], "employment": [3]})
    with pytest.raises(OnetError, match="'Pirates'"):
        onet_objects(onet, homes, groups=groups, employment=employment)


def test_employment_needs_the_groups(onet, homes, employment):
    with pytest.raises(OnetError, match="give the SOC structure"):
        onet_objects(onet, homes, employment=employment)
