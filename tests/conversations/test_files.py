from __future__ import annotations

import gzip
import json
import zipfile

import polars as pl
import pytest

from taxonomy.conversations import rows
from taxonomy.errors import ConversationError

ROWS = [{"id": f"r{i}", "prompt": f"Question {i}?"} for i in range(30)]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)
IDS = sorted(row["id"] for row in ROWS)


def ids(read):
    return read.frame["conversation_id"].sort().to_list()


def test_the_container_is_told_by_content_and_not_by_name(ingest, write):
    assert ids(ingest(write(LINES, "export.csv"))) == IDS
    assert ids(ingest(write(gzip.compress(LINES.encode()), "export.txt"))) == IDS
    assert ids(ingest(write(json.dumps(ROWS), "export.parquet"))) == IDS
    assert ids(ingest(write(json.dumps(ROWS, indent=2), "export"))) == IDS


def test_tables_with_commas_tabs_and_semicolons(ingest, write):
    for delimiter in ",\t;":
        table = "".join(f"{row['id']}{delimiter}{row['prompt']}\n" for row in ROWS)
        assert ids(ingest(write(f"id{delimiter}prompt\n{table}"))) == IDS


def test_parquet(ingest, tmp_path):
    pl.DataFrame(ROWS).write_parquet(tmp_path / "p")
    assert ids(ingest(tmp_path / "p")) == IDS


def test_a_single_object_over_many_lines_is_one_conversation(ingest, write):
    row = {"id": "one", "messages": [{"role": "user", "content": "Hi"}]}
    assert ids(ingest(write(json.dumps(row, indent=1)))) == ["one"]


def test_an_array_larger_than_the_window_streams(ingest, write, monkeypatch):
    path = write(json.dumps(ROWS), "array.json")
    for size in (7, 64, 1_000):
        monkeypatch.setattr(rows, "CHUNK_CHARACTERS", size)
        assert ids(ingest(path)) == IDS


def test_cells_may_hold_line_ends_quotes_and_more_than_128_kib(ingest, write):
    long = "x" * 150_000
    read = ingest(write(f'id,prompt\na,"first\nsecond, ""quoted"""\nb,{long}\n'))
    assert read.said == [[("user", 'first\nsecond, "quoted"')], [("user", long)]]


def test_a_message_in_a_cell_may_look_like_json_lines(ingest, write):
    read = ingest(write('id,prompt\na,"Fix this:\n{""a"": 1}\n{""b"": 2}"\nb,Hello\n'))
    assert ids(read) == ["a", "b"]


def test_a_row_of_a_table_with_too_few_or_too_many_cells_is_bad(ingest, write):
    read = ingest(write("id,prompt\na,Hi\nb\nc,Hi,there\n"), max_rejected_share=1)
    assert ids(read) == ["a"]
    assert read.reasons == [
        (3, "1 cells under a header of 2"),
        (4, "3 cells under a header of 2"),
    ]


def test_every_line_that_a_damaged_quote_swallowed_is_bad(ingest, write):
    read = ingest(write('id,prompt\na,Hi\nb,"never closed\nc,Hi\nd,Hi\n'), max_rejected_share=1)
    assert ids(read) == ["a"]
    assert read.reasons == [(line, "damaged CSV quoting") for line in (3, 4, 5)]


def test_a_byte_order_mark_is_no_part_of_the_text(ingest, write):
    assert ids(ingest(write(b"\xef\xbb\xbf" + LINES.encode()))) == IDS
    assert ids(ingest(write(b"\xef\xbb\xbfid,prompt\na,Hi\n"))) == ["a"]


def test_utf_16_with_a_byte_order_mark_is_read(ingest, write):
    read = ingest(write('{"id": "a", "prompt": "café"}\n'.encode("utf-16")))
    assert read.said == [[("user", "café")]]


def test_a_line_that_is_not_utf_8_is_bad_in_every_text_container(ingest, write):
    latin = b'{"id": "a", "prompt": "caf\xe9"}'
    good = b'{"id": "b", "prompt": "tea"}'
    for data, line in (
        (good + b"\n" + latin + b"\n", 2),
        (b"[" + latin + b", " + good + b"]", 1),
        (b"id,prompt\na,caf\xe9\nb,tea\n", 2),
    ):
        read = ingest(write(data), max_rejected_share=1)
        assert ids(read) == ["b"]
        assert read.reasons == [(line, "not UTF-8")]


