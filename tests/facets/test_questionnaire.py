import pytest

from taxonomy.claude.records import wire_schema
from taxonomy.errors import SettingsError
from taxonomy.facets.questionnaire import make_questionnaire
from taxonomy.facets.schema import ASKED
from taxonomy.facets.transcript import estimate_tokens
from taxonomy.settings import FacetSettings, OwnFacet

CHOICE = OwnFacet(name="sector", question="Which branch?", kind="choice", choices=("a $x", "b"))
SCALE = OwnFacet(name="skill", question="How skilled?", kind="scale", lowest=0, highest=2)
NUMBER = OwnFacet(name="minutes", question="How long?", kind="number")


def test_the_instructions_name_every_facet_and_every_allowed_answer():
    system = make_questionnaire(FacetSettings()).system
    for facet in ASKED:
        assert f"\n{facet.name}: " in system
        for choice in facet.choices:
            assert f"\n- {choice}: " in system
    assert all(f"\n- {level}: " in system for level in range(1, 6))


def test_the_instructions_are_cheap_and_leave_no_place_unfilled():
    questionnaire = make_questionnaire(FacetSettings())
    assert "$" not in questionnaire.instructions
    assert len(questionnaire.instructions.split()) < 600
    assert estimate_tokens(questionnaire.instructions) < 900


def test_the_schema_lists_every_answer_that_can_be_listed():
    schema = wire_schema(make_questionnaire(FacetSettings(own=(CHOICE, SCALE, NUMBER))).record)
    fields = schema["properties"]
    assert list(fields) == [*(facet.name for facet in ASKED), "sector", "skill", "minutes"]
    assert fields["concern"]["enum"] == [1, 2, 3, 4, 5]
    assert fields["use_case"]["enum"] == ["work", "coursework", "personal"]
    assert fields["sector"]["enum"] == ["a $x", "b"]
    assert fields["skill"]["enum"] == [0, 1, 2]
    assert {one["type"] for one in fields["minutes"]["anyOf"]} == {"number", "null"}
    assert schema["required"] == list(fields)
    assert schema["additionalProperties"] is False


def test_own_questions_are_put_with_the_form_of_their_answers():
    system = make_questionnaire(FacetSettings(own=(CHOICE, SCALE, NUMBER))).system
    assert "\nsector: Which branch? One of: a $x; b." in system
    assert "\nskill: How skilled? A whole number from 0 to 2." in system
    assert "\nminutes: How long? A number, or null where it cannot be told." in system


def test_the_fixed_part_of_the_instructions_comes_first():
    plain = make_questionnaire(FacetSettings()).system
    more = make_questionnaire(FacetSettings(own=(NUMBER,))).system
    place = more.index("minutes: ")
    assert more[:place] == plain[:place]


@pytest.mark.parametrize("name", ["request", "flags", "user_id", "cluster", "json", "model_fields"])
def test_a_taken_name_is_an_error_that_names_it(name):
    with pytest.raises(SettingsError, match=repr(name)):
        make_questionnaire(FacetSettings(own=(NUMBER.model_copy(update={"name": name}),)))


def test_two_facets_of_one_name_are_an_error():
    with pytest.raises(SettingsError, match="two facets are called 'minutes'"):
        make_questionnaire(FacetSettings(own=(NUMBER, NUMBER)))
