from taxonomy.facets.collaboration import find_collaboration
from taxonomy.facets.prose import read_prose


def pattern(*messages):
    return find_collaboration([read_prose(message) for message in messages])


def test_a_whole_task_handed_over_is_directive():
    assert pattern("Write a eulogy for my grandmother") == "directive"
    assert pattern("Write a eulogy for my grandmother", "Thank you!") == "directive"


def test_asking_to_understand_is_learning():
    assert pattern("Why is the sky blue?") == "learning"
    assert pattern("Explain photosynthesis", "What is chlorophyll?") == "learning"
    assert pattern("¿Cómo funciona la fotosíntesis?") == "learning"


def test_refining_what_was_made_is_task_iteration():
    assert pattern("Write a poem about rain", "make it shorter", "add a rhyme") == "task iteration"
    assert pattern("Write a tagline", "Now write a logo brief") == "task iteration"


def test_reporting_what_the_outside_answered_is_a_feedback_loop():
    assert pattern("Write a script that renames files", "I get an error: no such file") == (
        "feedback loop"
    )
    traceback = 'Traceback (most recent call last):\n  File "a.py", line 1\nKeyError: 3'
    assert pattern("Fix my parser", traceback) == "feedback loop"


def test_own_work_to_be_judged_is_validation():
    assert pattern("Proofread my cover letter: Dear team, I writes to apply.") == "validation"
    assert pattern("I calculated a margin of 12 percent. Is that correct?") == "validation"


def test_talk_about_the_assistant_itself_is_none():
    assert pattern("Do you really feel happy?") == "none"
    assert pattern() == "none"
    assert pattern("", "") == "none"


def test_what_about_follows_what_the_conversation_opened_with():
    assert pattern("Explain tides", "What about on the moon?") == "learning"
    assert pattern("Draw a red house", "What about a blue one?") == "task iteration"


def test_a_question_that_opens_with_do_is_not_an_order():
    assert pattern("Do all of these work on ARM?") == "learning"
