"""Releases made by hand, pages of them, and a real browser to open these with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from taxonomy.explorer import explorer_html
from taxonomy.explorer.page import SCRIPTS
from taxonomy.measures import MEASURE_BASES
from taxonomy.release.read import Release
from taxonomy.tree import MEASURE_COLUMNS, NODE_COLUMNS, Taxonomy

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ASSETS = Path(__file__).parents[2] / "taxonomy" / "explorer" / "assets"

# code, name, conversations, users, automation; a name of None is below the floors, an automation
# of None suppressed. 1,000 conversations in published clusters.
TOY = [
    ("01", "Write and edit texts", 600, 200, 0.5),
    ("01.01", "Write letters", 600, 200, 0.5),
    ("01.01.01", "Draft a cover letter", 450, 150, 0.4),
    ("01.01.02", "Rédiger une lettre de motivation", 150, 50, 0.8),
    ("02", "Fix software", 400, 100, 0.25),
    ("02.01", "Debug Python programs", 300, 80, None),
    ("02.01.01", "Debug a Python traceback", 300, 80, None),
    ("02.02", "Set up computers", 100, 20, 0.25),
    ("02.02.01", "Install a printer", 100, 20, 0.25),
    ("02.02.02", None, 0, 0, None),
    ("03", None, 0, 0, None),
    ("03.01", None, 0, 0, None),
    ("03.01.01", None, 0, 0, None),
]
# Weights of the clusters; 27 is Arts and Media, 25 Education, 15 Computer and Mathematical.
TOY_MATCHES = [
    ("01.01.01", "task", "write letters.", "Write letters.", 0.6),
    ("01.01.01", "major", "27", "27", 0.8),
    ("01.01.02", "major", "25", "25", 0.6),
    ("01.01.02", "major", "27", "27", 0.4),
    ("02.01.01", "major", "15", "15", 0.9),
    ("02.02.01", "task", "none", None, 0.7),
    ("02.02.01", "major", "15", "15", 0.3),
]
FLOORS = {
    "min_conversations": 15,
    "min_users": 5,
    "min_cell_conversations": 15,
    "min_cell_users": 5,
}
FACTS: dict[str, Any] = {
    "counts": {
        "conversations": 1_200,
        "in_published_clusters": 1_000,
        "with_user_id": 1_200,
        "floors": FLOORS,
    },
    "input": {"first_day": "2026-03-02", "last_day": "2026-03-12"},
    "facets": {"maker": "offline"},
    "namer": {"offline": 8},
}
HOSTILE = [
    "<script>document.title = 'taken over'</script>",
    "</script><img src=x onerror=\"document.title = 'taken over'\">",
    "=HYPERLINK(\"http://example.com\", 'click')",
    "كتابة رسالة رسمية باللغة العربية",
    "👩🏽‍💻 Write code 🚀",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 4,
    "${title} \\u003c &lt;b&gt; \u2028 <!--",
]


def node_id(code: str) -> str:
    return f"n{code.replace('.', '')}"


def frames(rows: list[tuple[Any, ...]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Nodes and measures of rows like those of `TOY`."""
    total = sum(row[2] for row in rows if row[0].count(".") == 2)
    nodes, measures = [], []
    for code, name, conversations, users, automation in rows:
        level, parent = 2 - code.count("."), code.rpartition(".")[0]
        about = None if name is None else f"Users asked for help: {name.lower()}."
        status = "published" if name is not None else "suppressed"
        place = (node_id(code), code, level, node_id(parent) if parent else None)
        nodes.append((*place, name, about, status))
        if name is not None:
            values = _values(conversations, users, automation, total)
            measures += [
                (node_id(code), level, key, MEASURE_BASES[key], value, _status(key, value))
                for key, value in values.items()
            ]
    schema = {"level": pl.Int8, "value": pl.Float64}
    return (
        pl.DataFrame(nodes, schema=NODE_COLUMNS, orient="row", schema_overrides=schema),
        pl.DataFrame(measures, schema=MEASURE_COLUMNS, orient="row", schema_overrides=schema),
    )


def _values(conversations, users, automation, total) -> dict[str, float | None]:
    half = None if automation is None else 1 - automation
    return {
        "n_conversations": conversations,
        "n_users": users,
        "conversation_share": conversations / total,
        "directive_share": automation,
        "feedback_loop_share": None,
        "learning_share": None if half is None else half * 0.75,
        "none_share": 0.05,
        "automation_share": automation,
        "augmentation_share": half,
        "thinking_share": None,
    }


def _status(key: str, value: float | None) -> str:
    if key == "thinking_share":
        return "unknown"
    return "suppressed" if value is None else "published"


def crosswalk_of(matches: list[tuple[Any, ...]]) -> pl.DataFrame:
    rows = [(node_id(code), *match, "close", 0.5) for code, *match in matches]
    columns = ["node_id", "object_level", "object_id", "object", "weight", "relation", "confidence"]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        votes=pl.lit(None, pl.Int64), route=pl.lit("offline")
    )


def places_of(nodes: pl.DataFrame) -> pl.DataFrame:
    """Clusters from left to right, every second one higher up; parents at the mean of theirs."""
    shown = nodes.filter((pl.col("status") == "published") & (pl.col("level") == 0))
    steps = pl.int_range(pl.len())
    placed = shown.select("code", x=steps / max(1, shown.height - 1), y=(steps % 2) * 0.4)
    return pl.concat(
        placed.group_by(code=pl.col("code").str.head(2 + 3 * (2 - level)))
        .agg(pl.col("x", "y").mean())
        .sort("code")
        .select(
            pl.format("n{}", pl.col("code").str.replace_all(".", "", literal=True)).alias(
                "node_id"
            ),
            pl.lit(level, pl.Int8).alias("level"),
            "x",
            "y",
        )
        for level in (2, 1, 0)
    )


