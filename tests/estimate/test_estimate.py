from __future__ import annotations

import pytest

from taxonomy.claude import Claude, connect
from taxonomy.claude.fake import FakeClaude
from taxonomy.claude.money import load_tariff
from taxonomy.estimate import Line, Range, estimate_files, estimate_tokens_each, explain
from taxonomy.facets import facet_request
from taxonomy.settings import Settings


@pytest.fixture
def nowhere(tmp_path):
    return tmp_path / "no-ledger.sqlite"


def test_a_line_costs_requests_times_tokens_times_price():
    line = Line(
        "facets",
        "all facets",
        "claude-sonnet-5-5",
        is_batch=True,
        requests=Range(100, 100, 200),
        input_tokens=Range(1_000, 2_000, 2_000),
        output_tokens=Range(100, 100, 100),
    )
    # 2 and 10 USD a million, halved: 1,000 in and 100 out cost 0.0015 USD.
    low, expected, high = line.usd(load_tariff())
    assert (low, expected, high) == pytest.approx((0.15, 0.25, 0.5))


def test_clios_own_assumptions_cost_at_most_half_of_what_clio_published(nowhere):
    found = estimate_tokens_each(100_000, 1_000, Settings(), ledger=nowhere)
    total = found.total()
    assert total.low < total.expected < total.high
    assert found.ratio_to_clio() == pytest.approx(total.expected / 48.81)
    assert found.ratio_to_clio() <= 0.5
    assert found.ratio_to_clio(at_clio_prices=True) > found.ratio_to_clio()


def test_every_stage_has_its_lines_and_the_total_is_their_sum(nowhere):
    found = estimate_tokens_each(100_000, 1_000, Settings(), ledger=nowhere)
    assert {line.stage for line in found.lines} == {"facets", "names", "hierarchy"}
    costs = [line.usd(found.tariff).expected for line in found.lines]
    assert found.total().expected == pytest.approx(sum(costs))
    by_what = {line.what: line for line in found.lines}
    assert by_what["all facets"].requests.low == 100_000
    assert by_what["clusters"].requests.low == 630
    assert by_what["level 1: a parent for each"].requests.low == 630
    assert by_what["level 2: a parent for each"].requests.low == 137


def test_few_requests_are_not_put_into_batches(nowhere):
    found = estimate_tokens_each(100_000, 1_000, Settings(), ledger=nowhere)
    is_batch = {line.what: line.is_batch for line in found.lines}
    assert is_batch["clusters"]
    assert not is_batch["level 1: one list"]
    direct = Settings.load(None, ["claude.mode=direct"])
    found = estimate_tokens_each(100_000, 1_000, direct, ledger=nowhere)
    assert not any(line.is_batch for line in found.lines)


def test_a_long_conversation_counts_no_more_than_is_sent_of_it(nowhere):
    settings = Settings.load(None, ["facets.transcript_tokens=2000"])
    long = estimate_tokens_each(1_000, 50_000, settings, ledger=nowhere)
    cut = estimate_tokens_each(1_000, 2_000, settings, ledger=nowhere)
    assert long.lines[0] == cut.lines[0]


def test_an_unknown_price_is_said_and_no_total_is_made_up(nowhere):
    settings = Settings.load(None, ["claude.facets.model=mine"])
    found = estimate_tokens_each(1_000, 1_000, settings, ledger=nowhere)
    assert found.total() is None
    assert "price unknown" in explain(found)


def test_files_are_read_and_what_needs_no_asking_is_left_out(write_jsonl, nowhere):
    rows = [
        {"conversation_id": "a", "messages": [{"role": "user", "content": "Write a poem"}]},
        {"conversation_id": "b", "messages": [{"role": "user", "content": "x"}], "flagged": True},
        {"conversation_id": "c", "messages": [{"role": "user", "content": "y"}],
         "request": "Write a song"},
    ]  # fmt: skip
    found = estimate_files([write_jsonl(rows)], Settings(), ledger=nowhere)
    assert found.n_conversations == 3
    assert found.lines[0].requests.low == 1
    assert found.assumptions[0].startswith("1 of 3 conversations have to be asked about")


def test_with_a_key_tokens_are_counted_and_nothing_else_is_sent(small_corpus, nowhere, monkeypatch):
    with FakeClaude() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        found = estimate_files([small_corpus], Settings.load(None, ["llm=auto"]), ledger=nowhere)
        assert {record.path for record in server.log} == {"/v1/messages/count_tokens"}
        assert server.bills == {}
    assert "counted by the server" in explain(found)
    assert not nowhere.exists()


def test_offline_nothing_is_sent_even_with_a_key(small_corpus, nowhere, monkeypatch):
    with FakeClaude() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        found = estimate_files([small_corpus], Settings(), ledger=nowhere)
        assert server.log == []
    assert "from their length" in explain(found)


def test_answers_in_the_ledger_say_how_long_answers_are(tmp_path):
    file = tmp_path / "answers.sqlite"
    settings = Settings()
    with FakeClaude() as server:
        base = settings.claude.model_copy(update={"base_url": server.url})
        requests = [
            facet_request(f"c{i}", [{"role": "user", "content": f"Sing song {i}"}], settings)
            for i in range(30)
        ]
        with Claude(file, connect(base, {}), base) as claude:
            list(claude.ask(requests))
            lengths = claude.ledger.output_tokens(requests[0].model, requests[0].prompt_version)
    assert len(lengths) == 30
    found = estimate_tokens_each(1_000, 500, settings, ledger=file)
    assert found.lines[0].output_tokens.expected == pytest.approx(sum(lengths) / 30)
    assert "answers as long as 30 in the ledger" in found.assumptions


def test_the_estimate_of_a_run_is_near_what_the_run_then_costs(
    small_corpus, hashing_encoder, tmp_path, monkeypatch
):
    from taxonomy.pipeline import build
    from taxonomy.run import read_log

    settings = Settings.load(None, ["llm=claude", "claude.mode=direct"])
    with FakeClaude() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        ledger = tmp_path / "answers.sqlite"
        found = estimate_files([small_corpus], settings, ledger=ledger)
        build([small_corpus], tmp_path / "run", settings, encoder=hashing_encoder, ledger=ledger,
              until="facets")  # fmt: skip
    (cost,) = [line["usd"] for line in read_log(tmp_path / "run") if "usd" in line]
    low, _, high = found.lines[0].usd(found.tariff)
    assert low <= cost <= high


def test_what_is_answered_already_costs_nothing_more(
    small_corpus, tmp_path, monkeypatch, hashing_encoder
):
    from taxonomy.pipeline import build

    settings = Settings.load(None, ["llm=claude", "conversations.sample=40"])
    ledger = tmp_path / "answers.sqlite"
    with FakeClaude() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        build([small_corpus], tmp_path / "run", settings, encoder=hashing_encoder, ledger=ledger,
              until="facets")  # fmt: skip
    offline = Settings.load(None, ["conversations.sample=40"])
    found = estimate_files([small_corpus], offline, ledger=ledger)
    assert found.lines[0].requests.expected == 0
