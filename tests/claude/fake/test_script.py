from __future__ import annotations

import pytest

from taxonomy.claude.fake import Rule, Script, request_digest
from taxonomy.errors import SettingsError

QUESTIONS = [f"Write a poem about the number {number}." for number in range(60)]


def draws(plan, n=1, digests=QUESTIONS):
    return [[plan.draw("messages", digest) for digest in digests] for _ in range(n)]


def test_a_rule_strikes_its_share_and_the_same_every_time():
    rules = [Rule(fault="html", share=0.3)]
    first, second = (draws(Script(rules, seed=5))[0] for _ in range(2))
    assert first == second
    assert 9 <= first.count("html") <= 27
    assert draws(Script(rules, seed=6))[0] != first


def test_a_request_is_struck_no_more_often_than_the_rule_says():
    plan = Script([Rule(fault="html", times=2)])
    assert draws(plan, 3, ["a"]) == [["html"], ["html"], [None]]


def test_the_first_rule_that_strikes_counts():
    plan = Script([Rule(fault="overloaded"), Rule(fault="html")])
    assert draws(plan, 3, ["a"]) == [["overloaded"], ["html"], [None]]


def test_rules_hold_at_their_endpoints_alone():
    plan = Script([Rule(fault="overloaded", at=("list",)), Rule(fault="stuck")])
    assert plan.draw("messages", "a") is None
    assert plan.draw("list", "a") == "overloaded"
    assert plan.draw("create", "a") == "stuck"


def test_a_queue_comes_before_the_rules():
    plan = Script([Rule(fault="html", times=9)], {"messages": [None, "overloaded"]})
    assert draws(plan, 3, ["a"]) == [[None], ["overloaded"], ["html"]]


def test_a_lasting_refusal_hangs_on_the_question_however_and_whenever_it_is_asked(toy):
    refusal = Rule(fault="refusal_empty", share=0.3, always=True)
    noise = [Rule(fault="html", share=0.5, times=2), Rule(fault="wrong_choice", share=0.5)]
    calm, wild = Script([refusal], seed=1), Script([*noise, refusal], seed=1)
    refused = set()
    for text in QUESTIONS:
        for step in ("first", "longer", "repair"):
            params = toy.ask_about(text, step=step, faulty="{}", faults="none")
            if calm.draw("item", request_digest(params), params):
                refused.add(text)
            else:
                assert text not in refused
    assert 9 <= len(refused) <= 27
    for text in QUESTIONS:
        params = toy.ask_about(text)
        drawn = [wild.draw("messages", request_digest(params), params) for _ in range(20)]
        assert ("refusal_empty" in drawn) == (text in refused)
        if text in refused:
            assert "wrong_choice" not in drawn
            assert drawn[-1] == "refusal_empty"


def test_a_script_is_the_same_after_it_was_written_as_json():
    rules = [Rule(fault="html", share=0.5, times=2), Rule(fault="refusal_text", always=True)]
    plan = Script(rules, {"create": ["stuck", None]}, seed=7, hang_seconds=0.5)
    again = Script.from_json(plan.to_json())
    assert again.to_json() == plan.to_json()
    assert again.hang_seconds == 0.5
    assert draws(again, 3) == draws(plan, 3)
    assert [again.draw("create", "a") for _ in range(2)] == ["stuck", None]


def test_a_script_is_read_from_a_file(tmp_path):
    path = tmp_path / "faults.json"
    path.write_text('{"queues": {"messages": ["html", null]}}', encoding="utf-8")
    assert draws(Script.from_file(path), 2, ["a"]) == [["html"], [None]]
    with pytest.raises(SettingsError, match="cannot read the script"):
        Script.from_file(tmp_path / "nothing.json")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[", "not valid"),
        ('{"faults": []}', "faults: Extra inputs"),
        ('{"rules": [{"fault": "flood"}]}', "no fault 'flood'"),
        ('{"rules": [{"fault": "html", "share": 2}]}', "share"),
        ('{"rules": [{"fault": "stuck", "at": ["messages"]}]}', "cannot strike 'messages'"),
        ('{"queues": {"item": ["html"]}}', "cannot strike 'item'"),
        ('{"queues": {"moon": []}}', "no endpoint 'moon'"),
    ],
)
def test_a_script_that_cannot_be_followed_is_refused(text, complaint):
    with pytest.raises(SettingsError, match=complaint):
        Script.from_json(text)
