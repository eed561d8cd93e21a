"""English names of languages, as WildChat and LMSYS-Chat-1M write them -> ISO 639-1 codes."""

from __future__ import annotations

from typing import Final

_PAIRS = """
    afrikaans af, albanian sq, amharic am, arabic ar, armenian hy, azerbaijani az, basque eu,
    belarusian be, bengali bn, bosnian bs, bulgarian bg, burmese my, catalan ca, chinese zh,
    croatian hr, czech cs, danish da, dutch nl, english en, esperanto eo, estonian et, finnish fi,
    french fr, galician gl, georgian ka, german de, greek el, gujarati gu, hebrew he, hindi hi,
    hungarian hu, icelandic is, indonesian id, irish ga, italian it, japanese ja, javanese jv,
    kannada kn, kazakh kk, khmer km, korean ko, kurdish ku, kyrgyz ky, lao lo, latin la, latvian
    lv, lithuanian lt, macedonian mk, malagasy mg, malay ms, malayalam ml, maltese mt, marathi mr,
    mongolian mn, nepali ne, norwegian no, pashto ps, persian fa, polish pl, portuguese pt,
    punjabi pa, romanian ro, russian ru, serbian sr, sinhala si, slovak sk, slovenian sl, somali
    so, spanish es, swahili sw, swedish sv, tagalog tl, tamil ta, telugu te, thai th, tibetan bo,
    turkish tr, ukrainian uk, urdu ur, uzbek uz, vietnamese vi, welsh cy, xhosa xh, yiddish yi,
    yoruba yo, zulu zu
"""

LANGUAGE_CODES: Final[dict[str, str | None]] = {
    **dict(pair.split() for pair in _PAIRS.split(",")),
    # How detectors write that they could not tell.
    **dict.fromkeys(("unknown", "nolang", "und", "none", "null"), None),
}
"""Lower-case name -> code; null for the words that stand for no known language."""
