from __future__ import annotations

import pytest

from taxonomy.conversations.messages import read_turns
from taxonomy.conversations.schema import BadRow


def turns(*messages, max_characters=1_000):
    return read_turns(messages, max_characters=max_characters)


def user(content):
    return {"role": "user", "content": content}


def assistant(content):
    return {"role": "assistant", "content": content}


@pytest.mark.parametrize("role", ["user", "human", "prompter", "User", " HUMAN "])
def test_users_go_by_many_names(role):
    assert turns({"role": role, "content": "Hi"}).roles == ["user"]


@pytest.mark.parametrize("role", ["assistant", "gpt", "model", "bot", "ChatGPT"])
def test_assistants_go_by_many_names(role):
    assert turns(user("Hi"), {"role": role, "content": "Yes"}).roles == ["user", "assistant"]


@pytest.mark.parametrize("role", ["system", "developer", "tool", "function"])
def test_what_systems_and_tools_say_is_left_out(role):
    assert turns({"role": role, "content": "Be kind"}, user("Hi")).contents == ["Hi"]


def test_an_unknown_role_makes_the_row_bad_and_is_named():
    with pytest.raises(BadRow, match="unknown role 'moderator'"):
        turns(user("Hi"), {"role": "moderator", "content": "Stop"})


def test_a_role_that_may_be_message_text_is_not_named():
    with pytest.raises(BadRow) as caught:
        turns({"role": "My PIN is 1234, what now?", "content": "user"})
    assert caught.value.reason == "unknown role"


def test_a_message_without_a_role_makes_the_row_bad():
    with pytest.raises(BadRow, match="a message without a role"):
        turns({"content": "Hi"})


def test_a_message_that_is_only_text_makes_the_row_bad():
    with pytest.raises(BadRow, match="not a role and a content"):
        turns("Hi")


@pytest.mark.parametrize("empty", ["", "  \n\t", None, [], "\x00"])
def test_empty_messages_are_left_out(empty):
    assert turns(user("Hi"), assistant(empty)).contents == ["Hi"]


def test_a_conversation_with_no_message_left_is_bad():
    with pytest.raises(BadRow, match=r"^no message$"):
        turns(user(""), assistant(" "))


def test_a_conversation_without_a_user_turn_is_bad():
    with pytest.raises(BadRow, match=r"^no user message$"):
        turns(user(""), assistant("Hello, how can I help?"))


def test_a_two_megabyte_message_is_cut_kept_and_counted():
    read = turns(user("a" * 2_000_000), assistant("b"), max_characters=200_000)
    assert [len(content) for content in read.contents] == [200_000, 1]
    assert read.n_cut == 1


def test_control_characters_and_lone_surrogates_are_removed_and_line_ends_stay():
    read = turns(user("a\x00b\x07c\x9fd\ud83de\tf\ng"))
    assert read.contents == ["abcde\tf\ng"]
    assert turns(user("smile \U0001f600")).contents == ["smile \U0001f600"]


def test_text_blocks_are_joined_and_other_blocks_leave_marks():
    read = turns(
        user([{"type": "text", "text": "What is this?"}, {"type": "image", "source": {}}]),
        assistant(
            [
                {"type": "thinking", "thinking": "Hm."},
                {"type": "text", "text": "Let me look."},
                {"type": "tool_use", "name": "search", "input": {"q": "x"}},
            ]
        ),
    )
    assert read.contents == ["What is this?\n[image]", "Let me look.\n[tool use: search]"]
    assert read.saw_thinking


def test_openai_blocks_and_tool_calls_leave_marks():
    call = {"id": "1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
    read = turns(
        user([{"type": "image_url", "image_url": {"url": "data:"}}, {"type": "text", "text": "?"}]),
        {"role": "assistant", "content": None, "tool_calls": [call]},
        user([{"type": "holo_scan", "data": "zz"}]),
    )
    assert read.contents == ["[image]\n?", "[tool use: get_weather]", "[holo scan]"]


def test_tool_results_under_the_users_role_are_not_user_turns():
    result = {"type": "tool_result", "tool_use_id": "1", "content": "42"}
    assert turns(user("Look it up"), user([result])).contents == ["Look it up"]
    assert turns(user([result, {"type": "text", "text": "And?"}])).contents == [
        "[tool result]\nAnd?"
    ]


def test_a_tool_whose_name_is_no_plain_name_is_not_named():
    block = {"type": "tool_use", "name": "x" * 400}
    assert turns(user("Hi"), assistant([block])).contents[1] == "[tool use]"


def test_claude_ai_text_is_used_where_the_content_is_empty():
    message = {"sender": "human", "content": [], "text": "Hi"}
    assert turns(message).contents == ["Hi"]
