"""Pictures of the explorer of a release, for the README: what `make screenshots` runs.

python tests/screenshots.py RELEASE [FOLDER]      FOLDER is docs/images unless given
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from taxonomy import Release
from taxonomy.explorer import explorer_html

FOLDER = Path(__file__).parents[1] / "docs" / "images"
MOST_BYTES = 250_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

WIDE, PHONE = (1280, 800), (320, 640)
# Name -> state of the page, size in pixels, colour scheme. {top} is the largest broad node, {leaf}
# the largest cluster below it.
PICTURES = {
    "tree": ("view=tree&open={top_code}", WIDE, "light"),
    "detail": ("view=tree&node={leaf}", WIDE, "light"),
    "overview": ("view=overview", WIDE, "light"),
    "zoomed": ("view=overview&zoom={top}", WIDE, "light"),
    "map": ("view=map", WIDE, "light"),
    "table": ("view=table&level=0&sort=conversation_share", WIDE, "light"),
    "dark": ("view=overview&node={top}", WIDE, "dark"),
    "phone": ("view=tree&open={top_code}", PHONE, "light"),
    "phone-detail": ("view=tree&node={leaf}", PHONE, "dark"),
}


def main() -> None:
    """Write one PNG a picture, and say how large each is."""
    if not sys.argv[1:]:
        sys.exit("which release? python tests/screenshots.py RELEASE [FOLDER]")
    release = Release.load(sys.argv[1])
    folder = Path(sys.argv[2]) if sys.argv[2:] else FOLDER
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("no Chromium on this machine; install the distribution's package")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        page = Path(scratch) / "index.html"
        page.write_text(explorer_html(release), encoding="utf-8", newline="")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name in PICTURES:
            file = folder / f"explorer-{name}.png"
            take(browser, f"{page.as_uri()}#{state_of(release, name)}", name, file)
            print(f"{file}  {file.stat().st_size / 1000:,.0f} kB")
        browser.close()


def state_of(release: Release, name: str) -> str:
    """The state of a picture, with the nodes of this release in it."""
    table = release.taxonomy.table.sort("conversation_share", "code", descending=[True, False])
    tops = table.filter(table["level"] == 2).to_dicts()
    below = table.filter((table["level"] == 0) & table["code"].str.starts_with(tops[0]["code"]))
    return PICTURES[name][0].format(
        top=tops[0]["node_id"], top_code=tops[0]["code"], leaf=below["node_id"][0]
    )


def take(browser: Any, address: str, name: str, file: Path) -> None:
    """One picture, of a fixed size and without motion, so that equal pages give equal files."""
    _, (width, height), scheme = PICTURES[name]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("body.ready")
    page.screenshot(path=file, animations="disabled")
    context.close()
    if file.stat().st_size > MOST_BYTES:
        sys.exit(f"{file} has {file.stat().st_size:,} bytes, more than {MOST_BYTES:,}")


if __name__ == "__main__":
    main()
