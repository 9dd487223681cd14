"""How many are supplied and how often they are dispensed."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.dosage.noise.alongside import is_told
from stepwell.knowledge.dosage.noise.cleaned import (
    BREAKS,
    COUNTED,
    TIMED,
    Cleaned,
    is_period,
    is_unit,
    kind_at,
    span_of_time,
    take,
)
from stepwell.knowledge.dosage.tokens import Token

SMALLEST_PACK = Decimal(14)

_BEHIND_A_COUNT = (
    "supplied",
    "per issue",
    "per script",
    "per prescription",
    "per month",
    "a month",
    "each issue",
)

_BEFORE_A_DAY = BREAKS | {"comma", "dash", "and", "weekday", "slash"}

_NOUNS_OF_SUPPLY = frozenset(
    "dispensing supervised pickup collection script scripts instalments prescription prescriptions".split()
)

VERBS_OF_SUPPLY = frozenset("dispense disp issue supply mitte quantity qty collect deliver".split())


def supply(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """Dispense weekly, 28 day supply, weekly script, supply 56 tablets, 7/7 scripts."""
    if tokens[place].word == "repeat" and _is_once_more(tokens, place, cleaned):
        return place + 1
    noun = tokens[place].word not in VERBS_OF_SUPPLY
    after = after_supply(tokens, place + 1, noun)
    if after == place + 1 or noun or _how_often_it_is_issued(tokens, place, cleaned):
        _drop_before_supply(tokens, place, after, cleaned)
    return take(tokens, place, after, cleaned)


def _is_once_more(tokens: list[Token], place: int, cleaned: Cleaned) -> bool:
    """ "1 nocte. If awake at 2am repeat": behind a condition, the dose once more and no prescription."""
    kept = cleaned.kept
    first = len(kept)
    while first and kept[first - 1].kind not in BREAKS | {"comma", "dash"}:
        first -= 1
    if first == len(kept) or first == 0 or kept[first].kind not in ("prn", "condition"):
        return False
    start = kept[first].start
    del kept[first:]
    kept.append(Token("repeat_dose", None, start, tokens[place].end, "repeat"))
    return True


def _how_often_it_is_issued(tokens: list[Token], place: int, cleaned: Cleaned) -> bool:
    """ "- monthly issue 112": behind a mark, how often belongs to the supply."""
    marked = kind_at(cleaned.kept, len(cleaned.kept) - 2) in BREAKS | {"comma", "dash", "open"}
    return place > 1 and tokens[place - 1].kind == "adverb" and tokens[place - 1].value != "1" and marked


def _is_pack(tokens: list[Token], place: int, noun: bool) -> bool:
    """Behind "script" or "pack" a small number is the next dose, not a quantity."""
    if not noun or kind_at(tokens, place) != "number":
        return True
    return tokens[place].number >= SMALLEST_PACK or span_of_time(tokens, place) > place


def after_supply(tokens: list[Token], after: int, noun: bool) -> int:
    while True:
        here = kind_at(tokens, after)
        if here in ("filler", "supply", "for", "in", "who", "comma", "from", "on") and _supply_goes_on(
            tokens, after + 1
        ):
            after += 1
        elif here == "supply":
            after += 1
        elif here in ("weekday", "weekdays"):
            after = _past_weekdays(tokens, after)
        elif _of_so_many(tokens, after) and (noun or tokens[after - 1].word == "issue"):
            return after + 3  # "eRD 3/6", "script 2 of 3"
        elif here == "every" and kind_at(tokens, after + 1) in ("weekday", "weekdays"):
            after = _past_weekdays(tokens, after + 1)
        elif here == "adverb":
            return _past_its_day(tokens, after + 1)
        elif here == "every" and is_period(tokens, after + 1, "week", "day", "month"):
            return _past_its_day(tokens, after + 2)
        elif here == "for" and noun and _of_units(tokens, after + 1):
            return after + 3  # "Rx for 4 patches"
        elif here in ("number", "x", "every"):
            return _quantity(tokens, after) if _is_pack(tokens, after, noun) else after
        elif here == "who":
            return after + 1
        else:
            return after


def _of_units(tokens: list[Token], place: int) -> bool:
    """A number of units and nothing behind them."""
    counted = kind_at(tokens, place) == "number" and is_unit(tokens, place + 1, COUNTED)
    return counted and kind_at(tokens, place + 2) in ("end", "stop", "semicolon", "close")


def _of_so_many(tokens: list[Token], place: int) -> bool:
    """The third of six issues: two numbers with a stroke or "of" between, the first no larger, and no unit behind."""
    first, second = kind_at(tokens, place), kind_at(tokens, place + 2)
    if not first == second == "number" or tokens[place].number > tokens[place + 2].number:
        return False
    between = tokens[place + 1]
    ends = kind_at(tokens, place + 3) in BREAKS | {"end", "comma", "dash"}
    return (
        ends
        and (between.kind == "slash" or between.word == "of")
        and tokens[place + 2].number not in (7, 12, 52)
    )


def _past_its_day(tokens: list[Token], place: int) -> int:
    """Past "on a Tuesday" behind "dispense weekly"."""
    after = place
    while kind_at(tokens, after) in ("on", "a", "filler", "every"):
        after += 1
    return _past_weekdays(tokens, after) if kind_at(tokens, after) in ("weekday", "weekdays") else place


def _past_weekdays(tokens: list[Token], place: int) -> int:
    """Past "Mon-Sat", "Thurs", "Monday and Friday": the days it is collected."""
    while kind_at(tokens, place) in ("weekday", "weekdays") or (
        kind_at(tokens, place) in ("dash", "to", "and", "slash", "comma")
        and kind_at(tokens, place + 1) in ("weekday", "weekdays")
    ):
        place += 1
    return place


def _supply_goes_on(tokens: list[Token], place: int) -> bool:
    here = kind_at(tokens, place)
    if here == "number":
        return _quantity(tokens, place) > place
    return here in ("adverb", "every", "who", "supply", "x", "weekday", "weekdays") or (
        here in ("filler", "on") and _supply_goes_on(tokens, place + 1)
    )


def _quantity(tokens: list[Token], place: int) -> int:
    """Past "56", "56 tablets", "2 x 28", "7 days", "7/7", "every 4 weeks"."""
    after = place
    while kind_at(tokens, after) in ("x", "every"):
        after += 1
    if kind_at(tokens, after) != "number":
        return after if after > place else place
    spanned = span_of_time(tokens, after)
    if spanned > after:
        return spanned
    after += 1
    if after < len(tokens) and tokens[after].word == "s" and tokens[after].start == tokens[after - 1].end:
        return after + 1  # "in 28s"
    if kind_at(tokens, after) == "x" and kind_at(tokens, after + 1) == "number":
        spanned = span_of_time(tokens, after + 1)
        if spanned > after + 1:
            return spanned  # "in 4 x 7 day instalments"
        after += 2
    if is_unit(tokens, after, COUNTED | {"ml", "g"}):
        return after + 1 if kind_at(tokens, after + 1) not in TIMED else place
    follows = kind_at(tokens, after)
    if follows == "filler" and tokens[after].word == "only":
        return after + 1  # "issue 14 only"
    return (
        after
        if follows in ("end", "comma", "dash", "open", "number", "supply", "per_dose", *BREAKS)
        else place
    )


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
    while len(kept) > 1 and kept[-1].kind in ("weekday", "weekdays") and kept[-2].kind in _BEFORE_A_DAY:
        day = kept.pop()  # ", weekends take home"
        cleaned.drop(day.start, day.end)
    last = kept[-1]
    if tokens[place].word.startswith("weekly") and last.kind == "number":
        _drop_its_number(kept, cleaned)
        return
    if tokens[place].word.endswith(_BEHIND_A_COUNT) and _drop_supplied(kept, cleaned):
        return
    if last.kind == "adverb":
        daily = last.value == "1"
        before = kept[-2].kind if len(kept) > 1 else "end"
        if not daily or (
            tokens[place].word in _NOUNS_OF_SUPPLY and before not in ("number", "unit", "count", "fraction")
        ):
            kept.pop()
            cleaned.drop(last.start, last.end)
            _drop_its_number(kept, cleaned)
    elif last.kind == "period" and last.value != "hour" and kind_at(kept, len(kept) - 2) == "number":
        kept.pop()
        first = kept.pop()
        if kind_at(kept, len(kept) - 1) == "dash" and kind_at(kept, len(kept) - 2) == "number":
            kept.pop()
            first = kept.pop()
        cleaned.drop(first.start, last.end)
    elif len(kept) > 2 and last.kind == "number" and kept[-2].kind == "slash" and last.number in (7, 52, 12):
        first = kept[-3]
        del kept[-3:]
        cleaned.drop(first.start, last.end)


def _drop_its_number(kept: list[Token], cleaned: Cleaned) -> None:
    """The number of ", 2 weekly script", ", 8 weekly dispensing interval"."""
    marks = BREAKS | {"comma", "dash", "open"}
    if (
        len(kept) > 3
        and kept[-1].kind in ("x", "times")
        and kept[-2].kind == "number"
        and kept[-3].kind in marks
    ):
        kept.pop()  # ", 3x weekly supervised"
    if len(kept) < 3 or kept[-1].kind != "number" or kept[-2].kind not in marks or not is_told(cleaned):
        return
    number = kept.pop()
    cleaned.drop(number.start, number.end)


def _drop_supplied(kept: list[Token], cleaned: Cleaned) -> bool:
    """ "(4 patches supplied)", "; 28 tabs supplied": the count goes with the word, where a mark stands before it."""
    at = len(kept) - 1
    if kept[at].kind == "unit":
        at -= 1
    if (
        at < 1
        or kept[at].kind != "number"
        or kept[at - 1].kind not in ("open", "stop", "semicolon", "comma", "dash")
    ):
        return False
    cleaned.drop(kept[at].start, kept[-1].end)
    del kept[at:]
    return True
