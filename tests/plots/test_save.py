from __future__ import annotations

import re
import subprocess
import sys
import zlib

import pytest

from taxonomy.plots import save_chart, save_figure, top_occupations


@pytest.fixture
def frame(framed):
    titles = ["Actors", "</script><script>alert(1)</script>"]
    return framed(rank=[1, 2], title=titles, share=[0.3, 0.1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("figures")


def pixels(png):
    """The bytes of the picture's rows, unpacked."""
    parts, place = b"", 8
    while place < len(png):
        length = int.from_bytes(png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            parts += png[place + 8 : place + 8 + length]
        place += length + 12
    return zlib.decompress(parts)


def test_a_figure_is_four_files(frame, folder):
    files = save_figure(top_occupations(frame, source="a.csv"), frame, folder, "top")
    assert [file.name for file in files] == ["top.svg", "top.png", "top.html", "top.csv"]
    svg, png, page, data = (file.read_bytes() for file in files)
    texts = re.findall(r">([^<>]+)</t(?:ext|span)>", svg.decode())
    assert {"Actors", "30.0%", "10.0%", "Source: a.csv"} <= set(texts)
    assert b"<title>The 2 occupations with most usage</title>" in svg
    assert b"<desc>" in svg
    # A blank picture has one value in all its rows, or two.
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(set(pixels(png))) > 50
    assert data.decode().splitlines()[0] == "rank,title,share,base,n,threshold,allocation"
    assert b"share" in page


def test_the_page_fetches_nothing_and_runs_no_text(frame, folder):
    save_chart(top_occupations(frame), folder / "page")
    page = (folder / "page.html").read_text(encoding="utf-8")
    bundle = page[page.index("<script>") : page.rindex("vegaEmbed(")]
    ours = page.replace(bundle, "")
    assert "://" not in ours
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", ours)
    assert "default-src 'none'" in ours
    assert page.count("</script>") == 1
    assert "\\u003c/script\\u003e" in ours


def test_equal_charts_are_equal_bytes(frame, folder):
    for name in ("one", "other"):
        save_chart(top_occupations(frame), folder / name)
    for ending in ("svg", "png", "html"):
        files = [(folder / f"{name}.{ending}").read_bytes() for name in ("one", "other")]
        assert files[0] == files[1]


@pytest.mark.parametrize("package", ["altair", "vl_convert"])
def test_without_the_extra_one_line_says_what_to_install(package):
    code = f"""
import sys
sys.modules[{package!r}] = None
from taxonomy.errors import TaxonomyError
try:
    import taxonomy.plots
except TaxonomyError as error:
    print(isinstance(error, ImportError), error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.startswith(f"True charts need altair and vl-convert-python, and {package}")
    assert "pip install -e '.[plots]'" in run.stdout
