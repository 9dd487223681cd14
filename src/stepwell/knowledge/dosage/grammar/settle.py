"""Between noise and grammar: words that carry no number go, and the two-faced ones (on, om, to, dash) are settled."""

from __future__ import annotations

from stepwell.knowledge.dosage.grammar.turned import turned
from stepwell.knowledge.dosage.tokens import Token

_MOST_AT_ONCE = 4
_TIME_BEGINS = frozenset("for every latin count when adverb hourly intervals_of upto stop end comma".split())
_AMOUNT_BEGINS = frozenset({"number", "fraction", "a"})
_SILENT = frozenset(
    {"verb", "filler", "route", "site", "reason", "meal", "drug", "month_name", "ordinal_suffix"}
)
_OPERATIONS = frozenset(
    f"{when} {what}"
    for when in ("after", "following")
    for what in ("operation", "surgery", "procedure", "op")
)
_ATTACHED = frozenset({"reason", "site", "meal", "route", "filler"})
_NUMBERS = frozenset({"number", "fraction", "count", "latin", "weekday"})
_AFTER_NIGHT = frozenset(
    "end and comma stop semicolon dash number fraction prn then for max upto open close or when x change meal".split()
)
_BEFORE_NIGHT = frozenset({"number", "fraction", "unit", "close", "when", "comma", "prn", "open"})
_RIDERS = frozenset(
    {"po", "orally", "oral", "by mouth", "regularly", "regular", "please", "sls", "only", "with"}
)
_AFTER_PREPOSITION = frozenset(
    "weekday weekdays alternate alternate_day site filler a ordinal every date period end reason route number event".split()
)
_KEPT_AFTER_SLASH = frozenset("number fraction period latin count weekday unit adverb a".split())
_KEPT_AFTER_FOR = frozenset("number fraction a period ordinal upto max every".split())
_KEPT_AFTER_IN = frozenset("number fraction a divided period every count".split())


def settle(tokens: list[Token], text: str) -> list[Token]:
    """The tokens the grammar reads."""
    settled: list[Token] = []
    behind = ""
    for place, token in enumerate(tokens):
        kept = _settled(tokens, place, token, settled, text)
        if kept is not None:
            kept.behind = kept.behind or behind
            settled.append(kept)
            behind = ""
        elif token.kind in ("verb", "drug"):
            behind = token.kind
    return settled


def _kind(tokens: list[Token], place: int) -> str:
    return tokens[place].kind if 0 <= place < len(tokens) else "end"


def _settled(tokens: list[Token], place: int, token: Token, settled: list[Token], text: str) -> Token | None:
    another = turned(tokens, place, token, settled)
    if another is not token:
        return another
    kind = token.kind
    if kind in _SILENT:
        if kind == "meal" and _kind(tokens, place + 1) == "and" and _time_follows(tokens, place + 2):
            return Token("ambiguous", None, token.start, token.end, token.word)
        return _silent(tokens, place, token, settled)
    if kind == "event" and token.word in _OPERATIONS and _kind(tokens, place - 1) in ("reason", "site"):
        return None  # "for severe pain following operation"
    if kind == "unit" and _names_the_product(tokens, place, settled):
        return None
    if kind == "slash" and _lists_times(tokens, place):
        return Token("comma", None, token.start, token.end, ",")
    decide = _DECISIONS.get(kind)
    if decide is None:
        return token
    if kind in ("on", "om"):
        return _latin_time(tokens, place, token, settled, text)
    return token if decide(tokens, place, settled) else None


def _names_the_product(tokens: list[Token], place: int, settled: list[Token]) -> bool:
    """The form in "co-codamol tablets", where no number stands before it."""
    if _kind(tokens, place - 1) != "drug" or tokens[place].value not in ("tablet", "capsule", "patch"):
        return False
    return not settled or settled[-1].kind not in ("number", "fraction", "unit", "drug")


def _time_follows(tokens: list[Token], place: int) -> bool:
    """ "after meals and at bedtime": the meals count as times, and how many is not said."""
    while _kind(tokens, place) in ("at", "before", "filler", "on", "after"):
        place += 1
    return _kind(tokens, place) == "when"


def _silent(tokens: list[Token], place: int, token: Token, settled: list[Token]) -> Token | None:
    """A substance right behind a mass is kept, for "max 4g paracetamol"; ordinals keep their ending."""
    if token.kind == "drug" and settled and settled[-1].kind == "unit" and settled[-1].value in ("mg", "g"):
        return token
    if (
        token.kind == "ordinal_suffix"
        and settled
        and settled[-1].kind == "number"
        and settled[-1].end == token.start
    ):
        number = settled.pop()
        return Token("ordinal", number.value, number.start, token.end, number.word)
    return None


