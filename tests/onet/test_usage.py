from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from taxonomy.onet.questions import ASSIGNED
from taxonomy.onet.usage import BY_TASK, PATTERNS, TASK_PCT, THINKING, usage_tables
from taxonomy.settings import PrivacySettings

PEOPLE = {
    "conversation_id": pl.String,
    "user_id": pl.String,
    "collaboration": pl.String,
    "thinking": pl.Boolean,
    "use_case": pl.String,
}
FLOORS = PrivacySettings()


def tables(*groups, privacy=FLOORS):
    """The tables of groups of (task, n, n_users, pattern, thinking); 0 users: their ids unknown."""
    assigned, people = [], []
    for task, n, n_users, pattern, thinking in groups:
        for _ in range(n):
            name = f"c{len(people):04}"
            user = f"u{len(people) % n_users}" if n_users else None
            assigned.append((name, task, None, "offline", None, 0))
            people.append((name, user, pattern, thinking, None))
    return usage_tables(
        pl.DataFrame(assigned, schema=ASSIGNED, orient="row"),
        pl.DataFrame(people, schema=PEOPLE, orient="row"),
        privacy,
    )


def group(task="code", n=15, n_users=5, pattern="directive", thinking=None):
    return task, n, n_users, pattern, thinking


def row(found, task="code"):
    return found[BY_TASK].filter(pl.col("task_name") == task).row(0, named=True)


def shown(found, task="code"):
    return {
        name: share for name, share in row(found, task).items() if share and name != "task_name"
    }


def fraction(*groups):
    return tables(*groups)[THINKING]["thinking_fraction"].item()


