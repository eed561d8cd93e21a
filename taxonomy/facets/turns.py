"""How people report, check, change and ask, as patterns over one sentence."""

# ruff: noqa: E501  (a pattern is easier to check on one line)

from __future__ import annotations

import re

from taxonomy.facets.words import word_set

_OUTPUT = (
    r"(?:it|this|that|these|those|them|your|the (?:\w+ ){0,2}(?:code|script|story|text|poem|essay"
    r"|answers?|list|email|letter|output|ending?|title|table|function|response|explanation|program"
    r"|version|paragraphs?|sentences?|examples?|above|previous|last|first|second|third|steps|names"
    r"|plan|article|song|summary|characters?|image|draft|result|lyrics|query|class|one))\b"
)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.VERBOSE | re.IGNORECASE)


REPORTS = _pattern(
    r"""\b(?:
        (?:it|this|(?:but|and|because|sorry,?)\ that|(?<!\ )that|the\ \w+|code|script|still)\ (?:just\ |still\ )?(?:does|did|do|is|was|are)?\s?(?:n't|n’t|nt|\ not)\ (?:seem\ to\ |be\ )?(?:work|help|run|compile|load|show|fix|print|return|open|start)\w*
      | still\ (?:not\ \w+ing|fail\w*|broken|the\ same|same|doesn|does\ not|throws?|getting|gives?\ me|the\ error)
      | (?:i|we)(?:['’]?m|\ am|\ are)?\ (?:now\ |still\ |just\ |also\ )*(?:get|got|getting|received?|see|seeing)\ (?:now\ )?(?:an?|this|these|the|another|some|a\ new)\ (?:\w+\ ){0,3}(?:errors?|warnings?|exceptions?|error\ messages?|failures?|bugs?)
      | (?:(?<!is\ )it|code|script|program|tests?|build|command|page|console|compiler|terminal|server)\ (?:now\ |just\ |still\ |only\ )?(?:fails\b|failed\b|crash\w+|throws\b|threw\ an?|says\b|said\b|complains|hangs|works\ now|works\ fine|gives\ me|gave\ me|ran\b|passes|passed)
      | (?:same|new|another|different|following)\ (?:error|exception|warning) | ^same\ (?:result|output|problem|thing)
      | (?:error|traceback|exception|log|stack\ trace|test\ results?|console\ output)\ ?(?:is|says|message|was|reads)?\ ?:
      | ^(?:ok\w*[,.]?\ |so\ |well\ |yes\ |hm+\ )*(?:i|we)(?:['’]ve|\ have|\ just)?\ (?:tried|ran|followed|applied|installed|submitted|tested|executed|deployed|sent|called|showed|did(?!\ not|\ ask|n't))\b.{0,60}\b(?:and|but|now|it|they|he|she)\b
      | when\ i\ (?:do|did|try\ to|tried|tried\ to|run|ran|execute)\ (?:this|that|it)\b
      | my\ (?:teacher|professor|boss|manager|client|doctor|landlord|grade|score)\ (?:said|says|gave|told|marked|replied|was|came)
      | (?:that|it|this)\ (?:worked|helped|fixed\ it|solved\ it|did\ the\ trick)\b
      | (?:output|result)\ (?:is|was)\ (?:now\ |still\ )?(?:wrong|empty|different|not|none|null)
      | the\ (?:test|tests|build|deployment|interview|experiment)\ (?:\w+\ )?(?:passed|failed|went|returned|came|succeeded)
    )""",
)  # fmt: skip
"""What the outside world answered: an error, a test, a grade, a person."""

