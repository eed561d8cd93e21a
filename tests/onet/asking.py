"""A small O*NET, a task tree over some of it, and helpers that ask about both."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from taxonomy.claude import Claude, connect
from taxonomy.claude.fake import FakeClaude, Script
from taxonomy.onet.reading import ACTIVITIES, RATINGS, TASK_DWAS
from taxonomy.onet.tables import Onet
from taxonomy.onet.task_tree import NODES, TaskTree
from taxonomy.settings import ClaudeSettings, Settings


def load(name):
    """A helper of other tests: `naming/scripted` or `claude/asking`."""
    known = f"onet_{name.replace('/', '_')}"
    if known not in sys.modules:
        path = Path(__file__).parents[1] / f"{name}.py"
        spec = importlib.util.spec_from_file_location(known, path)
        sys.modules[known] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[known])
    return sys.modules[known]


Scripted = load("naming/scripted").Scripted

# group of SOC, what its two occupations do, and with what: nine tasks a field.
FIELDS = {
    "35": ("Cook", "kitchen diners", ["soup", "pasta", "fish"], ["hotel", "school", "prison"]),
    "15": ("Program", "software users", ["website", "parser", "game"], ["bank", "shop", "lab"]),
    "23": ("Draft", "legal courts", ["contract", "will", "brief"], ["tenant", "heir", "buyer"]),
    "29": ("Treat", "medical patients", ["wound", "fever", "cough"], ["child", "runner", "sailor"]),
}


def small_onet():
    """36 tasks of four fields; each field has a GWA, an IWA, and a DWA for each of its things."""
    tasks, occupations, activities, links = [], [], [], []
    for place, (group, (verb, words, things, people)) in enumerate(FIELDS.items(), 1):
        gwa, iwa = f"4.A.{place}.a.1", f"4.A.{place}.a.1.I01"
        activities.append((gwa, "GWA", f"{verb} in general", None))
        activities.append((iwa, "IWA", f"{verb} {words}", gwa))
        for number, thing in enumerate(things, 1):
            code = f"{group}-101{number}.00"
            occupations.append((code, f"{thing.capitalize()} {group} workers", None))
            dwa = f"{iwa}.D0{number}"
            activities.append((dwa, "DWA", f"{verb} {thing}.", iwa))
            for person in people:
                task_id = len(tasks) + 1
                text = f"{verb} {thing} of the {person} for {words} with {verb.lower()} tools."
                tasks.append((code, occupations[-1][1], task_id, text, "Core"))
                if person != people[-1]:  # the last has no DWA
                    links.append((code, task_id, dwa))
    columns = ["onet_soc", "title", "task_id", "task", "task_type"]
    return Onet(
        "0.1",
        pl.DataFrame(tasks, schema=columns, orient="row"),
        pl.DataFrame(
            occupations,
            schema={"onet_soc": pl.String, "title": pl.String, "description": pl.String},
            orient="row",
        ),
        pl.DataFrame(activities, schema=ACTIVITIES, orient="row"),
        pl.DataFrame(links, schema=TASK_DWAS, orient="row"),
        pl.DataFrame(schema=RATINGS),
        {"version": "0.1"},
    )


TREE = {
    "Cook food": {
        "Boil soups": ["Cook soup.", "Stir broth."],
        "Bake bread": ["Knead dough.", "Bake rolls."],
    },
    "Write programs": {
        "Write code": ["Write code.", "Design software."],
        "Test code": ["Test software.", "Report bugs."],
    },
    "Care for animals": {
        "Feed animals": ["Feed horses.", "Feed hens."],
        "Treat animals": ["Dress wounds.", "Give vaccines."],
    },
}


def small_tree():
    """Three branches of two groups of two tasks; a node's id is its name."""
    nodes, leaves = [], []
    for branch, groups in TREE.items():
        nodes.append((branch, 1, None, branch, ""))
        for group, tasks in groups.items():
            nodes.append((group, 0, branch, group, ""))
            leaves += [(task.lower(), task, group) for task in tasks]
    return TaskTree(
        pl.DataFrame(nodes, schema=NODES, orient="row"),
        pl.DataFrame(leaves, schema=["statement", "task", "node_id"], orient="row"),
    )


def conversations(*requests):
    """A frame of them: c0, c1, ..."""
    ids = [f"c{place}" for place in range(len(requests))]
    schema = {"conversation_id": pl.String, "request": pl.String}
    return pl.DataFrame({"conversation_id": ids, "request": list(requests)}, schema=schema)


def numbered(request):
    """Text -> number, of all that a request shows to choose from."""
    material = request.material
    if "tasks" in material:
        shown = {n: text for group in material["tasks"] for n, text in group["tasks"].items()}
    else:
        shown = material.get("branches") or material["candidates"]
    return {text: place for place, text in shown.items()}


@contextmanager
def asked_over_http(folder, mode, *rules, **changes):
    """A real client of a fake server that goes wrong by these rules."""
    with FakeClaude(Script(rules)) as server:
        given = ClaudeSettings(base_url=server.url, mode=mode, **changes)
        connection = connect(given, {"ANTHROPIC_API_KEY": "test"})
        patience = load("claude/asking").QUICK
        with Claude(folder / f"{mode}.sqlite", connection, given, patience=patience) as claude:
            yield claude


def settings(*changes):
    return Settings.load(None, changes)