def test_the_tables_have_the_published_names_and_columns():
    found = tables(group())
    assert {name: table.columns for name, table in found.items()} == {
        "task_pct.csv": ["task_name", "pct"],
        "automation_vs_augmentation_by_task.csv": [
            "task_name", "directive", "feedback_loop", "task_iteration", "learning", "validation",
            "filtered",
        ],
        "task_thinking_fractions.csv": ["task_name", "thinking_fraction"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("n", "n_users", "is_told"), [(15, 5, True), (14, 14, False), (15, 4, False), (99, 1, False)]
)
def test_a_task_needs_15_conversations_of_5_users(n, n_users, is_told):
    found = tables(group("code", n, n_users), group("bake", 20, 20))
    expected = ["bake", "code"] if is_told else ["bake"]
    assert all(table["task_name"].to_list() == expected for table in found.values())


def test_percent_is_of_what_is_told():
    found = tables(group("code", 60), group("bake", 20), group("rare", 14))[TASK_PCT]
    assert found.rows() == [("bake", 25.0), ("code", 75.0)]


def test_percents_of_many_tasks_add_up_to_a_hundred():
    found = tables(*[group(f"task {place}", n_users=0) for place in range(700)])[TASK_PCT]
    # 700 times 0.1429 would be 100.03.
    assert found["pct"].sum() == pytest.approx(100, abs=0.001)


def test_none_has_a_percent_but_no_patterns():
    found = tables(group("code", 60, thinking=True), group("none", 20, thinking=True))
    assert dict(found[TASK_PCT].rows()) == {"code": 75.0, "none": 25.0}
    assert found[BY_TASK]["task_name"].to_list() == ["code"]
    # The index's table of thinking has "none" too.
    assert found[THINKING].rows() == [("code", 1.0), ("none", 1.0)]


def test_conversations_without_an_answer_are_left_out():
    assert tables(group(None, 50), group())[TASK_PCT].rows() == [("code", 100.0)]


def test_without_user_ids_each_conversation_is_its_own_user():
    assert tables(group(n_users=0))[TASK_PCT].height == 1


def test_the_floors_are_those_of_the_settings():
    low = PrivacySettings(min_cell_conversations=3, min_cell_users=2)
    assert tables(group(n=3, n_users=2), privacy=low)[TASK_PCT].height == 1
    assert tables(group(n=2, n_users=2), privacy=low)[TASK_PCT].height == 0


def test_patterns_are_shares_of_the_tasks_conversations():
    found = tables(group(n=30), group(n=15, pattern="feedback loop"), group(n=15, pattern="none"))
    assert shown(found) == {"directive": 0.5, "feedback_loop": 0.25, "filtered": 0.25}


def test_a_conversation_without_a_pattern_is_filtered():
    assert shown(tables(group(n=15), group(n=15, pattern=None))) == {
        "directive": 0.5, "filtered": 0.5,
    }  # fmt: skip
    assert shown(tables(group(pattern=None))) == {"filtered": 1.0}


def test_a_cell_under_the_floor_takes_the_smallest_other_with_it():
    found = tables(group(n=60), group(n=20, pattern="learning"), group(n=1, pattern="validation"))
    # By itself `filtered` would be the one validation.
    assert shown(found) == {"directive": 0.7407, "filtered": 0.2593}


def test_two_cells_under_the_floor_can_hide_behind_each_other():
    found = tables(
        group(n=70), group(n=16, pattern="learning"),
        group(n=7, pattern="validation"), group(n=7, pattern="none"),
    )  # fmt: skip
    assert shown(found) == {"filtered": 0.3, "directive": 0.7}
    found = tables(
        group(n=60), group(n=20, pattern="learning"),
        group(n=10, pattern="validation"), group(n=10, pattern="none"),
    )  # fmt: skip
    assert shown(found) == {"directive": 0.6, "learning": 0.2, "filtered": 0.2}


def test_a_cell_of_too_few_users_does_not_stand_as_all_that_is_filtered():
    found = tables(
        group(n=60), group(n=20, pattern="learning"), group(n=20, n_users=2, pattern="validation")
    )
    assert shown(found) == {"directive": 0.6, "filtered": 0.4}


def test_where_one_cell_is_all_the_other_hides_with_it():
    assert shown(tables(group(n=15), group(n=1, pattern="learning"))) == {"filtered": 1.0}


def test_of_equal_cells_the_first_by_name_joins():
    found = tables(group(n=20, pattern="learning"), group(n=20), group(n=10, pattern="validation"))
    assert shown(found) == {"learning": 0.4, "filtered": 0.6}


def test_thirds_add_up_to_one_with_nothing_filtered():
    thirds = ("directive", "learning", "task iteration")
    found = tables(*[group(n=20, pattern=pattern) for pattern in thirds])
    assert row(found)["filtered"] == 0
    assert sorted(shown(found).values()) == [0.3333, 0.3333, 0.3334]


def test_thinking_is_a_share_of_what_is_known():
    groups = [group(n=15, thinking=True), group(n=45, thinking=False), group(n=40)]
    assert fraction(*groups) == 0.25


def test_thinking_under_the_floor_is_null():
    assert fraction(group(n=14, thinking=True), group(n=45, thinking=False)) is None
    assert fraction(group(n=20, n_users=4, thinking=True), group(n=45, thinking=False)) is None
    assert fraction(group()) is None


@pytest.mark.parametrize(("n_off", "n_users", "told"), [(1, 1, None), (14, 14, None), (20, 4, None),
                                                        (0, 1, 1.0), (20, 5, 0.5)])  # fmt: skip
def test_too_few_without_thinking_hide_it_as_well(n_off, n_users, told):
    off = group(n=n_off, n_users=n_users, thinking=False)
    assert fraction(group(n=20, thinking=True), off) == told


def test_nothing_assigned_is_no_row():
    found = tables()
    assert all(table.is_empty() for table in found.values())
    assert found[BY_TASK].columns[1:] == [*PATTERNS, "filtered"]


def test_the_order_of_the_rows_changes_nothing():
    groups = [group(n=20), group("bake", 31, pattern="learning"), group(n=3, pattern="validation")]
    for name, table in tables(*groups).items():
        assert table.equals(tables(*groups[::-1])[name])


cells = st.tuples(
    st.sampled_from(["code", "bake"]),
    st.integers(0, 40),
    st.integers(1, 20),
    st.sampled_from(["directive", "feedback loop", "learning", "validation", "none", None]),
    st.sampled_from([True, False, None]),
)


@hypothesis(max_examples=100, deadline=None)
@given(st.lists(cells, max_size=12))
def test_no_cell_of_too_few_is_told_directly_or_by_subtraction(groups):
    found = tables(*groups)
    sizes = {task: sum(n for name, n, *_ in groups if name == task) for task in ("code", "bake")}
    for shares in found[BY_TASK].iter_rows(named=True):
        size = sizes[shares.pop("task_name")]
        assert sum(shares.values()) == pytest.approx(1, abs=1e-9)
        counts = {name: round(share * size) for name, share in shares.items()}
        assert all(n == 0 or n >= 15 for n in counts.values())
    for task, share in found[THINKING].drop_nulls().iter_rows():
        known = sum(n for name, n, _, _, on in groups if name == task and on is not None)
        on = round(share * known)
        assert on >= 15
        assert known - on == 0 or known - on >= 15
