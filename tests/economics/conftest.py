"""Frames that one can check by hand, and those of the March 2025 release."""

from __future__ import annotations

from types import SimpleNamespace

import polars as pl
import pytest

from taxonomy.economics import allocate


@pytest.fixture
def usage():
    """`write code.` is held by two occupations of one group, `teach.` by two groups."""
    tasks = {"write code.": 0.4, "teach.": 0.2, "test code.": 0.3, "none": 0.1}
    return pl.DataFrame({"task": [*tasks], "share": [*tasks.values()]})


@pytest.fixture
def statements():
    rows = [
        ("15-1131.00", "Programmers", "Write code."),
        ("15-1131.00", "Programmers", "Test code."),
        ("15-1132.00", "Developers", " Write code. "),
        ("15-1132.00", "Developers", "Teach."),
        ("15-1132.00", "Developers", "Plan work."),
        ("15-1132.00", "Developers", "Talk."),
        ("25-2021.00", "Teachers", "Teach."),
        ("25-2021.00", "Teachers", "Mark papers."),
    ]
    return pl.DataFrame(rows, schema=["onet_soc", "title", "task"], orient="row")


@pytest.fixture
def groups():
    return pl.DataFrame({"group": ["15", "25", "55"], "title": ["Computer", "Education", "Army"]})


@pytest.fixture
def patterns():
    columns = ["directive", "feedback_loop", "task_iteration", "learning", "validation", "filtered"]
    rows = [
        ("write code.", 0.5, 0.1, 0.2, 0.0, 0.0, 0.2),
        ("test code.", 0.0, 0.5, 0.5, 0.0, 0.0, 0.0),
        ("teach.", 0.0, 0.0, 0.0, 1.0, 0.0, 0.0),
    ]
    return pl.DataFrame(rows, schema=["task", *columns], orient="row")


@pytest.fixture(scope="session")
def march(public_data):
    """The frames of the files of March 2025, read by hand, apart from our own reader."""
    folder = public_data / "aei"

    def read(name, **columns):
        frame = pl.read_csv(folder / name, separator="\t" if name.endswith("tsv") else ",")
        return frame.select(**columns) if columns else frame

    def usage(version):
        name = f"task_pct_{version}.csv"
        return read(name, task=pl.col("task_name"), share=pl.col("pct") / 100)

    return SimpleNamespace(
        v1=usage("v1"),
        v2=usage("v2"),
        statements=read(
            "onet_task_statements.csv.gz", onet_soc="O*NET-SOC Code", title="Title", task="Task"
        ),
        groups=read(
            "SOC_Structure.csv",
            group=pl.col("Major Group").str.slice(0, 2),
            title="SOC or O*NET-SOC 2019 Title",
        ).drop_nulls("group"),
        employment=read(
            "bls_employment_may_2023.csv",
            title="SOC or O*NET-SOC 2019 Title",
            employment="bls_distribution",
        ),
        wages=read(
            "wage_data.csv", onet_soc="SOCcode", title="JobName", median_salary="MedianSalary"
        ),
        collaboration_v1=read(
            "automation_vs_augmentation_v1.csv",
            pattern="interaction_type",
            share=pl.col("pct") / 100,
        ),
        patterns=read("automation_vs_augmentation_by_task.csv").rename({"task_name": "task"}),
        thinking=read(
            "task_thinking_fractions.csv", task="task_name", thinking_share="thinking_fraction"
        ),
        clusters=read("cluster_level_dataset.tsv"),
    )


@pytest.fixture(scope="session")
def allocated(march):
    """The usage of both reports over occupations, by version."""
    return {
        version: allocate(getattr(march, version), march.statements) for version in ("v1", "v2")
    }
