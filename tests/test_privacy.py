from __future__ import annotations

import polars as pl

from taxonomy.privacy import apply_cluster_floors, explain_floors, suppress_cells
from taxonomy.settings import PrivacySettings


def people(**users):
    """Conversations by cluster: `people(a=[...])` gives one a user named, null for unknown."""
    rows = [
        (f"{name}{place}", user) for name, ids in users.items() for place, user in enumerate(ids)
    ]
    clusters = [place for place, ids in enumerate(users.values()) for _ in ids]
    frame = pl.DataFrame(rows, schema=["conversation_id", "user_id"], orient="row")
    known = frame.with_columns(
        collaboration=pl.lit("directive"), thinking=pl.lit(True), use_case=pl.lit("work")
    )
    assigned = frame.select("conversation_id", cluster=pl.Series(clusters, dtype=pl.Int32))
    return assigned, known


def test_a_cluster_under_the_user_floor_is_suppressed():
    assigned, known = people(many=["u1", "u2", "u3"], one=["u1", "u1", "u1"])
    sizes = apply_cluster_floors(assigned, known, PrivacySettings(min_conversations=3, min_users=2))
    assert sizes["n_users"].to_list() == [3, 1]
    assert sizes["status"].to_list() == ["published", "suppressed"]


def test_a_cluster_under_the_conversation_floor_is_suppressed():
    assigned, known = people(small=["u1", "u2"], large=["u1", "u2", "u3"])
    sizes = apply_cluster_floors(assigned, known, PrivacySettings(min_conversations=3, min_users=2))
    assert sizes["status"].to_list() == ["suppressed", "published"]


def cells(*rows):
    columns = ["node_id", "measure", "value", "cell_conversations", "cell_users"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def statuses(frame):
    shown = suppress_cells(frame, PrivacySettings())
    return dict(
        zip(zip(shown["node_id"], shown["measure"], strict=True), shown["status"], strict=True)
    ), shown


def test_a_cell_under_either_floor_keeps_its_row_but_not_its_value():
    status, shown = statuses(
        cells(
            ("a", "learning_share", 0.5, 15, 5),
            ("b", "learning_share", 0.5, 14, 5),
            ("c", "learning_share", 0.5, 15, 4),
        )
    )
    assert list(status.values()) == ["published", "suppressed", "suppressed"]
    assert shown["value"].to_list() == [0.5, None, None]


def test_a_share_of_zero_is_suppressed_too():
    status, _ = statuses(cells(("a", "none_share", 0.0, 0, 0), ("b", "none_share", 0.4, 40, 20)))
    assert status["a", "none_share"] == "suppressed"


def test_automation_and_augmentation_are_published_together_or_not_at_all():
    status, _ = statuses(
        cells(
            ("a", "automation_share", 0.9, 90, 40),
            ("a", "augmentation_share", 0.1, 10, 9),
            ("b", "automation_share", 0.5, 50, 40),
            ("b", "augmentation_share", 0.5, 50, 40),
        )
    )
    assert status["a", "automation_share"] == status["a", "augmentation_share"] == "suppressed"
    assert status["b", "automation_share"] == status["b", "augmentation_share"] == "published"


def test_shares_of_use_cases_are_published_together_or_not_at_all():
    status, _ = statuses(
        cells(
            ("a", "work_share", 0.6, 60, 40),
            ("a", "coursework_share", 0.3, 30, 20),
            ("a", "personal_share", 0.1, 10, 9),
        )
    )
    assert set(status.values()) == {"suppressed"}


def test_prevalence_of_a_published_cluster_is_published():
    status, _ = statuses(cells(("a", "conversation_share", 0.1, 3, 2)))
    assert status["a", "conversation_share"] == "published"


def test_a_measure_that_nothing_is_known_of_is_unknown_not_suppressed():
    status, _ = statuses(
        cells(("a", "thinking_share", None, 0, 0), ("b", "thinking_share", None, 0, 0))
    )
    assert set(status.values()) == {"unknown"}


def test_the_message_says_what_would_help_when_much_is_under_the_floors():
    counts = {
        "floors": PrivacySettings().model_dump(),
        "conversations": 100,
        "clusters": 10,
        "published_clusters": 4,
        "in_suppressed_clusters": 40,
        "with_user_id": 100,
    }
    assert "6 of 10 clusters (40.0% of the conversations)" in explain_floors(counts)
    assert "fewer clusters" in explain_floors(counts)
    assert "fewer clusters" not in explain_floors(counts | {"in_suppressed_clusters": 5})


def test_the_message_says_when_floors_on_users_are_worth_less_than_they_say():
    counts = {
        "floors": PrivacySettings().model_dump(),
        "conversations": 100,
        "clusters": 10,
        "published_clusters": 10,
        "in_suppressed_clusters": 0,
    }
    assert explain_floors(counts | {"with_user_id": 0}).endswith("floors on users protect nobody.")
    assert "30 of 100 conversations name no user" in explain_floors(counts | {"with_user_id": 70})
    assert explain_floors(counts | {"with_user_id": 100}).endswith("and not published.")