CHECKS = _pattern(
    r"""(?:
        (?:proofread|double[- ]?check|peer[- ]?review|critique|validate|grade|evaluate|assess|review|check|verify|confirm)\b.{0,25}\b(?:my|this|that|these|the\ following|if|whether|our|mine|below)\b
      | (?:give|provide|offer|share)\ (?:me\ |us\ )?(?:some\ |your\ |honest\ )*(?:feedback|thoughts|comments|criticism|a\ review)\ (?:on|about|for|of)\b
      | (?:is|are|was|were|does|did|do)\ (?:this|these|my|the\ following|what\ i)\b.{0,60}\b(?:correct(?:ly)?|right|valid|accurate|make\ sense|sound|good\ enough|grammatical\w*|proper\w*|any\ (?:errors|mistakes|bugs))\b
      | (?:is|are)\ (?:it|that|they)\ (?:all\ )?(?:correct|right|accurate)\s*\?? $ | have\ i\ (?:\w+\ ){0,3}(?:correctly|right|a\ mistake|any\ mistakes)
      | am\ i\ (?:right|correct|wrong|on\ the\ right\ track|missing|over\w+|too\ \w+|being)
      | did\ i\ (?:over\w+|forget|miss|get|do|use|make|choose|calculate|set)\b.*\?
      | (?:is|are|does|do|was)\ my\ (?:\w+\ ){1,6}\w+\s*\?
      | (?:find|spot|point\ out|tell\ me|identify|what(?:['’]s|\ is|\ are)|is\ there|are\ there)\ (?:the\ |any\ |anything\ |an?\ |all\ |something\ )*(?:errors?|mistakes?|bugs?|wrong|typos|problems?)\ (?:in|with|of)\ (?:my|this|the\ following|these)
      | would\ (?:my|the\ following)\b.{0,40}\b(?:work|ok|okay|correct|right|valid|fine)\b
    )""",
)  # fmt: skip
"""Asking whether the user's own work holds, at the start of a sentence."""

OWN_WORK = _pattern(
    r"""\b(?:
        (?:here(?:['’]s|\ is|\ are)|this\ is|below\ is|attached\ is)\ (?:my|our|what\ i)\ (?:\w+\ ){0,2}(?:draft|attempt|essay|answer|solution|proof|translation|letter|resume|résumé|cv|plan|paragraph|report|wrote|have|work|calculation)\b
      | i(?:['’]ve|\ have)?\ (?:wrote|written|drafted|translated|solved|calculated)\b.{0,80}\b(?:is\ (?:it|this|that)|check|correct\?|feedback|right\?)
      | feedback\ (?:on|about)\ (?:my|this|the\ following|our)
      | my\ (?:own\ )?(?:answer|solution|attempt|guess|draft|proof|reasoning)\ (?:is|was|so\ far|below|:)
    )""",
)  # fmt: skip

EDITS = word_set(
    """
    rewrite redo rephrase reword shorten expand extend continue refactor modify adjust update
    revise add remove delete replace change append swap elaborate restate restructure reformat
    regenerate repeat include condense simplify insert undo trim tighten soften drop keep move
    """
)
"""Orders that only make sense about something that is already there."""

MENTIONS_OUTPUT = _pattern(rf"^\w+\ (?:\w+\ ){{0,2}}{_OUTPUT.replace(' ', chr(92) + ' ')}")
"""An order whose object is what the assistant said last."""

CHANGES = re.compile(
    r"\b(?:another|a different|an alternative|a similar|similar|one more|\d+ more|some more|more \w+s\b"
    r"|instead|this time|once more|again|shorter|longer|simpler|easier|funnier|sadder|happier|"
    r"a bit|a little|more (?:\w+ )?(?:formal|informal|casual|concise|detailed|polite|realistic|"
    r"professional|creative|specific|personal)|less \w+|part (?:2|two)|the same)\b",
    re.IGNORECASE,
)
NEXT_STEP = re.compile(
    r"(?:(?:ok|okay|great|good|nice|cool|perfect|thanks|thank you|awesome|yes|alright)\b[\w ]{0,12}"
    r"[,.!]* )*(?:and |so )?(?:now|next|then)\b",
    re.IGNORECASE,
)
"""`Now write a slogan` goes on with the task at hand."""

