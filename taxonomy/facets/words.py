"""The English words the offline rules know, as data."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a table of words is easiest to read and to change."""
    return frozenset(text.split())


MAKE_VERBS = word_set(
    """
    abbreviate act adapt add adjust analyse analyze answer append apply arrange assess assign
    assist assume automate book brainstorm break brief build calculate cancel capitalize capture
    categorize change check choose cite classify clean close code come comment compile complete
    compose compute condense configure continue convert copy correct count craft create critique
    debug decide decode decorate define delete deploy derive design detect determine develop do
    draft draw drop dumb edit elaborate emulate encode encrypt evaluate exclude execute expand
    extend extract fetch fill find finish fix forecast format formulate generate give grade
    group guess guide help highlight identify imagine implement improve improvise infer insert
    install integrate interpret introduce invent investigate join judge keep label link list
    make map mark match mention mimic mix model modify move name narrate note open optimize
    order organise organize outline output paraphrase parse perform phrase pick plagiarize plan
    play plot practice predict prep prepare present pretend print prioritize produce program
    prompt proofread propose prove provide publish put quote rank rap rate read recite recommend
    record redo reduce refactor reformat remind remove rename render repeat rephrase replace
    reply report reproduce research resolve respond restate restructure return reverse review
    revise reword rewrite roast role-play roleplay run save scaffold scan schedule scrape search
    select send set setup share sharpen shorten show simplify simulate sing sketch soften solve
    sort spell split start state structure suggest sum summarise summarize support swap
    synthesize take talk test think tighten train transcribe transform translate trim try turn
    undo update upgrade use validate verify visualize walk wrap write
    """
)
"""First words of a request for a piece of work."""

TELL_VERBS = word_set(
    """
    advise clarify compare contrast define demonstrate describe discuss elaborate explain
    illustrate inform teach tell
    """
)
"""First words of a request for an explanation."""

VERBS = MAKE_VERBS | TELL_VERBS

BASE_VERBS = VERBS | word_set(
    """
    affect become benefit cause contribute destroy die eat feel get go grow happen have impact kill
    lead lift live look lose need pay prevent reach see seem sleep stay survive travel win work
    """
)
"""What may follow a modal and its subject: `how can it | help`."""

QUESTION_WORDS = word_set(
    "what whats what's which who whos who's whom whose when where wheres where's why how hows how's"
)
AUXILIARIES = word_set(
    """
    is are was were am do does did can could should would will shall may might must has have had
    isn't aren't wasn't don't doesn't didn't can't couldn't shouldn't wouldn't won't hasn't
    haven't
    """
)
DETERMINERS = word_set(
    """
    a an the this that these those my your our his her its their some any every each all most
    many much few several both no another such so one two three four five six seven eight nine ten
    """
)
PRONOUNS = word_set("i you he she it we they there someone somebody anyone anybody everyone people")
PREPOSITIONS = word_set(
    """
    about above across after against along among around as at before behind below beneath beside
    between beyond by despite during except for from in inside into like near off on onto out
    outside over past per since through throughout to toward towards under until up upon via with
    within without than
    """
)
FUNCTION_WORDS = (
    DETERMINERS
    | PRONOUNS
    | PREPOSITIONS
    | AUXILIARIES
    | QUESTION_WORDS
    | word_set(
        """
        of and or but if then that be been being not only very just also too more less me him them
        us please because while whether so am let get got want need
        """
    )
)
"""Words that say nothing about the subject."""