def release_of(rows, *, version="2026-11", matches=None, **given) -> Release:
    nodes, measures = frames(rows)
    parts = {
        "crosswalk": crosswalk_of(matches) if matches else None,
        "onet_tasks": pl.DataFrame({"node_id": ["n010101"], "onet_task": ["Write letters."]}),
        "onet_version": "30.1" if matches else None,
        "places": places_of(nodes),
    }
    taxonomy = Taxonomy(nodes, measures, FACTS | {"version": version})
    return Release(version, taxonomy, **parts | given)


@pytest.fixture(scope="session")
def toy_release() -> Release:
    return release_of(TOY, matches=TOY_MATCHES)


@pytest.fixture(scope="session")
def hostile_release() -> Release:
    """One branch whose every name is an attack or a hardship."""
    rows = [("01", HOSTILE[0], 700, 300, 0.5), ("01.01", HOSTILE[1], 700, 300, 0.5)]
    rows += [(f"01.01.{i:02}", name, 100, 40, 0.5) for i, name in enumerate(HOSTILE, start=1)]
    return release_of(rows, version="</title><script>alert(1)</script>")


@pytest.fixture(scope="session")
def large_release() -> Release:
    """2,000 nodes: 20 broad ones, 180 below, 1,800 clusters."""
    rows = []
    for top in range(1, 21):
        rows.append((f"{top:02}", f"Branch {top}", 9_000, 900, 0.4))
        for middle in range(1, 10):
            code = f"{top:02}.{middle:02}"
            rows.append((code, f"Bough {code}", 1_000, 100, 0.4))
            rows += [
                (f"{code}.{leaf:02}", f"Ask about subject {top} {middle} {leaf}", 100, 10, 0.4)
                for leaf in range(1, 11)
            ]
    return release_of(rows, version="large")


@pytest.fixture(scope="session")
def write_page(tmp_path_factory) -> Callable[[Release, str], Path]:
    folder = tmp_path_factory.mktemp("explorer")

    def write(release: Release, name: str) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(explorer_html(release), encoding="utf-8", newline="")
        return path

    return write


@pytest.fixture(scope="session")
def toy_page(write_page, toy_release) -> Path:
    return write_page(toy_release, "toy")


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    # For this folder only: while Playwright waits, no other test could run an event loop.
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="no playwright: pip install playwright to test the explorer"
    )
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium: install the distribution's package to test the explorer")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def contexts(browser) -> Iterator[Callable[..., Any]]:
    """A browser context for each set of options: to make one takes longer than most tests."""
    made: dict[str, Any] = {}

    def context_of(**options: Any) -> Any:
        key = repr(sorted(options.items()))
        if key not in made:
            made[key] = browser.new_context(**options)
            made[key].set_default_timeout(10_000)
        return made[key]

    yield context_of
    for context in made.values():
        context.close()


class Window:
    """A window of the browser that hears what goes wrong in it."""

    def __init__(self, context: Any) -> None:
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("console", self._on_console)
        self.page.on("request", self._on_request)

    def _on_console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _on_request(self, request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "blob:", "about:")):
            self.complaints.append(f"request: {request.url}")

    def emptied(self) -> None:
        """Forgets the last page and all that a test set, so that the next starts anew."""
        self.page.emulate_media(media="null")
        self.page.goto("about:blank")
        self.complaints.clear()


@pytest.fixture(scope="package")
def windows(contexts) -> Callable[..., Window]:
    """The nth window with a set of options: to open one takes longer than most tests."""
    made: dict[tuple[int, str], Window] = {}

    def window_of(place: int, **options: Any) -> Window:
        key = (place, repr(sorted(options.items())))
        if key not in made:
            made[key] = Window(contexts(**options))
        made[key].emptied()
        return made[key]

    return window_of


@pytest.fixture
def open_page(windows) -> Iterator[Callable[..., Any]]:
    """Opens a page in a window of its own; fails afterwards where the console held an error, or
    anything was asked of any network.
    """
    opened: list[Window] = []

    def open_in_window(
        path: Path, state: str = "view=tree", *, width=1280, height=900, **options: Any
    ) -> Any:
        window = windows(len(opened), **options)
        opened.append(window)
        window.page.set_viewport_size({"width": width, "height": height})
        window.page.goto(f"{path.as_uri()}#{state}")
        window.page.wait_for_selector("body.ready")
        return window.page

    yield open_in_window
    assert [complaint for window in opened for complaint in window.complaints] == []


@pytest.fixture(scope="package")
def script(contexts) -> Any:
    """A blank page that has all functions of the explorer's script, to call them one by one."""
    page = contexts().new_page()
    parts = [(ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS[:-1]]
    page.add_script_tag(content="\n".join(parts))
    return page


@pytest.fixture(scope="session")
def wait_for_count():
    """Waits until a locator finds so many elements: what a link leads to is drawn later."""
    from playwright.sync_api import expect

    def wait(locator, n: int) -> None:
        expect(locator).to_have_count(n, timeout=30_000)

    return wait