SHORT_CHANGE = re.compile(
    r"(?:tl;? ?dr|summary|(?:the )?same\b|not so |(?:much |even |a bit |a little )?(?:shorter|longer|simpler|funnier|darker|"
    r"better|more \w+|less \w+)|more|again|another|one more|keep going|go on|continue|next one|in \w+"
    r"|without \w+|as an? \w+|with \w+)\b",
    re.IGNORECASE,
)
VERDICT = re.compile(
    r"(?:(?:is|are|was|were|does|did|am|will|would|has)\b(?! there| it possible| you).{3,}\?"
    r"|.*,? (?:right|correct|ok|okay|fine|fair|reasonable|true|makes? sense|does (?:it|that) (?:fit|work|hold|scan))\s*\?)",
    re.IGNORECASE,
)
"""A question with yes or no for an answer, which with `MADE` asks for a judgement of own work."""
MADE = re.compile(
    r"(?:i|we)(?:'ve| have)?(?: just| now| also)? (?:wrote|written|drafted|made|calculated|computed|built|designed|chose|"
    r"chosen|decided|solved|translated|answered|estimated|weighted|measured|counted|rhymed|coded|"
    r"implemented|planned|worked out|came up with|concluded|set|added|changed|put|mapped|told|sent|left|raised)\b"
    r"|.*\bmy (?:\w+ )?(?:draft|answer|solution|prompt|essay|plan|calculation|proof|translation|entry|"
    r"letter|speech|estimate|budget|rota|schedule|version|sentence)\b",
    re.IGNORECASE,
)
HAPPENED = _pattern(
    r"""(?:(?:but|and|so|yes|no|ok|okay|hm+|well|update|oh|now|better)[,.:]?\ )*(?:
        (?:it|they|he|she|(?:the|my|our|his|her)\ [\w'-]+(?:\ [\w'-]+){0,3}?)\ (?:still\ |now\ |just\ |only\ |even\ |also\ |all\ )*
          (?:(?!looks|seems|sounds|feels|needs|has\b|does\b|was\b|this\b|its\b)\w{3,}(?:s|ed)|said|got|came|went|took|gave|told|ran|kept|is\ (?:right|fine|ok|wrong)\ now|are\ now|didn't|doesn't|won't|broke|fell|lost|won|found|felt|left|wrote|sent|paid|work|fail|run)\b
      | (?:i|we)(?:\ have|'ve)?\ (?:just\ |finally\ |now\ )*(?:tried|ran|told|talked|spoke|showed|sent|asked\ (?:my|the|him|her|them)|got|tested|submitted|called|met|followed|did(?!\ not|n't|\ ask)|applied|installed|handed|posted|published|went|baked|cooked|planted|said|lost|won|passed|failed)\b
      | \w+\ (?:now\ )?(?:shows|says|said|reports|returns|gives|answers|answered|went|replied)\b
    )""",
)  # fmt: skip
"""A plain statement of what came of it, at the start of a sentence."""

