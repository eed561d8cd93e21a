from __future__ import annotations

import polars as pl

from taxonomy.plots import top_occupations_by_pattern


def test_five_panels_with_the_tasks_of_each_occupation(framed, patterns, said):
    actors = {"onet_soc": ["27-2011.00"] * 5, "title": ["Actors"] * 5, "rank": [1] * 5}
    clerks = {"onet_soc": ["43-9061.00"] * 5, "title": ["Clerks"] * 5, "rank": [2] * 5}
    occupations = pl.concat(
        [
            framed(threshold=0.005, **actors, **patterns),
            framed(threshold=0.005, **clerks, **(patterns | {"share": [0.1, 0.05, 0.1, 0.1, 0.0]})),
        ]
    )
    tasks = pl.concat(
        [
            framed(**group, **patterns, task=[task] * 5, contribution=[part] * 5)
            for group, task, part in (
                (actors, "play roles.", 0.75),
                (actors | {"rank": [2] * 5}, "learn lines.", 0.25),
                (clerks | {"rank": [1] * 5}, "file papers.", 1.0),
            )
        ]
    )
    chart = top_occupations_by_pattern(occupations, tasks, tasks_each=1)
    spec = chart.to_dict()
    assert [panel["title"]["text"] for panel in spec["vconcat"]] == [
        "directive (automation)",
        "feedback loop (automation)",
        "task iteration (augmentation)",
        "learning (augmentation)",
        "validation (augmentation)",
    ]
    texts = {
        (row["title"], row["share"], row["tasks"])
        for rows in spec["datasets"].values()
        for row in rows
    }
    assert ("Actors", 0.4, "75% play roles.") in texts
    assert ("Clerks", 0.1, "100% file papers.") in texts
    # Nobody is high in a pattern that nobody has.
    assert ("Clerks", 0.0, "100% file papers.") not in texts
    assert "its share of the occupation's usage in the pattern" in said(chart)
