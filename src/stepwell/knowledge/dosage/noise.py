"""What stands in an instruction without being one: taken out, and kept, before any number is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from stepwell.knowledge.dosage.tokens import Token

_MASS = frozenset({"mg", "microgram", "g"})
_COUNTED = frozenset({"tablet", "capsule", "patch", "sachet", "suppository", "lozenge", "film", "ampoule"})
_SMALLEST_PACK = Decimal(14)
_SMALLEST_BOTTLE = Decimal(100)
_SMALLEST_SECOND_STRENGTH = Decimal(100)
_BREAKS = frozenset({"stop", "semicolon", "close"})
_CAUTION_WORDS = frozenset(
    "unknown filler verb apply and or route site reason meal drug none who caution to for in at with comma slash "
    "unit stat by on ordinal change_rider until after before a per_dose supply review dash stop_word period".split()
)
_NOUNS_OF_SUPPLY = frozenset(
    "dispensing supervised pickup collection script scripts instalments prescription prescriptions".split()
)
_VERBS_OF_SUPPLY = frozenset("dispense disp issue supply mitte quantity qty collect deliver".split())


@dataclass(slots=True)
class Cleaned:
    """The tokens left to read, and what was taken out with the flags it raises."""

    kept: list[Token] = field(default_factory=list)
    noise: list[tuple[int, int]] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    letter: str | None = None

    def drop(self, start: int, end: int) -> None:
        self.noise.append((start, end))


_OF_FREQUENCY = frozenset({"every", "to", "slash", "intervals_of"})


def _is_frequency(kept: list[Token]) -> bool:
    """Behind "every", or as the far end of a range, a number of hours is how often."""
    if not kept:
        return False
    return kept[-1].kind in _OF_FREQUENCY or (
        kept[-1].kind == "dash" and _kind(kept, len(kept) - 2) == "number"
    )


Rule = Callable[[list[Token], int, Cleaned], int]


def strip(tokens: list[Token]) -> Cleaned:
    """Tokens without noise. Each rule answers where reading goes on; the same place means it does not apply."""
    cleaned = Cleaned()
    place = 0
    while place < len(tokens):
        after = place
        for rule in _RULES.get(tokens[place].kind, ()):
            after = rule(tokens, place, cleaned)
            if after > place:
                break
        if after == place:
            cleaned.kept.append(tokens[place])
            after = place + 1
        place = after
    return cleaned


def _kind(tokens: list[Token], place: int) -> str:
    return tokens[place].kind if 0 <= place < len(tokens) else "end"


def _is_unit(tokens: list[Token], place: int, units: frozenset[str]) -> bool:
    return _kind(tokens, place) == "unit" and tokens[place].value in units


def _is_period(tokens: list[Token], place: int, *units: str) -> bool:
    return _kind(tokens, place) == "period" and tokens[place].value in units


def _glued(tokens: list[Token], place: int) -> bool:
    return place + 1 < len(tokens) and tokens[place].end == tokens[place + 1].start


def _take(tokens: list[Token], place: int, after: int, cleaned: Cleaned) -> int:
    cleaned.drop(tokens[place].start, tokens[after - 1].end)
    return after


def strength(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """30/500, 8mg/500mg, 10mg/5ml, 20mg/ml, 25micrograms/hour, 5%: the product's strength, never a dose."""
    after = place + 1
    if _kind(tokens, after) == "percent":
        return _take(tokens, place, after + 1, cleaned)
    first_has_unit = _is_unit(tokens, after, _MASS)
    after += first_has_unit
    if _kind(tokens, after) not in ("slash", "per") or (not first_has_unit and _kind(tokens, after) == "per"):
        return place
    after += 1
    if first_has_unit and _is_period(tokens, after, "hour"):
        return _take(tokens, place, after + 1, cleaned)
    if first_has_unit and _is_unit(tokens, after, frozenset({"ml", "spray", "puff"})):
        return _take(tokens, place, after + 1, cleaned)
    if _kind(tokens, after) != "number":
        return place
    second = tokens[after].number
    if first_has_unit and _is_unit(tokens, after + 1, _MASS | {"ml"}):
        return _take(tokens, place, after + 2, cleaned)
    if not first_has_unit and _is_unit(tokens, after + 1, _MASS):
        return _take(tokens, place, after + 2, cleaned)
    compound = second >= _SMALLEST_SECOND_STRENGTH and tokens[place].number < second
    if compound and _kind(tokens, after + 1) not in ("slash", "period", "times", "hourly"):
        return _take(tokens, place, after + 1, cleaned)
    return place


