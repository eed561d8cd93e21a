from __future__ import annotations

import numpy as np
import pytest

from taxonomy.onet.lexicon import Lexicon


@pytest.fixture
def lexicon():
    return Lexicon(["Write computer code.", "Test the code.", "Bake bread."])


def test_words_meet_by_their_stems(lexicon):
    (scores,) = lexicon.scores(["baking breads"])
    assert scores[2] > 0
    assert scores[:2].tolist() == [0, 0]


def test_a_rarer_word_says_more(lexicon):
    (scores,) = lexicon.scores(["write code"])
    assert scores[0] > scores[1] > scores[2] == 0


def test_a_score_is_that_of_okapi():
    # idf of a word in one of two documents ln(1 + 1.5/1.5) = ln 2; tf 1 in a document of mean
    # length: 1 / (1 + 1.5) of it.
    (scores,) = Lexicon(["Bake bread.", "Write code."]).scores(["code"])
    np.testing.assert_allclose(scores, [0, np.log(2) / 2.5], rtol=1e-6)


def test_a_word_said_twice_counts_once(lexicon):
    once, twice = lexicon.scores(["code", "code Code coding"])
    np.testing.assert_array_equal(once, twice)


def test_what_shares_no_word_scores_zero(lexicon):
    scores = lexicon.scores(["", "the of", "zebra", "?!"])
    assert scores.dtype == np.float32
    np.testing.assert_array_equal(scores, np.zeros((4, 3)))


def test_no_query_is_no_row(lexicon):
    assert lexicon.scores([]).shape == (0, 3)
