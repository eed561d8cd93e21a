from __future__ import annotations

import re
from collections import Counter

from taxonomy.demo import load_areas
from taxonomy.demo.dialogue import SLOT

AREAS = load_areas()
TOPICS = [topic for area in AREAS for topic in area.topics]
TASKS = [task for topic in TOPICS for task in topic.tasks]


def texts_of(task):
    return [*task.requests, task.learn, task.check, *task.other]


def test_the_tree_is_as_broad_as_what_people_ask():
    assert len(AREAS) >= 20
    assert len(TOPICS) >= 110
    assert len(TASKS) >= 630


def test_no_two_nodes_of_a_level_share_a_name():
    for names in ([a.name for a in AREAS], [t.name for t in TOPICS], [t.name for t in TASKS]):
        assert [name for name, count in Counter(names).items() if count > 1] == []


def test_requests_are_not_one_template_filled():
    texts = [text for task in TASKS for text in texts_of(task)]
    assert len(set(texts)) == len(texts)
    openings = Counter(" ".join(text.lower().split()[:5]) for text in texts)
    assert openings.most_common(1)[0][1] < 0.01 * len(texts)


def test_every_slot_has_values_and_every_value_a_slot():
    for task in TASKS:
        used = {slot for text in texts_of(task) for slot in SLOT.findall(text)}
        assert used == set(task.slots), task.name
        assert all(len(values) > 1 for values in task.slots.values()), task.name


def test_every_slot_of_a_later_turn_has_values():
    for topic in TOPICS:
        turns = [*topic.results, *topic.refinements, *topic.questions, *topic.checks]
        used = {slot for text in turns for slot in SLOT.findall(text)}
        assert used <= set(topic.slots), topic.name


def test_requests_in_other_languages_name_theirs():
    others = [text for task in TASKS for text in task.other]
    assert len(others) > 100
    assert all(re.match(r"[a-z]{2}: \S", text) for text in others)


def test_all_six_patterns_occur_at_rates_that_differ_by_area():
    rates = {
        tuple(area.collaboration[label] for label in sorted(area.collaboration)) for area in AREAS
    }
    assert len(rates) == len(AREAS)
    assert all(rate > 0 for area in AREAS for rate in area.collaboration.values())
