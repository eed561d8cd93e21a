"""How people greet, ask and set up a role, as patterns over one sentence."""
# ruff: noqa: E501  (a pattern is easier to check on one line)

from __future__ import annotations

import re

NOTHING_ASKED = re.compile(
    r"""(?:
        | (?:how\ are\ (?:you|u)|how(?:'s|\ is)\ it\ going|how\ do\ you\ do|what(?:'s|s)\ up|sup
            |nice\ to\ meet\ you|pleased\ to\ meet\ you)\b.{0,20}
        | (?:my\ name\ is|i\ am\ called|call\ me)\ [\w ]{1,30}
        | (?:can|could|will|would)?\ ?(?:you\ )?(?:please\ )?(?:help(?:\ me)?(?:\ out)?(?:\ with\ (?:something|this|that|it))?
            |(?:write|do)\ (?:some\ )?code|do\ something(?:\ for\ me)?|answer\ (?:some|a|my)\ questions?)
        | i\ (?:just\ )?(?:need|want|have)\ (?:some\ |your\ )?(?:help|a\ question|questions?)
        | i\ have\ (?:a|some)\ (?:quick\ )?(?:questions?|problems?|tasks?|requests?)(?:\ for\ you)?
        | (?:thank\ you|thanks|thx|ty|ok|okay|yes|no|yeah|sure|please|great|good|test|hi+|hello|hey|bye|lol)
            (?:\ (?:so\ much|a\ lot|very\ much|in\ advance|you|again|there|all))*
        | (?:ai|open)?\ ?assistant
        | (?:are\ you|you)\ (?:there|ready|online)
        | (?:hola|bonjour|salut|hallo|ciao|ol[aá]|buenos\ d[ií]as|buenas(?:\ tardes|\ noches)?|guten\ (?:tag|morgen|abend)
            |merci|gracias|danke|buongiorno|bom\ dia|hej|hei|привет|здравствуйте|你好|您好|こんにちは|안녕하세요|مرحبا|السلام\ عليكم)
        | (?:i\ )?hop(?:e|ing)\ (?:you|this|all)\b.{0,40} | much\ appreciated | cheers | never\ mind.{0,40}
    )[\s.!?,;:)(]*$""",
    re.VERBOSE | re.IGNORECASE,
)  # fmt: skip
WISH = re.compile(
    r"(?:i|we|i'm|im|i'd|i've|my|our|there)\b.{0,60}\b(?:need|want|like to|looking for|trying to|"
    r"help|wonder|curious|question|problem|issue|error|trouble|struggling|confused|stuck|"
    r"don'?t understand|can'?t|cannot|how to)\b|(?:advice|help|ideas|tips|suggestions)\b",
    re.IGNORECASE,
)
POLITE_START = re.compile(
    r"(?:.{0,40}[,.!] )?(?:please|pls|can|could|would|will|let'?s|i(?: would|'d)? (?:want|like|need)"
    r" you to|help me|your task is)\b",
    re.IGNORECASE,
)
LATER_QUESTION = re.compile(
    r"(?:(?:[,:;]| [-–—]) |(?<=^in )\w+ |(?<=^for )\w+ |(?<=^using )\w+ )(?:(?:so|and|then|but) )?(?=(?:what|how|why|who|where|which|when|can|could|should|is|"
    r"are|do|does|will|would|please|write|give|explain|tell)\b)",
    re.IGNORECASE,
)
ROLE = re.compile(r"(?:act|pretend|behave|play|assume|imagine you|be my|be a|be an)\b", re.I)
PERSONA = re.compile(r"(?:you are|you're|you will be) (?:now )?(?=(?:an?|the|my)\b)", re.I)
ROLE_REQUEST = re.compile(
    r"\bmy (?:first|1st|initial)?\s?(?:\w+ ){0,3}?(?:request|question|sentence|command|task|problem"
    r"|query|suggestion|topic|word|message|input|title|text)s? (?:is|are)\b[:\s]*[\"“'(\[{]*(.+)",
    re.IGNORECASE,
)
RULE = re.compile(
    r"(?:please )?(?:do not|don'?t|only|just|reply|respond|answer|provide only|never|always|you (?:will|"
    r"should|must|can)|i (?:will|want|would))\b",
    re.IGNORECASE,
)
VAGUE = re.compile(
    r"\b(?:this|these|those|it|its|them|they|he|she|him|her|following|above|below|that (?!\w+ (?:is"
    r"|are|can|has|have|will|was|were)\b))\b",
    re.IGNORECASE,
)
