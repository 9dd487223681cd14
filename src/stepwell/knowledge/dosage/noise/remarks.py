"""Remarks: stretches of text that say nothing of dose or time, left unread even where a word in them is not known.

People write whatever they like into an instruction: "keep a diary", "pain nurse aware", "PPI cover given". A stretch between two marks may
be left out when it holds no number, no unit beside one, no time and no word that changes a dose, and when no unknown word
in it looks like a slip of one that would. What was left unread is told, so that a person can see it.
"""

from __future__ import annotations

from stepwell.knowledge.dosage.noise.cleaned import TIMED, Cleaned
from stepwell.knowledge.dosage.tokens import Token
from stepwell.knowledge.dosage.vocabulary import vocabulary

_TALK = frozenset(
    "unknown filler verb apply and or route site reason meal drug none who to for in at with a until after before on by supply "
    "review letter caution remove contact phone from dated month_name change_patch wear same_time apart slash unit date issue_before "
    "advice condition prose out_of dash".split()
)
_BREAKS = frozenset({"stop", "semicolon", "comma", "open", "close", "dash"})
_OF_A_REASON = frozenset(
    "unknown prose reason site and or filler slash dash none drug a of in by after on to route meal verb".split()
)
_LEADS_A_REASON = frozenset(
    "prn latin times adverb every period count when hourly number meal route site reason".split()
)
# Behind "tell us", "contact the surgery": when to do so, not when to take it.
_IN_ADVICE = frozenset(
    "when prn change period times max stop_word change_rider then thereafter ended event".split()
)
# Without a number and among words not known these tell of a plan, not of a dose: "weaning plan to follow", "max dose reached".
_IN_PROSE = frozenset("max change thereafter".split())
_WORTH_LOOKING = frozenset("unknown none advice prose who condition ended from".split()) | {"unit"}
_GOES_ON = frozenset({"unknown", "reason", "none", "prose"})
_WHILE = frozenset(
    {
        "while",
        "whilst",
        "during",
        "with",
        "until",
        "till",
        "as",
        "since",
        "because",
        "due",
        "pending",
        "awaiting",
    }
)
_CHANGED = frozenset({"reduced", "increased", "decreased"})
_OF_A_DOSE = frozenset(
    "number fraction unit latin count times adverb when dash a per slash period filler at".split()
)
_USED_TO_BE = frozenset({"was", "previously", "previous", "formerly", "previous dose", "old dose"})
_FORM_WORDS = frozenset("unit filler verb route apply supply".split())
_NUMBERED = frozenset(
    "number date clock digits period dash x ordinal ordinal_suffix dated percent equals".split()
)
_FORBIDDING = frozenset({"not", "never"})
_FORBIDDEN = frozenset({"every", "adverb"})
_NOT = frozenset({"not", "never", "don't", "dont", "doesn't", "doesnt", "isn't", "isnt"})
_OF_TAKING = frozenset(
    "take takes taken taking use uses used using give given giving prescribe prescribed start commence restart".split()
)
_HOW_REGULARLY = frozenset("regularly now currently yet anymore any more it these this them".split())
_OCCASIONS = frozenset({"when", "whenever", "during"})
_LARGEST_LIKELY_DOSE = 8
_SHORTEST_OF_NUMBERED = 3
_LONGEST_REASON = 9
_SHORTEST_TELLING_WORD = 5


def leave_remarks(cleaned: Cleaned) -> None:
    """Take remarks out of ``cleaned.kept``; they go to ``cleaned.unread`` (places in the text)."""
    if not any(token.kind in _WORTH_LOOKING for token in cleaned.kept):
        return
    cleaned.kept = _without_known_remarks(_without_reasons(cleaned.kept, cleaned), cleaned)
    kept: list[Token] = []
    before = "start"
    for stretch, closing in _stretches(cleaned.kept):
        apart = before in ("stop", "semicolon", "open") or (before == "start" and _ends_a_heading(closing))
        before = closing.kind if closing is not None else ""
        told = any(token.kind in ("number", "fraction") for token in kept)
        if told and _is_history(stretch):
            cleaned.unread.append((stretch[0].start, stretch[-1].end))
        elif _is_condition(stretch):
            kept.append(Token("prn", None, stretch[0].start, stretch[-1].end, "condition"))
        elif told and _is_occasion(stretch):
            kept.append(Token("prn", None, stretch[0].start, stretch[-1].end, "condition"))
        elif _denies(stretch) or (told and _narrows(stretch)):
            kept += stretch
        elif (
            _is_remark(stretch)
            or (told and _names_units_only(stretch))
            or (apart and _is_numbered_remark(stretch))
        ):
            cleaned.unread.append((stretch[0].start, stretch[-1].end))
        else:
            kept += stretch
        if closing is not None:
            kept.append(closing)
    cleaned.kept = kept


_REMARKED = frozenset(
    "prose filler who verb reason site drug route and or to for by with in from of the a".split()
)
_ENDS_A_DOSE = TIMED | {
    "meal",
    "period",
    "unit",
    "number",
    "wear",
    "stop",
    "semicolon",
    "comma",
    "close",
    "dash",
}


