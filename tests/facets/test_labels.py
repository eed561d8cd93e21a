from pathlib import Path

import polars as pl

from taxonomy.collaboration import COLLABORATIONS
from taxonomy.facets import STATUSES

LABELS = Path(__file__).parents[1] / "data" / "oasst_validation_labels.tsv"


def test_the_labels_are_two_halves_of_75_with_known_values_and_no_texts():
    labels = pl.read_csv(LABELS, separator="\t")
    assert labels["conversation_id"].n_unique() == 150
    assert sorted(labels["half"].to_list()) == ["report"] * 75 + ["tune"] * 75
    assert set(labels["collaboration"]) <= set(COLLABORATIONS)
    assert set(labels["status"]) <= set(STATUSES)
    assert labels["request_words"].str.split("|").list.len().max() <= 3