def _latin_time(
    tokens: list[Token], place: int, token: Token, settled: list[Token], text: str
) -> Token | None:
    """OM and ON after a dose, or after "and" behind another time, or in capitals in a text that has small letters."""
    worn = token.kind == "on" and any(t.kind == "unit" and t.value == "patch" for t in settled)
    if worn and _kind(tokens, place + 1) in ("wear", "every", "for"):
        return None  # "1 plaster on for 12 hours", "put one patch on each morning"
    before = settled[-1].kind if settled else "end"
    if before == "and" and len(settled) > 1 and settled[-2].kind in ("when", "latin", "count"):
        before = "when"
    written = text[token.start : token.end]
    capitals = written.isupper() and text.upper() != text
    if token.kind == "om":
        placed = capitals or any(earlier.kind in ("number", "fraction", "unit") for earlier in settled)
    else:
        placed = _night_follows(tokens, place + 1) and (before in _BEFORE_NIGHT or capitals)
    if placed:
        return Token("when", token.value, token.start, token.end, token.word)
    if (
        token.kind == "on"
        and _kind(tokens, place + 1) in ("period", "filler")
        and _day_follows(tokens, place + 1)
    ):
        return Token("on_day", None, token.start, token.end, token.word)
    if token.kind == "on" and _is_preposition(tokens, place + 1, before):
        return None
    return Token("unknown", None, token.start, token.end, token.word)


def _day_follows(tokens: list[Token], place: int) -> bool:
    """ "on day 2", "on the second day"."""
    while _kind(tokens, place) == "filler":
        place += 1
    if _kind(tokens, place) == "ordinal":
        return _kind(tokens, place + 1) == "period"
    return _kind(tokens, place) == "period" and _kind(tokens, place + 1) == "number"


def _night_follows(tokens: list[Token], place: int) -> bool:
    following = _kind(tokens, place)
    return following in _AFTER_NIGHT or (following in ("route", "filler") and tokens[place].word in _RIDERS)


def _is_preposition(tokens: list[Token], place: int, before: str) -> bool:
    """Whether "on" leads to a day, a place or a date. Behind a dose with anything else next it might be "at night"."""
    if _kind(tokens, place) not in _AFTER_PREPOSITION:
        return False
    might_be_night = before in _BEFORE_NIGHT and _kind(tokens, place) in ("filler", "route", "reason", "end")
    return not might_be_night or tokens[place].word in ("the", "a regular basis")


def _keeps_dash(tokens: list[Token], place: int, settled: list[Token]) -> bool:
    token = tokens[place]
    before = tokens[place - 1] if place else None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    tight_before = before is not None and before.end == token.start
    tight_after = after is not None and after.start == token.end
    token.value = None if tight_before and tight_after else "spaced"
    if before is None or after is None:
        return False
    ranged = settled and settled[-1].kind in _NUMBERS | {"unit", "adverb"} and after.kind in _NUMBERS
    if ranged:
        return True
    return token.value == "spaced" or not (tight_before and tight_after)


def _keeps_to(tokens: list[Token], place: int, settled: list[Token]) -> bool:
    return _kind(tokens, place + 1) not in _ATTACHED or (bool(settled) and settled[-1].kind == "change")


def _keeps_or(tokens: list[Token], place: int, settled: list[Token]) -> bool:
    return not (_kind(tokens, place - 1) in _ATTACHED and _kind(tokens, place + 1) in _ATTACHED | {"prn"})


def _keeps_and(tokens: list[Token], place: int, settled: list[Token]) -> bool:
    del settled
    following = _kind(tokens, place + 1)
    before = _kind(tokens, place - 1)
    if following == "verb" and (_kind(tokens, place + 2) in _TIME_BEGINS or _counts_times(tokens, place + 2)):
        return False  # "dissolve two in water and drink every six hours"
    if _nothing_follows(tokens, place + 1):
        return False  # "then removed and new one to different site"
    listed = following in _ATTACHED and before in _ATTACHED and (following != "filler" or before == "reason")
    return not (listed or following == "change_rider")


def _counts_times(tokens: list[Token], place: int) -> bool:
    """ "... and take four times a day": the number counts times, not a dose."""
    return _kind(tokens, place) == "number" and _kind(tokens, place + 1) == "times"


