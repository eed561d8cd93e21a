"""How large the explorer's page is, how soon it can be used, and how fast it searches.

Two synthetic releases with a map and a crosswalk: 630/145/30 nodes, as published in March 2025,
and 2,000. Opened from disk by a browser started for each measurement, its cache empty.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from taxonomy.explorer import explorer_html
from taxonomy.measures import MEASURE_BASES, USE_CASE_SPLITS
from taxonomy.onet.crosswalk import LISTED
from taxonomy.release.read import Release
from taxonomy.tree import MEASURE_COLUMNS, NODE_COLUMNS, Taxonomy

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REPEATS = 5
SIZES = {"630/145/30": (30, 145, 630), "2,000 nodes": (40, 260, 1_700)}
# Lengths as in the table of March 2025, and matches as in a crosswalk made offline.
NAME_WORDS, ABOUT_WORDS = 9, 55
MATCHES_OF_A_CLUSTER = {"task": 4, "DWA": 9, "IWA": 12, "GWA": 10, "major": 8}
OBJECTS = {"task": 3_000, "DWA": 1_200, "IWA": 300, "GWA": 37, "major": 22}
LEFT_OUT = {"top_user_share", *(split.measure for split in USE_CASE_SPLITS)}
# Types into the search and waits for the sentence that says what was found.
SEARCH = """(words) => new Promise((done) => {
  const status = document.getElementById("status");
  const started = performance.now();
  new MutationObserver((_, watch) => {
    watch.disconnect();
    requestAnimationFrame(() => done(performance.now() - started));
  }).observe(status, { childList: true });
  const field = document.getElementById("q");
  field.value = words;
  field.dispatchEvent(new Event("input"));
})"""


def main() -> None:
    """Print one row a release."""
    from playwright.sync_api import sync_playwright

    print("## Explorer\n")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        print("skipped, because no Chromium is installed.")
        return
    print(
        f"Median of {REPEATS}; bars: 3 MB and 2 s for 630/145/30. `usable`: from asking for the "
        "file to the drawn tree. `search`: from a letter typed to the found nodes drawn, 120 ms of "
        "it spent waiting for the next letter. `open all`: every branch of the tree.\n"
    )
    print("| nodes | bytes | made in | usable | search `w12` | search `w1` | open all | map |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name, sizes in SIZES.items():
            started = time.perf_counter()
            page = explorer_html(synthetic_release(sizes)).encode()
            made = time.perf_counter() - started
            file = Path(folder) / "index.html"
            file.write_bytes(page)
            rows = [measured(playwright, program, file) for _ in range(REPEATS)]
            cells = [statistics.median(column) for column in zip(*rows, strict=True)]
            times = " | ".join(f"{seconds:.2f} s" for seconds in cells)
            print(f"| {name} | {len(page):,} | {made:.1f} s | {times} |")
    print()


def measured(playwright: Any, program: str, file: Path) -> list[float]:
    """Seconds until the page is usable, of two searches, of opening all, and of the map."""
    browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    started = time.perf_counter()
    page.goto(file.as_uri())
    page.wait_for_selector("body.ready")
    usable = time.perf_counter() - started
    searches = [page.evaluate(SEARCH, words) / 1000 for words in ("w12", "w1")]
    page.click("#reset")
    started = time.perf_counter()
    page.click("text=Open all")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    opened = time.perf_counter() - started
    started = time.perf_counter()
    page.click("text=Map")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    drawn = time.perf_counter() - started
    browser.close()
    return [usable, *searches, opened, drawn]


def synthetic_release(sizes: tuple[int, int, int]) -> Release:
    """A release with so many nodes at levels 2, 1 and 0."""
    generator = np.random.default_rng(0)
    nodes = pl.DataFrame(node_rows(generator, *sizes), schema=NODE_COLUMNS, orient="row")
    nodes = nodes.with_columns(pl.col("level").cast(pl.Int8)).sort("code")
    shares = share_of(nodes)
    values = {
        measure: generator.dirichlet(np.ones(8), nodes.height)[:, 0]
        for measure in MEASURE_BASES
        if measure not in LEFT_OUT
    } | {"conversation_share": shares, "n_conversations": np.round(1e6 * shares)}
    measures = pl.concat(
        nodes.select(
            "node_id",
            "level",
            measure=pl.lit(measure),
            base=pl.lit(MEASURE_BASES[measure]),
            value=pl.Series(column),
            status=pl.lit("published"),
        )
        for measure, column in values.items()
    ).select(MEASURE_COLUMNS)
    places = nodes.select("node_id", "level").with_columns(
        x=pl.Series(generator.random(nodes.height)), y=pl.Series(generator.random(nodes.height))
    )
    taxonomy = Taxonomy(nodes, measures, {"version": "synthetic"})
    crosswalk = crosswalk_of(nodes.filter(pl.col("level") == 0)["node_id"].to_list(), generator)
    tasks = crosswalk.select("node_id", onet_task="object").unique("node_id")
    return Release("synthetic", taxonomy, tasks, crosswalk, "30.1", places)


def node_rows(generator: np.random.Generator, *sizes: int) -> list[tuple[Any, ...]]:
    """Rows as `tree.NODE_COLUMNS`: each node under one of the next broader level in turn."""
    codes: dict[int, list[str]] = {2: [f"{i:02}" for i in range(1, sizes[0] + 1)]}
    for level, size in ((1, sizes[1]), (0, sizes[2])):
        above = codes[level + 1]
        codes[level] = [f"{above[i % len(above)]}.{i // len(above) + 1:02}" for i in range(size)]
    return [
        (
            f"n{code.replace('.', ''):0>12}",
            code,
            level,
            f"n{code[:-3].replace('.', ''):0>12}" if level < 2 else None,
            words(generator, NAME_WORDS),
            words(generator, ABOUT_WORDS),
            "published",
        )
        for level, level_codes in codes.items()
        for code in level_codes
    ]


def words(generator: np.random.Generator, n: int) -> str:
    """A text of n words like `w123456`, the frequent ones short."""
    return " ".join(f"w{int(number)}" for number in generator.zipf(1.3, n) % 1_000_000)


def share_of(nodes: pl.DataFrame) -> np.ndarray:
    """Shares that add up to 1 at every level: each cluster as large as the next."""
    leaves = nodes.filter(pl.col("level") == 0)["code"].to_list()
    return np.array(
        [sum(leaf.startswith(code) for leaf in leaves) / len(leaves) for code in nodes["code"]]
    )


def crosswalk_of(node_ids: list[str], generator: np.random.Generator) -> pl.DataFrame:
    """Each cluster's matches at every level of O*NET, with texts as long as O*NET's."""
    parts = []
    for level, n in MATCHES_OF_A_CLUSTER.items():
        objects = generator.integers(0, OBJECTS[level], (len(node_ids), n))
        weights = LISTED[level] + generator.random((len(node_ids), n)) * (1 / n - LISTED[level])
        parts.append(
            pl.DataFrame(
                {
                    "node_id": np.repeat(node_ids, n),
                    "object_level": level,
                    "object_id": [f"{level}{i}" for i in objects.ravel()],
                    "object": [f"Object {i} of the level {level}. " * 3 for i in objects.ravel()],
                    "weight": weights.ravel(),
                    "relation": "related",
                    "confidence": generator.random(objects.size),
                }
            )
        )
    found = pl.concat(parts).unique(["node_id", "object_level", "object_id"], maintain_order=True)
    return found.with_columns(votes=pl.lit(None, pl.Int64), route=pl.lit("offline"))


if __name__ == "__main__":
    main()