def _without_known_remarks(tokens: list[Token], cleaned: Cleaned) -> list[Token]:
    """Tokens without "safety netted", "wife manages meds" behind a full dose or before one, where every word is known to be talk."""
    last = len(tokens)
    while last and tokens[last - 1].kind in _REMARKED:
        last -= 1
    told = _is_full(tokens[:last]) and tokens[last - 1].kind in _ENDS_A_DOSE
    sentence = max((at for at in range(last) if tokens[at].kind in _BREAKS), default=-1)
    told = told and not any(token.kind in ("advice", "condition") for token in tokens[sentence + 1 : last])
    while (
        last < len(tokens)
        and tokens[last].kind != "prose"
        and tokens[last].kind in ("and", "or", "to", "for", "in", "a")
    ):
        last += 1
    if told and last < len(tokens) and _is_known_remark(tokens[last:]):
        cleaned.unread.append((tokens[last].start, tokens[-1].end))
        tokens = tokens[:last]
    first = 0
    while first < len(tokens) and tokens[first].kind in _REMARKED - {"verb", "a", "for", "drug"}:
        first += 1
    if (
        first < len(tokens)
        and tokens[first].kind in ("number", "verb", "apply", "a")
        and _is_known_remark(tokens[:first])
    ):
        cleaned.unread.append((tokens[0].start, tokens[first - 1].end))
        tokens = tokens[first:]
    return tokens


def _is_full(tokens: list[Token]) -> bool:
    kinds = {token.kind for token in tokens}
    return bool(kinds & {"number", "fraction", "a"}) and bool(kinds & TIMED)


def _is_known_remark(tokens: list[Token]) -> bool:
    """At least one word of talk, and none that begins like one that changes a dose."""
    talk = [token for token in tokens if token.kind == "prose"]
    if any(token.word == "only" for token in tokens):
        return False
    return bool(talk) and tokens[0].kind not in ("and", "or") and not any(_may_change_a_dose(t) for t in talk)


def _strange(token: Token) -> bool:
    return token.kind in ("unknown", "none", "advice", "prose")


def _stretches(tokens: list[Token]) -> list[tuple[list[Token], Token | None]]:
    found: list[tuple[list[Token], Token | None]] = []
    stretch: list[Token] = []
    for place, token in enumerate(tokens):
        if _breaks(tokens, place):
            found.append((stretch, token))
            stretch = []
        else:
            stretch.append(token)
    return [*found, (stretch, None)]


def _breaks(tokens: list[Token], place: int) -> bool:
    """A mark between two stretches. A dash or a slash is one only with room around it."""
    token = tokens[place]
    if token.kind == "dash" or token.kind == "slash":
        before = tokens[place - 1].end if place else token.start - 1
        after = tokens[place + 1].start if place + 1 < len(tokens) else token.end + 1
        return before < token.start and (after > token.end or token.kind == "dash")
    return token.kind in _BREAKS


def _is_remark(stretch: list[Token]) -> bool:
    if not stretch or not any(_strange(token) or token.kind == "who" for token in stretch):
        return False
    allowed = _TALK | (_IN_ADVICE if _advises(stretch) else _IN_PROSE)
    if stretch[0].word in _FORBIDDING or any(token.word == "try not to" for token in stretch):
        allowed |= _IN_ADVICE | _FORBIDDEN  # "not every night"
    for token in stretch:
        spell = token.kind == "times" and token.word == "time"
        if (token.kind not in allowed and not spell) or _may_change_a_dose(token):
            return False
    if any(token.kind == "condition" for token in stretch) and not _advises(stretch):
        return False
    if stretch[0].word in _FORBIDDING:
        return True
    if any(token.kind == "prose" and " " in token.word for token in stretch):
        return True
    return any(len(part) >= _SHORTEST_TELLING_WORD for token in stretch for part in token.word.split())


def _denies(stretch: list[Token]) -> bool:
    """ "Do not take", "does not take regularly": not, and nothing behind the verb that tells what with or when."""
    words = [word for token in stretch for word in token.word.split()]
    if "never" in words and any(word in ("takes", "uses") for word in words):
        return True
    while words and words[-1] in _HOW_REGULARLY:
        words.pop()
    if not words or words.pop() not in _OF_TAKING:
        return False
    while words and words[-1] in ("to", "be", "been", "being"):
        words.pop()
    return bool(words) and words[-1] in _NOT


def _narrows(stretch: list[Token]) -> bool:
    """ "Only at work", "winter only": fewer days than are written."""
    if any(token.kind == "unit" for token in stretch):
        return False  # "whole tablets only"
    return len(stretch) > 1 and (stretch[0].word == "only" or stretch[-1].word == "only")


def _is_occasion(stretch: list[Token]) -> bool:
    """ "When travelling", "during flares only": not always, so as needed."""
    return (
        len(stretch) > 1 and stretch[0].word in _OCCASIONS and _is_remark(stretch) and not _advises(stretch)
    )


