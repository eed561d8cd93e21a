from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from taxonomy.errors import OnetError
from taxonomy.onet.fetch import ADDRESS, fetch_onet
from taxonomy.onet.tables import load_onet

from .conftest import write_archive
from .serving import Behaviour, Server

ARCHIVE = "db_28_2_text.zip"


@pytest.fixture
def content(tmp_path):
    return write_archive(tmp_path / "source.zip").read_bytes()


@pytest.fixture
def server(content, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = Server(Behaviour(content))
    yield server
    server.close()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "onet"


def fetch(server, folder, **given):
    given = {"timeout": 5, "address": server.address} | given
    return fetch_onet("28.2", folder, **given)


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_the_address_is_the_published_one():
    filled = ADDRESS.replace("{version}", "30_1")
    assert filled == "https://www.onetcenter.org/dl_files/database/db_30_1_text.zip"


def test_an_archive_is_fetched_checked_and_loads(server, folder, content):
    said = []
    archive = fetch(server, folder, say=said.append)
    assert archive == folder / ARCHIVE
    assert archive.read_bytes() == content
    assert load_onet(archive).version == "28.2"
    digest = hashlib.sha256(content).hexdigest()
    assert (folder / f"{ARCHIVE}.sha256").read_text() == f"{digest}  {ARCHIVE}\n"
    assert names(folder) == [ARCHIVE, f"{ARCHIVE}.sha256"]
    assert said[-1] == f"O*NET 28.2 is at {archive}"


def test_an_intact_archive_is_kept_without_asking(server, folder):
    fetch(server, folder)
    fetch(server, folder)
    assert server.behaviour.requests == [None]


def test_an_archive_put_there_by_hand_is_kept_if_it_is_one(server, folder, content):
    folder.mkdir()
    (folder / ARCHIVE).write_bytes(content)
    fetch(server, folder)
    assert server.behaviour.requests == []
    assert names(folder) == [ARCHIVE, f"{ARCHIVE}.sha256"]


@pytest.mark.parametrize("recorded", [True, False])
def test_a_damaged_archive_is_fetched_again(server, folder, content, recorded):
    fetch(server, folder)
    (folder / ARCHIVE).write_bytes(content[:-9])
    if not recorded:
        (folder / f"{ARCHIVE}.sha256").unlink()
    said = []
    assert fetch(server, folder, say=said.append).read_bytes() == content
    assert "is not kept" in said[0]


def test_a_broken_off_download_goes_on_where_it_was(server, folder, content):
    server.behaviour.breaks_after = [400, 300]
    assert fetch(server, folder).read_bytes() == content
    assert server.behaviour.requests == [None, "bytes=400-", "bytes=700-"]


def test_what_has_come_stays_for_the_next_call(server, folder, content):
    server.behaviour.breaks_after = [100] * 4
    with pytest.raises(OnetError, match=f"broke off 4 times, after 400 of {len(content):,} bytes"):
        fetch(server, folder)
    assert (folder / f"{ARCHIVE}.partial").read_bytes() == content[:400]
    assert not (folder / ARCHIVE).exists()
    assert fetch(server, folder).read_bytes() == content
    assert server.behaviour.requests[-1] == "bytes=400-"


def test_last_modified_serves_where_there_is_no_strong_tag(server, folder, content):
    server.behaviour.tag = 'W/"weak"'
    server.behaviour.modified = "Tue, 02 Dec 2025 00:00:00 GMT"
    server.behaviour.breaks_after = [400]
    assert fetch(server, folder).read_bytes() == content
    assert server.behaviour.requests == [None, "bytes=400-"]


def test_a_server_that_cannot_tell_its_versions_apart_starts_over(server, folder, content):
    server.behaviour.tag = None
    server.behaviour.breaks_after = [400]
    assert fetch(server, folder).read_bytes() == content
    assert server.behaviour.requests == [None, None]


def test_a_server_that_ignores_range_starts_over(server, folder, content):
    server.behaviour.honours_range = False
    server.behaviour.breaks_after = [400]
    assert fetch(server, folder).read_bytes() == content
    assert server.behaviour.requests == [None, "bytes=400-"]


def test_a_file_that_changed_meanwhile_starts_over(server, folder, tmp_path):
    server.behaviour.breaks_after = [100] * 4
    with pytest.raises(OnetError, match="broke off"):
        fetch(server, folder)
    server.behaviour.content = write_archive(tmp_path / "new.zip", top="").read_bytes()
    server.behaviour.tag = '"second"'
    assert fetch(server, folder).read_bytes() == server.behaviour.content


def test_a_partial_longer_than_the_file_starts_over(server, folder, content):
    folder.mkdir()
    (folder / f"{ARCHIVE}.partial").write_bytes(content + b"more")
    (folder / f"{ARCHIVE}.partial.validator").write_text('"first"')
    assert fetch(server, folder).read_bytes() == content
    assert server.behaviour.requests == [f"bytes={len(content) + 4}-", None]


def test_a_size_that_is_not_told_is_no_obstacle(server, folder, content):
    server.behaviour.tells_length = False
    assert fetch(server, folder).read_bytes() == content


def test_a_checksum_that_was_given_is_compared(server, folder, content):
    digest = hashlib.sha256(content).hexdigest()
    assert fetch(server, folder, sha256=digest.upper()).exists()
    with pytest.raises(OnetError, match=f"has sha256 {digest}, expected 00"):
        fetch(server, folder, sha256="00")
    assert (folder / ARCHIVE).read_bytes() == content
    assert names(folder) == [ARCHIVE, f"{ARCHIVE}.sha256"]


def test_another_archive_than_the_last_time_is_told(server, folder, tmp_path):
    fetch(server, folder).unlink()
    server.behaviour.content = write_archive(tmp_path / "new.zip", top="").read_bytes()
    with pytest.raises(OnetError, match=r"if O\*NET replaced it, remove the \.sha256 file"):
        fetch(server, folder)
    assert not (folder / ARCHIVE).exists()


def failure(server, folder, **given):
    """The error's message, which must say how to do without the network."""
    with pytest.raises(OnetError) as raised:
        fetch(server, folder, **given)
    assert not (folder / ARCHIVE).exists()
    assert f"by hand and put it at {folder / ARCHIVE}" in str(raised.value)
    return str(raised.value)


def test_a_release_that_is_not_there_is_told(server, folder):
    server.behaviour.status = 404
    told = failure(server, folder)
    assert "db_28_2_text.zip answered 404 Not Found; is there such a release?" in told


def test_a_web_page_instead_of_an_archive_is_told(server, folder):
    server.behaviour.kind = "text/html; charset=utf-8"
    server.behaviour.content = b"<html>Please sign in</html>"
    assert "answered with a web page" in failure(server, folder)


def test_a_web_page_that_says_it_is_an_archive_is_told(server, folder):
    server.behaviour.content = b"<html>Please sign in</html>"
    assert "is a web page" in failure(server, folder)
    assert names(folder) == []


def test_an_archive_of_another_version_is_told(server, folder, tmp_path):
    other = write_archive(tmp_path / "other.zip", version="27.0")
    server.behaviour.content = other.read_bytes()
    told = failure(server, folder)
    assert "sent is not O*NET 28.2" in told
    assert "is O*NET 27.0, but 28.2 was asked for" in told
    assert names(folder) == []


def test_a_server_that_hangs_is_given_up(server, folder):
    server.behaviour.silent_for = 1
    assert "was silent for 0.2 seconds" in failure(server, folder, timeout=0.2)


def test_a_server_that_falls_silent_half_way_is_given_up_and_gone_on_with(server, folder, content):
    server.behaviour.breaks_after = [400]
    server.behaviour.stalls_for = 1
    assert "was silent for 0.2 seconds" in failure(server, folder, timeout=0.2)
    server.behaviour.stalls_for = 0
    assert fetch(server, folder).read_bytes() == content
    assert server.behaviour.requests == [None, "bytes=400-"]


def test_no_network_is_told(folder, server):
    server.close()
    assert "cannot reach http://127.0.0.1" in failure(server, folder)


def test_a_full_disk_is_told(server, folder):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full to stand for a full disk")
    folder.mkdir()
    (folder / f"{ARCHIVE}.partial").symlink_to("/dev/full")
    told = failure(server, folder)
    assert "cannot write in" in told
    assert "No space left on device; make room there, or give another folder" in told


def test_a_file_in_the_place_of_the_folder_is_told(server, tmp_path):
    (tmp_path / "onet").write_text("a file")
    with pytest.raises(OnetError, match=r"cannot write in .*: File exists; make room there"):
        fetch(server, tmp_path / "onet")


@pytest.mark.parametrize("address", ["not an address", "http://[::1/x.zip", "gopher://x/y"])
def test_what_is_no_address_is_told(server, folder, address):
    told = failure(server, folder, address=address)
    assert address in told


def test_what_is_no_version_is_told(server, folder):
    with pytest.raises(OnetError, match="'latest' is not an O"):
        fetch_onet("latest", folder, address=server.address)
