"""The code of the README and the guides runs, in order, page by page."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import zipfile
from collections import Counter

import numpy as np
import pytest

from taxonomy.claude.fake import FakeClaude
from taxonomy.errors import SettingsError
from taxonomy.settings import EmbeddingSettings, Settings

RUN = [
    "README.md",
    "docs/start.md",
    "docs/guides/release-team.md",
    "docs/guides/economist.md",
    "docs/guides/onet.md",
    "docs/explorer.md",
    "docs/charts.md",
    "docs/cost.md",
]
NOT_RUN = {"README.md": 2, "docs/start.md": 1}
NEEDS = {"docs/guides/economist.md": "index", "docs/guides/onet.md": "onet"}
"""Pages that need public data, and which."""
DIMENSIONS = 384


class QuickEncoder:
    """Vectors at random under the packaged encoder's identity: O*NET's own take minutes."""

    def __init__(self, name, identity):
        self.name, self.identity = name, identity

    def encode(self, texts):
        vectors = np.random.default_rng(0).standard_normal((len(texts), DIMENSIONS))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / lengths).astype(np.float32)


@pytest.fixture(scope="module")
def onet_folder(tmp_path_factory, public_data):
    """`outputs/onet` as after a fetch and an embedding, but for what the vectors say."""
    from taxonomy.embedding import load_encoder
    from taxonomy.onet.index import open_index
    from taxonomy.onet.tables import load_onet

    folder = tmp_path_factory.mktemp("onet")
    archive = folder / "db_30_1_text.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in sorted((public_data / "onet" / "v30_1").iterdir()):
            packed.write(file, f"db_30_1_text/{file.name}")
    real = load_encoder(EmbeddingSettings())
    open_index(load_onet(archive), QuickEncoder(real.name, real.identity), folder)
    return folder


@pytest.fixture(scope="module")
def server():
    """A stand-in for Claude, over HTTP."""
    with FakeClaude(batch_seconds=0.1) as fake:
        yield fake


def prepare(need, folder, request):
    """Put what a page needs beside what every reader has."""
    if need == "index":
        pytest.importorskip("altair", reason="the extra plots is not installed")
        data = request.getfixturevalue("public_data")
        (folder / "release_2025_03_27").symlink_to(data / "aei", target_is_directory=True)
    elif need == "onet":
        made = request.getfixturevalue("onet_folder")
        shutil.copytree(made, folder / "outputs" / "onet")


@pytest.mark.parametrize("page", RUN)
def test_the_code_of_a_page_runs(page, folder, pages, shell, server, monkeypatch, request):
    prepare(NEEDS.get(page), folder, request)
    monkeypatch.chdir(folder)
    names = {"__name__": "page"}
    for block in pages.blocks_of(pages.ROOT / page):
        if block.reason:
            continue
        if block.language == "sh":
            shell(block.code, folder, ANTHROPIC_BASE_URL=server.url)
        else:
            run_python(block, names)


def run_python(block, names):
    """Run it with the names of the blocks before it, and compare what it is said to print."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(compile(block.code, block.place, "exec"), names)
    if block.printed is not None:
        assert told.getvalue() == block.printed, block.place


def test_what_is_not_run_says_why_and_is_no_more_than_this(pages):
    blocks = [block for page in RUN for block in pages.blocks_of(pages.ROOT / page)]
    assert Counter(block.page for block in blocks if block.reason) == NOT_RUN
    assert len(blocks) - sum(NOT_RUN.values()) > 30


def test_every_page_with_code_is_run_or_told_not_to_be(pages):
    """What else has code is reference: its commands and imports are checked below."""
    with_code = {pages.name_of(page) for page in pages.PAGES if pages.blocks_of(page)}
    reference = {f"docs/{name}.md" for name in ("claude", "economics", "onet")}
    assert with_code == {*RUN} | reference


def verbs_and_options(command, name="taxonomy"):
    """Verb -> its options; of every verb of the program."""
    below = getattr(command, "commands", {})
    found = {name: {spelt for param in command.params for spelt in (*param.opts, "--help")}}
    for verb, one in below.items():
        found |= verbs_and_options(one, f"{name} {verb}")
    return found


@pytest.fixture(scope="module")
def program():
    from typer.main import get_command

    from taxonomy.cli import app

    return verbs_and_options(get_command(app))


def calls_in(text):
    """The calls of `taxonomy` in a text: the words after it, up to the end of the command."""
    text = text.replace("\\\n", " ")
    commands = re.findall(r"(?:^|[ ;&=])taxonomy ((?:[a-z-]+ ?)+)?([^\n#;&|]*)", text, re.M)
    return [(f"{verbs}{rest}").split() for verbs, rest in commands]


def test_every_command_in_the_documentation_exists(pages, program):
    strange = []
    for page in pages.PAGES:
        code = [block.code for block in pages.blocks_of(page) if block.language == "sh"]
        spans = [span for span in pages.code_spans(page) if span.startswith("taxonomy ")]
        for call in [call for text in (*code, *spans) for call in calls_in(text)]:
            verb = "taxonomy"
            while call and f"{verb} {call[0]}" in program:
                verb = f"{verb} {call.pop(0)}"
            options = {word.partition("=")[0] for word in call if word.startswith("--")}
            if (verb == "taxonomy" and not options) or options - program[verb]:
                strange.append((pages.name_of(page), verb, call))
    assert not strange


def test_every_import_in_the_documentation_works(pages):
    pytest.importorskip("altair", reason="the extra plots is not installed")
    lines = {
        line
        for page in pages.PAGES
        for block in pages.blocks_of(page)
        if block.language == "python"
        for line in block.code.splitlines()
        if re.match(r"(from|import) ", line)
    }
    assert len(lines) > 10
    for line in sorted(lines):
        exec(line, {})


def test_every_setting_in_the_documentation_exists(pages):
    keys = {
        found
        for page in pages.PAGES
        for text in (*pages.code_spans(page), *(b.code for b in pages.blocks_of(page)))
        for found in re.findall(r"--set '?([a-z_0-9.]+)=", text)
    }
    assert len(keys) > 5
    for key in keys:
        try:
            Settings.load(None, [f"{key}=1"])
        except SettingsError as error:  # the value may be of another kind; the key may not be new
            assert "Extra inputs" not in str(error), key


def test_a_block_that_prints_something_else_is_found(pages, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "ROOT", tmp_path)
        (block,) = pages.blocks_of(page)
    with pytest.raises(AssertionError):
        run_python(block, {})
