from taxonomy.facets.prose import read_prose
from taxonomy.facets.request import MAX_WORDS, find_request


def request(*messages, language="en"):
    return find_request([read_prose(message) for message in messages], language)


def test_greeting_name_and_politeness_are_left_out():
    message = "Hi, my name is Anna. Can you please help me debug a Python import error? Thanks!"
    assert request(message) == "Debug a Python import error"


def test_questions_become_orders():
    assert request("How do I reverse a list?") == "Explain how to reverse a list"
    assert request("What is a Dyson sphere?") == "Explain what a Dyson sphere is"
    assert request("Why is the sky blue?") == "Explain why the sky is blue"
    assert request("Should I use tabs or spaces?") == "Advise whether to use tabs or spaces"
    assert request("Is a thumb war violent?") == "Explain whether a thumb war is violent"
    assert request("what is the capital of Peru") == "Identify the capital of Peru"
    assert request("who wrote hamlet") == "Identify who wrote hamlet"


def test_a_wish_becomes_an_order():
    assert request("I would like to know how vaccines work") == "Explain how vaccines work"
    assert request("I need a recipe for lentil soup.") == "Provide a recipe for lentil soup"
    assert request("I need help writing a cover letter") == "Write a cover letter"
    assert request("I'm getting an error when importing numpy") == (
        "Fix an error when importing numpy"
    )


def test_a_role_is_kept_with_its_first_request():
    message = "I want you to act as a Linux terminal. I will type commands. My first command is pwd"
    assert request(message) == "Act as a Linux terminal: pwd"


def test_a_persona_in_a_short_message_gives_way_to_the_task():
    assert request("You are a copywriter. Write a headline for a bakery.") == (
        "Write a headline for a bakery"
    )


def test_a_noun_phrase_and_another_language_are_kept():
    assert request("best pizza in Rome") == "Best pizza in Rome"
    assert request("¿Cómo aprendo a tocar la guitarra?", language="es") == (
        "Cómo aprendo a tocar la guitarra"
    )


def test_the_next_message_is_used_where_the_first_only_greets():
    assert request("Hello!", "write a haiku about rain") == "Write a haiku about rain"


def test_greetings_alone_ask_for_nothing():
    assert request("Hello!", "thanks a lot") is None
    assert request("") is None
    assert request("?!? ...") is None


def test_a_message_of_code_alone_is_named_by_its_language():
    assert request("```python\nimport os\nprint(os.name)\n```") == "Explain or fix Python code"
    assert request("```\nx <- 1\n```") == "Explain or fix code"


def test_a_vague_request_gets_the_words_of_its_neighbour():
    message = "The wireless signal in my house is weak. How can I improve it?"
    assert request(message) == (
        "Explain how to improve it: the wireless signal in my house is weak"
    )


def test_private_strings_are_replaced_by_general_words():
    message = "Write to bob@example.org or call +1 415 555 0100 about card 4111 1111 1111 1111"
    found = request(message)
    assert "bob" not in found
    assert not any(character.isdigit() for character in found)


def test_a_link_and_a_key_are_replaced():
    found = request("Summarize https://example.org/a?b=c with key sk-abcdefghijklmnop1234")
    assert found == "Summarize link with key key"


def test_ordinary_numbers_stay():
    assert request("Split 1,250,000 euros between 3 heirs") == (
        "Split 1,250,000 euros between 3 heirs"
    )


def test_a_long_request_is_cut_to_the_limit():
    found = request("Write a story about " + "a dragon and " * 40)
    assert len(found.split()) <= MAX_WORDS
    assert found.startswith("Write a story about a dragon")


def test_pasted_text_between_does_not_hide_the_request_at_the_end():
    pasted = "The bank raised rates on Tuesday and analysts were surprised by it. " * 200
    assert request(f"{pasted}\n\nSummarize the article above.").startswith("Summarize the article")


def test_a_question_about_own_work_keeps_what_the_work_is():
    text = "I moved the sofa under the window. Is that a good place?"
    assert request(text) == "Check whether that is a good place: I moved the sofa under the window"


def test_a_pronoun_is_a_whole_subject():
    assert request("Is this the right order of operations?") == (
        "Explain whether this is the right order of operations"
    )