def _is_history(stretch: list[Token]) -> bool:
    """ "(previously at bedtime)", "- increased from nil", "(reduced from 2 tds)": what it used to be."""
    if _is_reduced_from(stretch):
        return True
    if not stretch or any(token.kind in ("number", "fraction") for token in stretch):
        return False  # two doses in one text, whichever was meant
    if stretch[0].kind == "ended" and stretch[0].word in _USED_TO_BE:
        return True
    return len(stretch) > 1 and stretch[0].kind == "change" and stretch[1].kind == "from"


def _is_reduced_from(stretch: list[Token]) -> bool:
    """ "Dose reduced from 150mg", "increased from 1 bd": the dose before this one, and no other behind it."""
    first = 0
    while first < len(stretch) and (stretch[first].word == "dose" or stretch[first].kind == "filler"):
        first += 1
    begins = stretch[first : first + 2]
    if len(begins) < 2 or begins[0].word not in _CHANGED or begins[1].kind != "from":
        return False
    return all(token.kind in _OF_A_DOSE for token in stretch[first + 2 :])


def _is_condition(stretch: list[Token]) -> bool:
    """ "use only if paracetamol has not helped": taken on a condition, which is as needed."""
    if not any(token.kind == "condition" for token in stretch) or _advises(stretch):
        return False
    return all(token.kind in _TALK and not _may_change_a_dose(token) for token in stretch)


def _names_units_only(stretch: list[Token]) -> bool:
    """ "; whole tablets only": the form once more, with no number."""
    kinds = {token.kind for token in stretch}
    return "unit" in kinds and kinds <= _FORM_WORDS


def _ends_a_heading(closing: Token | None) -> bool:
    return closing is not None and closing.word == ":"


def _is_numbered_remark(stretch: list[Token]) -> bool:
    """ "(eGFR 34)", ". Copied from TTA 06/06/23": numbers that count neither units nor times, behind a word that tells so."""
    if not stretch or stretch[0].kind in _NUMBERED or not any(_strange(token) for token in stretch):
        return False
    for place, token in enumerate(stretch):
        counted = token.kind == "unit" and place and stretch[place - 1].kind == "number"
        if counted or token.kind not in _TALK | _NUMBERED or _may_change_a_dose(token):
            return False
        if _may_be_a_dose(stretch, place):
            return False
        if token.kind == "unknown" and vocabulary().is_like_a_telling_word(token.word):
            return False
        timed = place + 1 < len(stretch) and stretch[place + 1].kind == "period"
        if token.kind == "number" and token.word.isalpha() and not timed:
            return False  # "elderly: one"
    return any(len(token.word) >= _SHORTEST_OF_NUMBERED and _strange(token) for token in stretch)


def _may_be_a_dose(stretch: list[Token], place: int) -> bool:
    """A small bare number: "2 at night. Elderly 1". Of "3/7 left" and "1 of 6" neither is."""
    token = stretch[place]
    if token.kind != "number" or token.number > _LARGEST_LIKELY_DOSE:
        return False
    beside = stretch[max(place - 1, 0) : place] + stretch[place + 1 : place + 2]
    return not any(other.kind == "slash" or other.word == "of" for other in beside)


def _advises(stretch: list[Token]) -> bool:
    return any(token.kind == "advice" or token.word.startswith("do not") for token in stretch)


def _may_change_a_dose(token: Token) -> bool:
    if token.kind == "none":
        return token.value == "changes"
    if token.kind not in ("unknown", "prose") or token.value == "talk":
        return False
    if any(token.word.startswith(stem) for stem in vocabulary().stems):
        return True
    if token.kind == "prose":
        return False
    if token.word == "?":
        return False  # "?GP to titrate"; with a number near it the stretch is read, and refused
    return not token.word.isalpha() or vocabulary().resembles(token.word)


def _without_reasons(tokens: list[Token], cleaned: Cleaned) -> list[Token]:
    """Tokens without "for sharp shooting pains" and, behind as-needed, "sev pain": what it is for, in words not known."""
    kept: list[Token] = []
    place = 0
    while place < len(tokens):
        after = _reason_end(tokens, place, kept)
        if after > place:
            if (
                tokens[place].kind == "condition" or tokens[place].word == "during"
            ):  # "if the pain is bad": as needed, whatever the pain is
                kept.append(Token("prn", None, tokens[place].start, tokens[after - 1].end, "condition"))
            else:
                cleaned.unread.append((tokens[place].start, tokens[after - 1].end))
            place = after
            continue
        kept.append(tokens[place])
        place += 1
    return kept


def _reason_end(tokens: list[Token], place: int, kept: list[Token]) -> int:
    if not kept or kept[-1].kind not in _LEADS_A_REASON:
        return place
    first = tokens[place]
    said = first.kind in ("for", "condition") or first.word in _WHILE
    if not said and not (kept[-1].kind in ("prn", "reason") and first.kind in _GOES_ON):
        return place
    after = place + said
    while after < len(tokens) and not _breaks(tokens, after):
        token = tokens[after]
        if token.kind not in _OF_A_REASON or _may_change_a_dose(token):
            return place
        after += 1
    words = tokens[place + said : after]
    strange = first.kind == "condition" or any(_strange(token) for token in words)
    return after if 0 < len(words) <= _LONGEST_REASON and strange else place
