"""Strengths, what a dose is taken with, and how long before or apart."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.dosage.grammar.day import MASS_IN_MG
from stepwell.knowledge.dosage.noise.alongside import is_told
from stepwell.knowledge.dosage.noise.cleaned import (
    MASS,
    Cleaned,
    is_frequency,
    is_period,
    is_unit,
    kind_at,
    take,
)
from stepwell.knowledge.dosage.tokens import Token

_HOURS_IN_A_DAY = 24
_DRINKS = frozenset({"water", "milk", "juice", "warm water", "cold water", "liquid"})
_SMALLEST_SECOND_STRENGTH = Decimal(100)


def strength(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """30/500, 8mg/500mg, 10mg/5ml, 20mg/ml, 25micrograms/hour, 5%: the product's strength, never a dose."""
    after = place + 1
    if kind_at(tokens, after) == "percent":
        return take(tokens, place, after + 1, cleaned)
    first_has_unit = is_unit(tokens, after, MASS)
    after += first_has_unit
    if kind_at(tokens, after) not in ("slash", "per") or (
        not first_has_unit and kind_at(tokens, after) == "per"
    ):
        return place
    after += 1
    if first_has_unit and is_period(tokens, after, "hour"):
        _stated(tokens, place, Decimal(1), "hour", cleaned)
        return take(tokens, place, after + 1, cleaned)
    if first_has_unit and is_unit(tokens, after, frozenset({"ml", "spray", "puff"})):
        _stated(tokens, place, Decimal(1), str(tokens[after].value), cleaned)
        return take(tokens, place, after + 1, cleaned)
    if kind_at(tokens, after) != "number":
        return place
    second = tokens[after].number
    if first_has_unit and is_unit(tokens, after + 1, MASS | {"ml"}):
        _stated(tokens, place, second, str(tokens[after + 1].value), cleaned)
        return take(tokens, place, after + 2, cleaned)
    if not first_has_unit and is_unit(tokens, after + 1, MASS):
        cleaned.named.append(tokens[place].number)
        return take(tokens, place, after + 2, cleaned)
    compound = second >= _SMALLEST_SECOND_STRENGTH and tokens[place].number < second
    if compound and kind_at(tokens, after + 1) not in ("slash", "period", "times", "hourly"):
        cleaned.named.append(tokens[place].number)
        return take(tokens, place, after + 1, cleaned)
    return place


def _stated(tokens: list[Token], place: int, per: Decimal, unit: str, cleaned: Cleaned) -> None:
    """Keep a strength that can be compared with the product's: mg an hour, or mg a ml."""
    if cleaned.kept and cleaned.kept[-1].kind == "total":
        return  # "total 175mcg/hr": of several patches
    if unit in ("hour", "ml") and per > 0 and tokens[place + 1].value in MASS_IN_MG:
        cleaned.strengths.append(
            (tokens[place].number * MASS_IN_MG[str(tokens[place + 1].value)] / per, unit)
        )