def test_bad_lines_are_named_and_blank_lines_are_no_rows(ingest, write):
    text = LINES + '\n{"id": "cut", "prompt": "Wha\n[1, 2]\n7\n' + "[" * 5_000 + "\n"
    read = ingest(write(text), max_rejected_share=1)
    assert ids(read) == IDS
    assert read.reasons == [
        (32, "not valid JSON"),
        (33, "not a JSON object"),
        (34, "not a JSON object"),
        (35, "not valid JSON"),
    ]
    assert read.report.n_rows == 34


def test_a_damaged_first_line_does_not_hide_the_format(ingest, write):
    read = ingest(write('{"id": "x", "pro\n' + LINES), max_rejected_share=1)
    assert ids(read) == IDS
    assert read.reasons == [(1, "not valid JSON")]


@pytest.mark.parametrize(
    "empty", [b"", b"\n\n", b"[]", b"id,prompt\n", gzip.compress(b"", mtime=0)]
)
def test_an_empty_file_is_an_error(ingest, write, empty):
    with pytest.raises(ConversationError, match=r"nothing\.csv is empty"):
        ingest(write(empty, "nothing.csv"))


def test_a_missing_file_and_a_folder_are_errors(ingest, tmp_path):
    with pytest.raises(ConversationError, match=r"no file at .*missing\.jsonl"):
        ingest(tmp_path / "missing.jsonl")
    with pytest.raises(ConversationError, match="a folder at"):
        ingest(tmp_path)
    with pytest.raises(ConversationError, match="no file was given"):
        ingest()


def test_a_gzip_file_that_is_cut_off_is_an_error_and_leaves_nothing(ingest, write, tmp_path):
    noise = "".join(json.dumps({"prompt": f"Q {hash((i, 'x'))}?"}) + "\n" for i in range(50_000))
    packed = gzip.compress(noise.encode())
    path = write(packed[: len(packed) // 2], "cut.jsonl.gz")
    with pytest.raises(ConversationError, match=r"cut\.jsonl\.gz, after row [0-9]+"):
        ingest(path)
    assert [file.name for file in tmp_path.iterdir()] == ["cut.jsonl.gz"]


def test_damaged_bytes_in_a_gzip_file_are_an_error(ingest, write):
    packed = bytearray(gzip.compress(LINES.encode()))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(ConversationError, match="cannot be read on"):
        ingest(write(bytes(packed), "bad.gz"))


def test_an_array_that_is_cut_off_or_damaged_is_an_error(ingest, write):
    text = json.dumps(ROWS)
    with pytest.raises(ConversationError, match=r"after row 29: the JSON array is cut off here"):
        ingest(write(text[:-10]))
    damaged = text.replace('"prompt": "Question 9?"', '"prompt" "Question 9?"')
    with pytest.raises(ConversationError, match=r"after row 9: the JSON array is damaged here"):
        ingest(write(damaged))


def test_a_parquet_file_that_is_cut_off_is_an_error(ingest, tmp_path, write):
    pl.DataFrame(ROWS).write_parquet(tmp_path / "p")
    with pytest.raises(ConversationError, match="Parquet data are damaged"):
        ingest(write((tmp_path / "p").read_bytes()[:-20], "cut.parquet"))


def test_another_compression_is_named(ingest, write):
    with pytest.raises(ConversationError, match="zstd-compressed; decompress it"):
        ingest(write(b"\x28\xb5\x2f\xfd" + bytes(20)))


def test_the_zip_file_of_an_export_is_read(ingest, tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.json", "[]")
        archive.writestr("data/conversations.json", json.dumps(ROWS))
    read = ingest(path)
    assert ids(read) == IDS
    assert read.report.formats == {"export.zip/data/conversations.json": "requests"}


def test_a_zip_file_without_conversations_says_what_it_holds(ingest, tmp_path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", "[]")
        archive.writestr("b.json", "[]")
    with pytest.raises(ConversationError, match=r"no conversations.json; found a.json, b.json"):
        ingest(path)


def test_text_that_is_no_table_is_not_recognised(ingest, write):
    with pytest.raises(ConversationError, match="not recognised"):
        ingest(write("Dear diary\ntoday I wrote a parser\n"))


def test_a_file_of_nothing_but_bad_lines_says_why(ingest, write):
    with pytest.raises(ConversationError, match=r"none of the first 2 rows.*not a JSON object"):
        ingest(write("[1, 2]"))