THANKS = re.compile(
    r"\b(?:thanks?|thank you|thx|helpful|appreciate|goodbye|bye|see you|well done|good job|great job|"
    r"you(?:'re| are) (?:\w+ ){0,2}(?:smart|great|good|awesome|amazing|right|welcome))\b",
    re.IGNORECASE,
)
COMPLAINS = _pattern(
    r"""(?:
        \bnot\ (?:quite\ )?what\ i\ (?:asked|wanted|meant|need)
      | \bi\ (?:would|['’]d|would\ rather)?\ ?(?:prefer|rather\ have|add|change|remove)\b(?!.{0,40}\?$)
      | \bi(?:['’]d|\ would)\ (?:add|change|remove|prefer|rather|like\ (?:it|to\ hear\ another|more|something))\b
      | ^(?:it|this|that)\ (?:should|needs\ to|must|could)\ (?:also\ )?(?:be|have|include|say|sound)\b
      | \byou\ (?:forgot|missed|left\ out|misunderstood|ignored|did\ not\ (?:include|add)|didn['’]?t\ (?:include|add|answer|use|mention))
      | \bi\ (?:meant|wanted\ (?:you|it|the|an?)|said|asked\ (?:for|you|about))\b
      | \b(?:is|are|looks?|seems?|sounds?|feels?|was)\ (?:a\ (?:bit|little)\ |way\ |still\ |kind\ of\ )*(?:too\ \w+|generic|weird|convoluted|repetitive|boring|off\b|wordy|not\ (?:\w+\ ){0,2}enough)
      | \bi\ (?:do\ not|don['’]?t)\ (?:really\ )?like\ (?:it|this|that|the\ way|the)\b
      | ^(?:that|this)(?:['’]s|\ is)\ (?:pretty\ |very\ |really\ |a\ |quite\ )*(?:good|great|nice|better|close)\b,?\ but\b
    )""",
)  # fmt: skip
ASKS_OTHERWISE = re.compile(
    r"is there (?:an?|any) (?:\w+er|more \w+|less \w+|other|alternative|different) "
    r"(?:way|one|script|version|option|word|example|solution)",
    re.IGNORECASE,
)
WHAT_ABOUT = re.compile(r"(?:how|what) about\b(?! you)", re.IGNORECASE)
"""`What about red?` refines a thing that was made, and asks on where something was explained."""

ASKS = re.compile(
    r"(?:give|provide|list|tell|show|share|state|name|help)(?: me| us)? (?:\w+ ){0,3}(?:pros|advantages|"
    r"disadvantages|advice|differences?|tips|facts|explanation|overview|information|info|sources?|"
    r"references?|more about|about|how|why|what|when|where|which|who|issues|reasons|benefits|"
    r"steps|pieces|parts|causes|ways|understand|learn)\b|"
    r"i (?:don'?t|do not|didn'?t|can'?t|want to|would like to|'d like to) (?:really |fully )?"
    r"(?:understand|get it|get why|know|learn)\b|help understand|understand\b|"
    r"(?:i'?m|i am) (?:curious|wondering|confused)|pros and cons",
    re.IGNORECASE,
)
TELLS_A_TALE = re.compile(
    r"(?:tell|teach)(?: me| us)? (?:an?|another|some|one|\d+) (?:\w+ ){0,2}(?:jokes?|stor\w+|tales?|"
    r"riddles?|poems?|limericks?)\b",
    re.IGNORECASE,
)
ASKS_ELSEWHERE = re.compile(
    r"^(?:por qu[eé]|qu[eé]|c[oó]mo|cu[aá]l|qui[eé]n|cu[aá]ndo|d[oó]nde|expl[ií]ca|pourquoi|comment (?:faire|on|je|puis|est|fonctionne|peut|ça)|"
    r"qu['’]est|quel|qui |quand|explique|warum|wie |was |wer |wann|welche|erkl[aä]r|"
    r"o que|qual\b|quem|onde|perch[eé]|come (?:si|posso|faccio|fare|funziona)|cosa|quale|spiega|почему|как |что|кто|"
    r"объясни|waarom|hoe |wat |neden|nasıl)|(?:什么|为什么|怎么|如何|何|なぜ|どう|教えて|무엇|왜|어떻게)",
    re.IGNORECASE,
)
"""Asking to understand, in the languages most met with."""

PERSONAL = re.compile(
    r"\b(?:what (?:should|can|do) i call you|what(?:'s| is) your (?:name|favou?rite)|who (?:are|made|"
    r"created) you|how (?:are|old are) you|(?:do|can|could|would|are|have|did) you (?:ever )?"
    r"(?:really |actually )?(?:think and|feel|love|hate|dream|want to (?:be|become)|like (?:me|being|"
    r"humans)|alive|conscious|sentient|human|real|an? (?:human|robot|person|man|woman)|sad|happy|"
    r"lonely|remember me|miss me)|what are you (?:thinking|doing|feeling)|tell me about yourself|"
    r"i (?:love|missed|hate) you\b|let'?s (?:chat|talk)\b)",
    re.IGNORECASE,
)