def water(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """150ml of water: what it is taken with."""
    if not _is_unit(tokens, place + 1, frozenset({"ml"})):
        return place
    after = place + 2
    while _kind(tokens, after) == "filler":
        after += 1
    return _take(tokens, place, after + 1, cleaned) if _kind(tokens, after) == "meal" else place


def lead_time(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """Half an hour before food, 20 minutes before physio: when, not how much."""
    if _is_frequency(cleaned.kept):
        return place
    after = place + 1
    if _kind(tokens, after) in ("dash", "to") and _kind(tokens, after + 1) == "number":
        after += 2
    if tokens[place].kind == "fraction" and _kind(tokens, after) == "a":
        after += 1
    while _kind(tokens, after) == "filler":
        after += 1
    if not _is_period(tokens, after, "minute", "hour"):
        return place
    after += 1
    if _kind(tokens, after) == "before":
        return _take(tokens, place, after + 1, cleaned)
    following = tokens[after] if after < len(tokens) else None
    if following is None:
        return place
    leads = following.kind in ("meal", "event", "when") and following.word.startswith(
        ("before", "after", "prior", "with or after")
    )
    if leads or (following.kind == "after" and _kind(tokens, after + 1) in ("meal", "meal_each", "when")):
        return _take(tokens, place, after, cleaned)
    return place


def gap(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """At least 4 hours apart, leave 4-6 hours between doses: never more often, which is not how often."""
    if _is_frequency(cleaned.kept):
        return place
    after = place
    asked = False
    while _kind(tokens, after) in ("at_least", "filler", "for"):
        asked = asked or tokens[after].kind == "at_least"
        after += 1
    number_at = after
    while _kind(tokens, after) in ("number", "dash", "to", "slash"):
        after += 1
    if after == number_at or not (
        _is_period(tokens, after, "hour", "minute") or _kind(tokens, after) == "hourly"
    ):
        return place
    after += 1
    while _kind(tokens, after) == "filler":
        after += 1
    if _kind(tokens, after) == "apart":
        return _take(tokens, place, after + 1, cleaned)
    if asked and _kind(tokens, after) in ("between", "intervals"):
        after += 1
        while _kind(tokens, after) in ("filler", "every") or _is_unit(
            tokens, after, frozenset({"dose", "tablet", "capsule"})
        ):
            after += 1
        return _take(tokens, place, after, cleaned)
    return place


def caution(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """A label warning runs to the end of its sentence or to the first word that could be a dose."""
    if tokens[place].value == "dosage_changed":
        cleaned.flags.append("dosage_changed")
        after = place + 1
        while _kind(tokens, after) in ("date", "comma", "dash", "on", "issue_before", "filler"):
            after += 1
        return _take(tokens, place, after, cleaned)
    after = _sentence_end(tokens, place + 1)
    if _kind(tokens, after) not in _BREAKS | {"end", "comma", "caution", "open"} and tokens[
        place
    ].word.startswith(_FORBIDDING):
        cleaned.kept.append(
            Token("unknown", None, tokens[place].start, tokens[place].end, tokens[place].word)
        )
        return place + 1
    last = after
    while after > place + 1 and _kind(tokens, after - 1) in ("verb", "and", "comma", "dash", "or", "filler"):
        after -= 1
    while (
        last == after
        and _kind(tokens, after) == "stop"
        and _kind(tokens, after + 1) not in ("end", "caution")
    ):
        further = _sentence_end(tokens, after + 1)
        if further == after + 1 or _kind(tokens, further) not in _BREAKS | {"end"}:
            break
        last = after = further
    return _take(tokens, place, after, cleaned)


_FORBIDDING = ("do not", "avoid", "not ", "no ", "never", "stop", "dont", "beware")


def _sentence_end(tokens: list[Token], place: int) -> int:
    """Past the words of a warning, to a break or to the first word that could carry a dose."""
    while True:
        if _kind(tokens, place) in _CAUTION_WORDS and tokens[place].value != "dosage_changed":
            place += 1
        elif (
            _kind(tokens, place) == "number"
            and _kind(tokens, place - 1) == "for"
            and _kind(tokens, place + 1) == "period"
        ):
            place += 2
        else:
            return place


def dated(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """Review in 4 weeks, review 12/03/2024, do not issue before 1 June 2024."""
    after = place + 1
    while _kind(tokens, after) in (
        "on",
        "in",
        "by",
        "filler",
        "for",
        "comma",
        "after",
        "before",
        "at",
        "due",
        "dash",
        "who",
    ):
        after += 1
    body = after
    if _kind(tokens, after) in ("date", "month_name"):
        after += 1
        while _kind(tokens, after) == "number" and tokens[after].number > 2000:
            after += 1
    elif _kind(tokens, after) in ("number", "a") and _kind(tokens, after + 1) in (
        "ordinal_suffix",
        "month_name",
    ):
        after += 2
        while _kind(tokens, after) == "month_name" or (
            _kind(tokens, after) == "number" and tokens[after].number > 2000
        ):
            after += 1
    elif _kind(tokens, after) in ("number", "a"):
        after = _span_of_time(tokens, after)
    elif _kind(tokens, after) == "number":
        after = body
    return _take(tokens, place, max(after, place + 1), cleaned)


def _span_of_time(tokens: list[Token], place: int) -> int:
    """Past "4 weeks", "2-4 weeks", "2/52", "a month"; the same place when it is none of these."""
    after = place + 1
    if _kind(tokens, after) in ("dash", "to", "slash") and _kind(tokens, after + 1) == "number":
        slash = tokens[after].kind == "slash"
        if slash and tokens[after + 1].number in (7, 12, 52):
            return after + 2
        after += 2
    return after + 1 if _is_period(tokens, after, "day", "week", "month", "fortnight") else place


def supply(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """Dispense weekly, 28 day supply, weekly script, supply 56 tablets, 7/7 scripts."""
    noun = tokens[place].word not in _VERBS_OF_SUPPLY
    after = _after_supply(tokens, place + 1, noun)
    if after == place + 1 or noun:
        _drop_before_supply(tokens, place, after, cleaned)
    return _take(tokens, place, after, cleaned)


def _is_pack(tokens: list[Token], place: int, noun: bool) -> bool:
    """Behind "script" or "pack" a small number is the next dose, not a quantity."""
    if not noun or _kind(tokens, place) != "number":
        return True
    return tokens[place].number >= _SMALLEST_PACK or _span_of_time(tokens, place) > place


def _after_supply(tokens: list[Token], after: int, noun: bool) -> int:
    while True:
        here = _kind(tokens, after)
        if here in ("filler", "supply", "for", "in", "who", "comma", "from") and _supply_goes_on(
            tokens, after + 1
        ):
            after += 1
        elif here == "supply":
            after += 1
        elif here == "adverb":
            return after + 1
        elif here == "every" and _is_period(tokens, after + 1, "week", "day", "month"):
            return after + 2
        elif here in ("number", "x", "every"):
            return _quantity(tokens, after) if _is_pack(tokens, after, noun) else after
        elif here == "who":
            return after + 1
        else:
            return after


def _supply_goes_on(tokens: list[Token], place: int) -> bool:
    here = _kind(tokens, place)
    if here == "number":
        return _quantity(tokens, place) > place
    return here in ("adverb", "every", "who", "supply", "x") or (
        here == "filler" and _supply_goes_on(tokens, place + 1)
    )


def _quantity(tokens: list[Token], place: int) -> int:
    """Past "56", "56 tablets", "2 x 28", "7 days", "7/7", "every 4 weeks"."""
    after = place
    while _kind(tokens, after) in ("x", "every"):
        after += 1
    if _kind(tokens, after) != "number":
        return after if after > place else place
    spanned = _span_of_time(tokens, after)
    if spanned > after:
        return spanned
    after += 1
    if _kind(tokens, after) == "x" and _kind(tokens, after + 1) == "number":
        after += 2
    if _is_unit(tokens, after, _COUNTED | {"ml", "g"}):
        return after + 1 if _kind(tokens, after + 1) not in _TIMED else place
    follows = _kind(tokens, after)
    return after if follows in ("end", "comma", "dash", "number", "supply", *_BREAKS) else place


def _drop_before_supply(tokens: list[Token], place: int, after: int, cleaned: Cleaned) -> None:
    """Take back what was kept and belongs to the supply: "28 day", "weekly", "7/7"."""
    kept = cleaned.kept
    while (
        kept and kept[-1].kind in ("filler", "dash") and kept[-1].end <= tokens[place].start and len(kept) > 1
    ):
        if kept[-2].kind in ("period", "adverb"):
            kept.pop()
        else:
            break
    if not kept:
        return
    last = kept[-1]
    if last.kind == "adverb":
        daily = last.value == "1"
        before = kept[-2].kind if len(kept) > 1 else "end"
        if not daily or (
            tokens[place].word in _NOUNS_OF_SUPPLY and before not in ("number", "unit", "count", "fraction")
        ):
            kept.pop()
            cleaned.drop(last.start, last.end)
    elif (
        last.kind == "period"
        and last.value != "hour"
        and len(kept) > 1
        and kept[-2].kind in ("number", "dash")
    ):
        kept.pop()
        while kept and kept[-1].kind == "dash":
            kept.pop()
        first = kept.pop() if kept and kept[-1].kind == "number" else last
        cleaned.drop(first.start, last.end)
    elif len(kept) > 2 and last.kind == "number" and kept[-2].kind == "slash" and last.number in (7, 52, 12):
        first = kept[-3]
        del kept[-3:]
        cleaned.drop(first.start, last.end)


def pack(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """56 tabs. / 2 x 28 / (56) / x 56: how many were supplied. Only numbers too large to be one dose."""
    if (
        tokens[place].kind == "number"
        and cleaned.kept
        and cleaned.kept[-1].kind in ("slash", "every", "dash", "max", "upto")
    ):
        return place
    first = place + (tokens[place].kind in ("x", "open"))
    if _kind(tokens, first) != "number":
        return place
    after = first + 1
    many = tokens[first].number
    if _kind(tokens, after) == "x" and _kind(tokens, after + 1) == "number":
        many = tokens[after + 1].number
        after += 2
    unit = tokens[after].value if _kind(tokens, after) == "unit" else None
    if unit is not None:
        after += 1
    elif tokens[place].kind == "open" and _is_period(tokens, after, "day", "week", "month"):
        many *= {"day": 1, "week": 7, "month": 28}[str(tokens[after].value)]
        after += 1
    enough = many >= (_SMALLEST_BOTTLE if unit in ("ml", "g") else _SMALLEST_PACK)
    if not enough or unit in ("mg", "microgram") or many != many.to_integral_value():
        return place
    if (
        tokens[place].kind == "number"
        and cleaned.kept
        and cleaned.kept[-1].kind in ("number", "fraction", "unit")
    ):
        return place
    if tokens[place].kind == "open":
        return _take(tokens, place, after + 1, cleaned) if _kind(tokens, after) == "close" else place
    if tokens[place].kind == "x" or tokens[after - 1 - (unit is not None)] is not tokens[first]:
        alone = _kind(tokens, after) not in ("times", "hourly", "period", "adverb")
        return _take(tokens, place, after, cleaned) if alone else place
    if unit not in _COUNTED and unit not in ("ml", "g"):
        return place
    if not any(token.kind in ("number", "fraction") for token in cleaned.kept):
        return _take(tokens, place, after, cleaned) if _dose_follows(tokens, after) else place
    return _take(tokens, place, after, cleaned) if _ends(tokens, after, cleaned) else place


def _dose_follows(tokens: list[Token], after: int) -> bool:
    """A fresh dose stands next: a number that is not itself the frequency."""
    while _kind(tokens, after) in ("stop", "comma", "dash", "verb", "filler", "semicolon", "apply"):
        after += 1
    if _kind(tokens, after) == "upto":
        after += 1
    if _kind(tokens, after) == "unit":
        after += 1
    if _kind(tokens, after) not in ("number", "fraction", "a"):
        return False
    after += 1
    while _kind(tokens, after) in ("dash", "to", "or", "slash") and _kind(tokens, after + 1) in (
        "number",
        "fraction",
    ):
        after += 2
    if _kind(tokens, after) == "x":
        return _kind(tokens, after + 1) in ("number", "unit")
    return _kind(tokens, after) not in ("times", "hourly", "period", "slash") and not (
        _kind(tokens, after) == "dash" and _kind(tokens, after + 1) == "hourly"
    )


_TIMED = frozenset("latin count adverb when every prn hourly times om on".split())


def _ends(tokens: list[Token], after: int, cleaned: Cleaned) -> bool:
    following = _kind(tokens, after)
    if following not in ("end", "stop", "supply"):
        return False
    previous = cleaned.kept[-1].kind if cleaned.kept else "end"
    return previous in _TIMED | {"stop", "comma", "dash", "period", "close"}


def contact(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """A telephone number; but "at 0800" is a time of day."""
    if (
        tokens[place].kind == "digits"
        and _kind(cleaned.kept, len(cleaned.kept) - 1) == "at"
        and tokens[place].word < "2400"
    ):
        hour, minute = tokens[place].word[:2], tokens[place].word[2:]
        if len(tokens[place].word) == 4 and minute < "60":
            clock = int(hour) * 60 + int(minute)
            cleaned.kept.append(
                Token("clock", clock, tokens[place].start, tokens[place].end, tokens[place].word)
            )
            return place + 1
    after = place + 1
    while _kind(tokens, after) in ("digits", "stop", "comma", "filler") or (
        _kind(tokens, after) == "number" and tokens[after].number >= 100
    ):
        after += 1
    if (
        tokens[place].kind == "phone"
        and _kind(tokens, after) == "number"
        and _kind(tokens, after + 1) in ("end", "stop")
    ):
        after += 1
    return _take(tokens, place, after, cleaned)


def date(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """A date, with the word before it that only introduces it."""
    kept = cleaned.kept
    start = tokens[place].start
    while kept and kept[-1].kind in ("from", "until", "on", "issue_before"):
        start = kept.pop().start
    cleaned.drop(start, tokens[place].end)
    return place + 1


def letter(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """As per hospital letter: noise beside a dose, a refusal when nothing else is said."""
    cleaned.letter = str(tokens[place].value)
    after = place + 1
    while _kind(tokens, after) in ("date", "filler"):
        after += 1
    return _take(tokens, place, after, cleaned)


def wear(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """12 hours on, 12 hours off: how long a plaster is worn. Once in every 24 hours when nothing else is said."""
    after = place
    hours = 0
    marks = False
    start = place
    while _kind(tokens, after) in (
        "number", "period", "on", "onoff", "for", "then", "remove", "and", "comma", "slash", "after", "filler", "apply", "dash", "in",
    ):  # fmt: skip
        here = tokens[after]
        if here.kind == "period":
            if here.value != "hour":
                break
            hours += 1
        if (
            here.kind == "number"
            and not _is_period(tokens, after + 1, "hour")
            and _kind(tokens, after + 1) not in ("slash",)
        ):
            break
        if here.kind in ("remove", "onoff"):
            marks = True
        after += 1
    while after > start and tokens[after - 1].kind in (
        "and",
        "comma",
        "filler",
        "dash",
        "then",
        "for",
        "in",
        "apply",
        "after",
    ):
        after -= 1
    if hours == 0 or not marks or after == place:
        return place
    cleaned.kept.append(Token("wear", None, tokens[place].start, tokens[after - 1].end, "wear"))
    return _take(tokens, place, after, cleaned)


_RULES: dict[str, tuple[Rule, ...]] = {
    "number": (strength, lead_time, wear, gap, water, pack),
    "fraction": (lead_time,),
    "a": (lead_time,),
    "on": (wear,),
    "for": (wear,),
    "after": (wear,),
    "remove": (wear,),
    "filler": (gap,),
    "at_least": (lead_time, gap),
    "caution": (caution,),
    "review": (dated,),
    "issue_before": (dated,),
    "supply": (supply,),
    "x": (pack,),
    "open": (pack,),
    "digits": (contact,),
    "phone": (contact,),
    "contact": (contact,),
    "date": (date,),
    "letter": (letter,),
}
