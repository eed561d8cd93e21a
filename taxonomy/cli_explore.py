"""The verb that makes a page of a taxonomy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taxonomy.cli_options import JsonOption
from taxonomy.cli_talk import say, show_result

PAGES = Path("outputs/explorer")


def explore(
    path: Path,
    out: Annotated[
        Path | None,
        typer.Option(help=f"The page's file; by default {PAGES}/NAME.html.", show_default=False),
    ] = None,
    show: Annotated[
        bool, typer.Option("--open", help="Open the page in the browser of this machine.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a page to look at a taxonomy.

    It has the tree, a table and two pictures. PATH is a release, a run (shown as a release of it
    would be) or a published TSV. A release holds this page already, as index.html. The page is one
    file and needs no network. With --json: page, bytes, nodes (level: published nodes).
    """
    import shlex
    import webbrowser

    from taxonomy.explorer import explorer_html
    from taxonomy.release.read import Release
    from taxonomy.run import full_disk_as_run_error, write_text

    release = Release.load(path)
    page = out or PAGES / f"{path.resolve().stem if path.is_file() else path.resolve().name}.html"
    if page.is_dir():
        raise typer.BadParameter(f"{page} is a folder; give a file with --out.")
    with full_disk_as_run_error(page.parent):
        page.parent.mkdir(parents=True, exist_ok=True)
        write_text(page, explorer_html(release))
    record = {
        "page": page,
        "bytes": page.stat().st_size,
        "nodes": release.taxonomy.sizes(),
    }
    show_result(str(page), record, as_json=as_json)
    if not (show and webbrowser.open(page.resolve().as_uri())):
        say(f"next: open {shlex.quote(str(page))} in a browser")