def _nothing_follows(tokens: list[Token], place: int) -> bool:
    """Only silent words up to the end of the sentence, and at least one."""
    after = place
    while _kind(tokens, after) in _SILENT | {"to", "unread"}:
        after += 1
    return after > place and _kind(tokens, after) in ("end", "stop")


def _keeps_for(tokens: list[Token], place: int, settled: list[Token]) -> bool:
    del settled
    if _kind(tokens, place + 1) == "period" and _kind(tokens, place + 2) == "number":
        return False  # "for day 2"
    return _kind(tokens, place + 1) in _KEPT_AFTER_FOR


def _keeps_in(tokens: list[Token], place: int, settled: list[Token]) -> bool:
    del settled
    after = place + 1
    while _kind(tokens, after) == "filler":
        after += 1
    if _kind(tokens, after) == "period" and _kind(tokens, after + 1) == "number":
        return False  # "in week 2"
    return _kind(tokens, after) in _KEPT_AFTER_IN


def _keeps_at(tokens: list[Token], place: int, settled: list[Token]) -> bool:
    del settled
    dosed = _kind(tokens, place + 1) == "number" and _kind(tokens, place + 2) == "unit"
    started = place > 0 and tokens[place - 1].word.startswith(("start", "begin", "commenc"))
    if (
        started
        and _kind(tokens, place + 2) in ("when", "latin")
        and tokens[place + 2].word not in ("am", "pm")
    ):
        return False  # "start at 1 nocte"
    return _kind(tokens, place + 1) in ("number", "clock") and not dosed  # "start at 8 tabs daily"


def _keeps_after(tokens: list[Token], place: int, settled: list[Token]) -> bool:
    del settled
    return _kind(tokens, place + 1) in ("number", "a", "fraction")


def _keeps_slash(tokens: list[Token], place: int, settled: list[Token]) -> bool:
    """A slash joins numbers, units and times; before other words, and before "week 2", it is only a pause."""
    del settled
    before, token = tokens[place - 1] if place else None, tokens[place]
    apart = before is not None and before.end < token.start and place + 1 < len(tokens)
    if apart and tokens[place + 1].start > token.end and before is not None and before.kind not in _NUMBERS:
        return False  # "600 mg / oral / TDS"
    if apart and _kind(tokens, place + 1) == "period" and _kind(tokens, place + 2) == "number":
        return False
    if _kind(tokens, place - 1) == "when" and _kind(tokens, place + 1) in (
        "number",
        "fraction",
    ):
        return False  # "10mg am/20mg pm"
    return _kind(tokens, place + 1) in _KEPT_AFTER_SLASH


def _lists_times(tokens: list[Token], place: int) -> bool:
    """ "mane/at 2pm/nocte": times of day in a row. "Evening/night" may be either."""
    after = place + 1
    while _kind(tokens, after) in ("at", "in", "filler", "every", "on"):
        after += 1
    if _kind(tokens, place - 1) not in ("when", "clock") or _kind(tokens, after) not in (
        "when",
        "clock",
        "number",
    ):
        return False
    if _kind(tokens, after) == "number" and after == place + 1:
        hour = tokens[after].number > _MOST_AT_ONCE and _kind(tokens, after + 1) == "when"
        return hour and tokens[after + 1].word in ("am", "pm")  # "eve/10pm", but not "1am/2pm"
    return {tokens[place - 1].value, tokens[after].value} != {"evening", "night"}


def _keeps_before(tokens: list[Token], place: int, settled: list[Token]) -> bool:
    del settled
    return _kind(tokens, place + 1) not in ("when", "meal", "filler", "meal_each", "apply")


def _keeps_a(tokens: list[Token], place: int, settled: list[Token]) -> bool:
    del settled
    return _kind(tokens, place + 1) not in ("weekday", "filler", "reason", "route", "site", "meal")


def _keeps_who(tokens: list[Token], place: int, settled: list[Token]) -> bool:
    del tokens, place, settled
    return True


_DECISIONS = {
    "on": _keeps_who,
    "om": _keeps_who,
    "dash": _keeps_dash,
    "to": _keeps_to,
    "or": _keeps_or,
    "and": _keeps_and,
    "for": _keeps_for,
    "in": _keeps_in,
    "at": _keeps_at,
    "after": _keeps_after,
    "before": _keeps_before,
    "slash": _keeps_slash,
    "a": _keeps_a,
}