def water(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """150ml of water: what it is taken with."""
    if not is_unit(tokens, place + 1, frozenset({"ml"})):
        return place
    after = place + 2
    if kind_at(tokens, after) == "filler" and tokens[after].word == "of":
        after += 1
    drink = kind_at(tokens, after) == "meal" and tokens[after].word in _DRINKS
    return take(tokens, place, after + 1, cleaned) if drink else place


_WEIGHED = frozenset(
    {"weight", "wt", "weighs", "under", "below", "over", "<", ">", "body weight", "less than"}
)


def body_weight(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "(weight <50kg)", "1 qds under 50kg": of the person, and why the dose is what it is. "If under 50kg" is a condition."""
    if place + 1 >= len(tokens) or tokens[place + 1].word not in ("kg", "kgs"):
        return place
    kept = cleaned.kept
    if not any(token.kind in ("number", "fraction") for token in kept):
        return place
    start = tokens[place].start
    while kept and (kept[-1].word in _WEIGHED or kept[-1].kind == "filler"):
        start = kept.pop().start
    told = any(token.kind in ("number", "fraction") for token in kept)
    conditional = any(token.kind in ("condition", "prn", "or") for token in kept[-1:])
    per_kilo = bool(kept) and kept[-1].kind in ("slash", "per", "unit")
    cleaned.drop(start, tokens[place + 1].end)
    if not told or conditional or per_kilo:
        kept.append(Token("unknown", None, start, tokens[place + 1].end, "kg"))
    return place + 2


def lead_time(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """Half an hour before food, 20 minutes before physio: when, not how much."""
    if is_frequency(cleaned.kept):
        return place
    after = place + 1
    if kind_at(tokens, after) in ("dash", "to") and kind_at(tokens, after + 1) == "number":
        after += 2
    if tokens[place].kind == "fraction" and kind_at(tokens, after) == "a":
        after += 1
    while kind_at(tokens, after) == "filler":
        after += 1
    if not is_period(tokens, after, "minute", "hour"):
        return place
    after += 1
    if kind_at(tokens, after) in ("or", "to") and kind_at(tokens, after + 1) == "number":
        after += 2  # "an hour or two before bedtime"
    if kind_at(tokens, after) == "before":
        return take(tokens, place, after + 1, cleaned)
    following = tokens[after] if after < len(tokens) else None
    if following is None:
        return place
    leads = following.kind in ("meal", "event", "when") and following.word.startswith(
        ("before", "after", "prior", "with or after")
    )
    if leads and following.kind == "when" and any(token.kind == "when" for token in cleaned.kept):
        return take(tokens, place, after + 1, cleaned)  # "in the evening about 2 hrs before sleep"
    if leads or (following.kind == "after" and kind_at(tokens, after + 1) in ("meal", "meal_each", "when")):
        return take(tokens, place, after, cleaned)
    return place


def gap(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """At least 4 hours apart, leave 4-6 hours between doses: never more often, which is not how often."""
    if is_frequency(cleaned.kept):
        return place
    after = place
    asked = False
    while kind_at(tokens, after) in ("at_least", "filler", "for", "a"):
        asked = asked or tokens[after].kind == "at_least"
        after += 1
    number_at = after
    while kind_at(tokens, after) in ("number", "dash", "to", "slash"):
        after += 1
    if after == number_at or not (
        is_period(tokens, after, "hour", "minute") or kind_at(tokens, after) == "hourly"
    ):
        return place
    after += 1
    while kind_at(tokens, after) == "filler":
        after += 1
    if kind_at(tokens, after) == "apart":
        return take(tokens, place, after + 1, cleaned)
    if asked and kind_at(tokens, after) in ("between", "intervals"):
        after += 1
        while kind_at(tokens, after) in ("filler", "every") or is_unit(
            tokens, after, frozenset({"dose", "tablet", "capsule"})
        ):
            after += 1
        return take(tokens, place, after, cleaned)
    return place


def wear(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """12 hours on, 12 hours off: how long a plaster is worn. Once in every 24 hours when nothing else is said."""
    after = place
    hours = 0
    marks = False
    start = place
    while kind_at(tokens, after) in (
        "number", "period", "on", "onoff", "for", "then", "remove", "and", "comma", "slash", "after", "filler", "apply", "dash", "in",
    ):  # fmt: skip
        here = tokens[after]
        if here.kind == "period":
            if here.value != "hour":
                break
            hours += 1
        if (
            here.kind == "number"
            and not is_period(tokens, after + 1, "hour")
            and kind_at(tokens, after + 1) not in ("slash", "onoff")
        ):
            break
        if here.kind == "number" and here.number >= _HOURS_IN_A_DAY:
            return place
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
    return take(tokens, place, after, cleaned)


def _has_patch(cleaned: Cleaned) -> bool:
    return any(token.kind == "unit" and token.value == "patch" for token in cleaned.kept)


def worn_for(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """Behind patches: "for up to 12 hours", "for no longer than 12 hours per day", "12 hrs in 24": how long one is worn."""
    if not _has_patch(cleaned):
        return place
    after = place
    while kind_at(tokens, after) in ("for", "upto", "max"):
        after += 1
    short = kind_at(tokens, after) == "number" and tokens[after].number < _HOURS_IN_A_DAY
    if not short or not is_period(tokens, after + 1, "hour"):
        return place
    after += 2
    end = after
    while kind_at(tokens, end) in ("in", "per", "a", "every", "slash"):
        end += 1
    if end > after and (
        is_period(tokens, end, "day") or (kind_at(tokens, end) == "number" and tokens[end].number == 24)
    ):
        after = end + 1 + is_period(tokens, end + 1, "hour")
    elif after == place + 2:
        return place
    after = _past_time_off(tokens, after)
    cleaned.kept.append(Token("wear", None, tokens[place].start, tokens[after - 1].end, "wear"))
    return take(tokens, place, after, cleaned)


def _past_time_off(tokens: list[Token], place: int) -> int:
    """Past "followed by 12 hours off", "then a 12-hour plaster-free interval"."""
    after = place
    while kind_at(tokens, after) in ("comma", "then", "and", "filler", "a", "dash"):
        after += 1
    if kind_at(tokens, after) != "number" or tokens[after].number >= _HOURS_IN_A_DAY:
        return place
    after += 1 + (kind_at(tokens, after + 1) == "dash")
    if not is_period(tokens, after, "hour"):
        return place
    after += 1
    while kind_at(tokens, after) in ("filler", "unit", "dash"):
        after += 1
    if kind_at(tokens, after) not in ("onoff", "wear_free", "remove"):
        return place
    after += 1
    while kind_at(tokens, after) in ("intervals", "period", "filler") and kind_at(tokens, after) != "stop":
        after += 1
    return after


def _days_after(tokens: list[Token], place: int) -> bool:
    if kind_at(tokens, place) != "after" or kind_at(tokens, place + 1) != "number":
        return False
    return is_period(tokens, place + 2, "day", "week")


def taken_off(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """Remove at night, take off at 10am, peel off 12 hours later, leave off for 12 hours: when it comes off."""
    hours_later = kind_at(tokens, place + 3) == "later" and is_period(tokens, place + 2, "hour")
    if tokens[place].kind == "onoff" and (
        tokens[place].word != "off" or not (_has_patch(cleaned) or hours_later)
    ):
        return place
    if _has_patch(cleaned) and _days_after(tokens, place + 1):
        cleaned.kept.append(
            Token("apply", "change", tokens[place].start, tokens[place].end, tokens[place].word)
        )
        return place + 1  # "remove after 7 days and apply a new one"
    after = place + 1
    while kind_at(tokens, after) in (
        "filler",
        "unit",
        "at",
        "in",
        "on",
        "after",
        "for",
        "every",
        "before",
        "a",
    ):
        after += 1
    body = after
    if kind_at(tokens, after) in ("when", "clock"):
        after += 1
    elif kind_at(tokens, after) == "number":
        after += 1
        if kind_at(tokens, after) == "when" and tokens[after].word in ("am", "pm", "a m", "p m"):
            after += 1
        elif is_period(tokens, after, "hour"):
            after += 1
            while kind_at(tokens, after) in ("filler", "later"):
                after += 1
        else:
            return place
    if after == body and kind_at(tokens, after) not in ("end", "stop", "comma", "semicolon", "close", "and"):
        return place
    cleaned.kept.append(Token("wear", None, tokens[place].start, tokens[after - 1].end, "wear"))
    return take(tokens, place, after, cleaned)


def on_and_off(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "on 0800 off 2000", "9am-9pm" behind plasters: when one goes on and comes off."""
    if not _has_patch(cleaned):
        return place
    first = place + (tokens[place].kind in ("on", "onoff"))
    on = _past_hour(tokens, first) if first == place else _past_time(tokens, first)
    if on == first:
        return place
    after = on
    while kind_at(tokens, after) in ("comma", "and", "dash", "to", "slash", "then"):
        after += 1
    second = after + (kind_at(tokens, after) in ("onoff", "remove"))
    off = _past_hour(tokens, second) if second == after else _past_time(tokens, second)
    if off == second or (second == after and (first > place or after == on)):
        return place
    cleaned.kept.append(Token("wear", None, tokens[place].start, tokens[off - 1].end, "wear"))
    return take(tokens, place, off, cleaned)


def _past_time(tokens: list[Token], place: int) -> int:
    """Past an hour, or "in the morning", "at night"."""
    after = place
    while kind_at(tokens, after) in ("in", "at", "filler", "every"):
        after += 1
    return after + 1 if kind_at(tokens, after) == "when" else _past_hour(tokens, place)


def before_an_hour(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "each evening before 8pm": the hour by which, behind a time of day."""
    if not cleaned.kept or cleaned.kept[-1].kind != "when":
        return place
    after = _past_hour(tokens, place + 1)
    return take(tokens, place, after, cleaned) if after > place + 1 else place


def _past_hour(tokens: list[Token], place: int) -> int:
    """Past "0800", "8am", "at 20:00"; the same place where no hour of the day stands."""
    after = place + (kind_at(tokens, place) == "at")
    if kind_at(tokens, after) == "clock":
        return after + 1
    written = tokens[after].word if kind_at(tokens, after) in ("number", "digits") else ""
    if len(written) == _DIGITS_OF_AN_HOUR and written.isdigit() and written < "2400":
        return after + 1
    half = kind_at(tokens, after + 1) == "when" and tokens[after + 1].word in ("am", "pm", "a m", "p m")
    return after + 2 if written and half and len(written) <= 2 else place


_DIGITS_OF_AN_HOUR = 4
_SMALLEST_NAMED_STRENGTH = 5
_FORMS = frozenset({"tablet", "capsule", "patch"})
_ENDS_A_NAME = frozenset({"comma", "dash", "apply", "verb", "semicolon"})


def named_strength(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "BuTec 20 - change weekly", "TRANSTEC 35: apply one": a bare number behind a name and before a mark is the strength."""
    after = place + 1
    formed = is_unit(tokens, after + 1, _FORMS)
    counted = bool(cleaned.kept) and cleaned.kept[-1].kind in ("number", "a")
    if (
        formed
        and counted
        and kind_at(tokens, after) == "number"
        and tokens[after].number >= _SMALLEST_NAMED_STRENGTH
    ):
        cleaned.drop(tokens[place].start, tokens[after].end)
        cleaned.named.append(tokens[after].number)
        return after + 1  # "apply 1 butec 10 patch"
    behind = after + 1 + formed
    last = kind_at(tokens, behind) in ("end", "close", "stop") and is_told(cleaned)
    if kind_at(tokens, after) == "number" and last and tokens[after].number >= _SMALLEST_NAMED_STRENGTH:
        cleaned.drop(tokens[place].start, tokens[behind - 1].end)  # "every 7 days (Butec 10)"
        cleaned.named.append(tokens[after].number)
        return behind
    if kind_at(tokens, after) != "number" or kind_at(tokens, behind) not in _ENDS_A_NAME:
        return place
    mark = tokens[behind]
    tight = mark.kind == "dash" and mark.start == tokens[after].end
    if tight or tokens[after].number < _SMALLEST_NAMED_STRENGTH or kind_at(tokens, behind + 1) == "end":
        return place
    cleaned.kept.append(tokens[place])
    cleaned.drop(tokens[after].start, tokens[after].end)
    cleaned.named.append(tokens[after].number)
    return behind
