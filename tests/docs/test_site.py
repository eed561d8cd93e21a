"""The site builds without a warning, loads nothing from outside, and its links lead somewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import taxonomy
from taxonomy import economics, errors
from taxonomy.settings import Settings

bs4 = pytest.importorskip("bs4", reason="the extra docs is not installed")
for package in ("sphinx", "furo", "myst_nb", "sphinx_copybutton"):
    pytest.importorskip(package, reason="the extra docs is not installed")

LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
"""Elements that a browser fetches something for, and by which attribute."""
NOT_FETCHED = {"canonical", "index", "search", "next", "prev", "alternate"}

HOSTS = {
    "mapping-commons.github.io",
    "www.onetcenter.org",
    # The theme's own, at the foot of a page.
    "github.com",
    "pradyunsg.me",
    "www.sphinx-doc.org",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory, pages):
    """The folder of the site, and what building it said."""
    out = tmp_path_factory.mktemp("site")
    command = ["-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(pages.DOCS), str(out)]
    clean = {k: v for k, v in os.environ.items() if k != "PYTHONWARNINGS"}
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, env=clean
    )
    return out, done


@pytest.fixture(scope="module")
def site(built):
    """Path within the site -> the parsed page."""
    out, _ = built
    return {
        file.relative_to(out).as_posix(): bs4.BeautifulSoup(
            file.read_text(encoding="utf-8"), "html.parser"
        )
        for file in sorted(out.rglob("*.html"))
    }


def test_the_site_builds_without_a_warning(built):
    _, done = built
    assert (done.returncode, done.stderr) == (0, "")


def test_the_site_holds_every_page_and_every_notebook(site, pages):
    sources = [*pages.PAGES[1:], *(pages.ROOT / "notebooks").glob("*.ipynb")]
    expected = {
        ("notebooks/" + page.stem if page.suffix == ".ipynb" else
         page.relative_to(pages.DOCS).with_suffix("").as_posix()) + ".html"
        for page in sources
    }  # fmt: skip
    assert expected <= {*site}


def test_no_page_loads_anything_from_outside(site):
    outside = [
        (name, element[attribute])
        for name, page in site.items()
        for kind, attribute in LOADED.items()
        for element in page.find_all(kind, attrs={attribute: True})
        if not NOT_FETCHED & {*element.get("rel", [])}
        and urlsplit(element[attribute]).scheme not in ("", "data")
    ]
    assert not outside


def test_no_style_sheet_loads_anything_from_outside(built):
    out, _ = built
    sheets = list(out.rglob("*.css"))
    assert sheets
    fetched = [s.name for s in sheets if "url(http" in s.read_text() or "@import" in s.read_text()]
    assert not fetched


def test_every_link_within_the_site_leads_somewhere(built, site):
    out, _ = built
    anchors = {name: {tag["id"] for tag in page.find_all(id=True)} for name, page in site.items()}
    broken = []
    for name, page in site.items():
        for tag in page.find_all("a", href=True):
            link = urlsplit(tag["href"])
            if link.scheme or link.netloc:
                continue
            file = Path(os.path.normpath(out / Path(name).parent / unquote(link.path)))
            target = file.relative_to(out).as_posix() if link.path else name
            lost = not (out / target).exists()
            if lost or (link.fragment and unquote(link.fragment) not in anchors.get(target, ())):
                broken.append((name, tag["href"]))
    assert not broken


def test_links_to_the_outside_are_to_these_hosts(site):
    """Nobody follows them here, for want of a network: a person looks at each new one."""
    tags = [tag for page in site.values() for tag in page.find_all("a", href=True)]
    outside = [link for tag in tags if (link := urlsplit(tag["href"])).netloc]
    assert {link.netloc for link in outside} == HOSTS
    assert {link.scheme for link in outside} == {"https"}


def test_links_in_the_readme_lead_to_files(pages):
    readme = pages.ROOT / "README.md"
    tokens = pages.PARSER.parse(readme.read_text(encoding="utf-8"))
    inline = [child for token in tokens for child in token.children or []]
    links = [str(child.attrGet("href") or child.attrGet("src") or "") for child in inline]
    local = [link.partition("#")[0] for link in links if link and "://" not in link]
    assert len(local) > 10
    assert [link for link in local if not (pages.ROOT / link).exists()] == []


def ids_in(site, name):
    return {tag["id"] for tag in site[name].find_all(id=True)}


def test_the_reference_has_every_name_that_the_package_exports(site):
    ids = ids_in(site, "reference/python.html")
    assert [n for n in taxonomy.__all__ if not any(i.endswith(f".{n}") for i in ids)] == []


def test_the_reference_has_every_error_and_every_analysis(site):
    raised = {name for name in vars(errors) if name.endswith("Error")}
    told = {i.rpartition(".")[2] for i in ids_in(site, "reference/python.html")}
    assert raised <= told
    analyses = {i.rpartition(".")[2] for i in ids_in(site, "reference/analyses.html")}
    assert {*economics.__all__} <= analyses


def test_the_reference_has_every_setting(site):
    text = site["reference/settings.html"].get_text()
    sections = [name for name, field in Settings.model_fields.items() if name != "llm"]
    assert {name for name in sections if name not in text} == set()
    for key in ("n_clusters", "min_cell_users", "transcript_tokens", "max_concurrency"):
        assert key in text


def test_the_reference_has_every_verb(site):
    from typer.main import get_command

    from taxonomy.cli import app

    text = site["reference/commands.html"].get_text()
    commands = get_command(app).commands
    verbs = [f"taxonomy {verb}" for verb in commands]
    verbs += [f"taxonomy {group} {verb}" for group, one in commands.items()
              for verb in getattr(one, "commands", {})]  # fmt: skip
    assert len(verbs) > 20
    assert {verb for verb in verbs if verb not in text} == set()
    assert "With --json: page" in text  # as typed, not with a dash of print
