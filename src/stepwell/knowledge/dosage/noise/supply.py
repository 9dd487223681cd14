"""How many are supplied and how often they are dispensed."""

from __future__ import annotations

from dataclasses import dataclass
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


_SMALLEST_BOTTLE = Decimal(100)


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
    after = _after_supply(tokens, place + 1, noun)
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


def _after_supply(tokens: list[Token], after: int, noun: bool) -> int:
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
        elif noun and _of_so_many(tokens, after):
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
    if len(kept) < 3 or kept[-1].kind != "number" or kept[-2].kind not in marks or not is_told(cleaned):
        return
    number = kept.pop()
    cleaned.drop(number.start, number.end)


def _goes_with(before: Token, number: Token) -> bool:
    """ "1-28", "every 28", "max 28": the number belongs to the word before it."""
    if before.kind == "dash":
        return before.end == number.start
    return before.kind in ("slash", "every", "max", "upto", "number", "fraction", "unit")


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


def pack(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """56 tabs. / 2 x 28 / (56) / x 56: how many were supplied. Only numbers too large to be one dose."""
    if tokens[place].kind == "number" and cleaned.kept and _goes_with(cleaned.kept[-1], tokens[place]):
        return place
    first = place + (tokens[place].kind in ("x", "open"))
    if kind_at(tokens, first) != "number":
        return place
    counted = _counted(tokens, first, tokens[place].kind == "open")
    after, unit = counted.after, counted.unit
    lasting = _past_what_it_lasts(tokens, counted, cleaned)
    if lasting > counted.after:
        return take(tokens, place, lasting, cleaned)
    if _supplied_only(tokens, counted, cleaned):
        return take(tokens, place, counted.after + 1, cleaned)
    told = tokens[place].kind == "open" and _behind_supply(tokens, place, cleaned)
    enough = told or counted.many >= (_SMALLEST_BOTTLE if unit in ("ml", "g") else SMALLEST_PACK)
    if kind_at(tokens, after) == "slash" and kind_at(tokens, after + 1) == "number":
        enough = False  # "x14/7"
    if not enough or unit in ("mg", "microgram") or counted.many != counted.many.to_integral_value():
        return place
    if tokens[place].kind == "open":
        if kind_at(tokens, after) == "supply":
            after = _after_supply(tokens, after + 1, False)  # "(100 tabs to last 1 month)"
        return take(tokens, place, after + 1, cleaned) if kind_at(tokens, after) == "close" else place
    if counted.unit is None and not counted.crossed and tokens[place].kind == "number":
        return (
            take(tokens, place, after, cleaned) if _count_of_packs(tokens, after, counted, cleaned) else place
        )
    if tokens[place].kind == "x" or counted.crossed:
        alone = kind_at(tokens, after) not in ("times", "hourly", "period", "adverb")
        return take(tokens, place, after, cleaned) if alone else place
    if unit not in COUNTED and unit not in ("ml", "g"):
        return place
    if not any(token.kind in ("number", "fraction") for token in cleaned.kept):
        return take(tokens, place, after, cleaned) if _dose_follows(tokens, after) else place
    return (
        take(tokens, place, _past_length(tokens, after), cleaned) if _ends(tokens, after, cleaned) else place
    )


_PACK = 28
_FEWEST_SUPPLIED = 5


def _past_what_it_lasts(tokens: list[Token], counted: _Counted, cleaned: Cleaned) -> int:
    """Past "= 28 days", "per 28 days", "for 4 weeks" behind so many units, where a full dose and a mark stand before."""
    marked = bool(cleaned.kept) and cleaned.kept[-1].kind in BREAKS | {"comma", "dash", "open"}
    if not marked or counted.unit not in COUNTED or not is_told(cleaned):
        return counted.after
    if kind_at(tokens, counted.after) not in ("equals", "per", "for", "every"):
        return counted.after
    spanned = span_of_time(tokens, counted.after + 1)
    if spanned == counted.after + 1 or kind_at(tokens, spanned) not in ("end", "stop", "close"):
        return counted.after
    enough = counted.many >= SMALLEST_PACK or counted.unit == "patch"
    return spanned if enough else counted.after


def _supplied_only(tokens: list[Token], counted: _Counted, cleaned: Cleaned) -> bool:
    """ "1 nocte prn 7 tablets only": more than one dose, said behind a full one."""
    only = counted.after < len(tokens) and tokens[counted.after].word == "only"
    ends = kind_at(tokens, counted.after + 1) in BREAKS | {"end", "comma", "dash"}
    return (
        only
        and ends
        and counted.unit in COUNTED
        and counted.many >= _FEWEST_SUPPLIED
        and is_told(cleaned)
        and cleaned.kept[-1].kind in TIMED | BREAKS | {"comma", "dash", "open"}
    )


def _count_of_packs(tokens: list[Token], after: int, counted: _Counted, cleaned: Cleaned) -> bool:
    """ "1 bd 56", "2 qds - 224": a bare number of whole packs that ends a text with a full dose; no dose is as large."""
    if counted.many % _PACK or kind_at(tokens, after) not in ("end", "stop", "close") or not is_told(cleaned):
        return False
    behind = cleaned.kept[-1].kind
    return behind in TIMED or (behind in ("dash", "comma", "stop") and len(cleaned.kept) > 1)


def packs_of(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "in 28s": the size of the pack it comes in."""
    ends = place + 3
    if kind_at(tokens, place + 1) != "number" or ends > len(tokens) or tokens[place + 2].word != "s":
        return place
    tight = tokens[place + 2].start == tokens[place + 1].end
    return take(tokens, place, ends, cleaned) if tight and is_told(cleaned) else place


def share_of_packs(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "2 qds 56/100", "2 bd 112/28 days": two quantities behind a full dose."""
    if kind_at(tokens, place + 1) != "slash" or kind_at(tokens, place + 2) != "number":
        return place
    if min(tokens[place].number, tokens[place + 2].number) < _PACK or not is_told(cleaned):
        return place
    after = place + 3
    if is_period(tokens, after, "day"):
        after += 1
    return (
        take(tokens, place, after, cleaned) if kind_at(tokens, after) in ("end", "stop", "close") else place
    )


def _behind_supply(tokens: list[Token], place: int, cleaned: Cleaned) -> bool:
    """ "Weekly scripts (7 tabs)": what stood right before the bracket told of supply."""
    return (
        bool(cleaned.noise)
        and place > 0
        and cleaned.noise[-1][1] == tokens[place - 1].end
        and tokens[place - 1].kind in ("supply", "adverb", "period")
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    many: Decimal
    unit: str | None
    crossed: bool
    after: int


def _counted(tokens: list[Token], first: int, in_brackets: bool) -> _Counted:
    """56, 2 x 28, 56 tablets; in brackets also "28 days"."""
    after, many = first + 1, tokens[first].number
    crossed = kind_at(tokens, after) == "x" and kind_at(tokens, after + 1) == "number"
    if crossed:
        many = tokens[after + 1].number
        after += 2
    if kind_at(tokens, after) == "unit":
        return _Counted(many, str(tokens[after].value), crossed, after + 1)
    if in_brackets and is_period(tokens, after, "day", "week", "month"):
        many *= {"day": 1, "week": 7, "month": 28}[str(tokens[after].value)]
        after += 1
    return _Counted(many, None, crossed, after)


def _past_length(tokens: list[Token], after: int) -> int:
    """Past "= 28/7" behind a quantity."""
    return max(after, span_of_time(tokens, after + 1)) if kind_at(tokens, after) == "equals" else after


def _dose_follows(tokens: list[Token], after: int) -> bool:
    """A fresh dose stands next: a number that is not itself the frequency."""
    while kind_at(tokens, after) in ("stop", "comma", "dash", "verb", "filler", "semicolon", "apply"):
        after += 1
    if kind_at(tokens, after) == "upto":
        after += 1
    if kind_at(tokens, after) == "unit":
        after += 1
    if kind_at(tokens, after) not in ("number", "fraction", "a"):
        return False
    after += 1
    while kind_at(tokens, after) in ("dash", "to", "or", "slash") and kind_at(tokens, after + 1) in (
        "number",
        "fraction",
    ):
        after += 2
    if kind_at(tokens, after) == "x":
        return kind_at(tokens, after + 1) in ("number", "unit")
    return kind_at(tokens, after) not in ("times", "hourly", "period", "slash") and not (
        kind_at(tokens, after) == "dash" and kind_at(tokens, after + 1) == "hourly"
    )


def _ends(tokens: list[Token], after: int, cleaned: Cleaned) -> bool:
    following = kind_at(tokens, after)
    if following == "equals" and span_of_time(tokens, after + 1) > after + 1:
        following = "end"  # "56 caps = 28/7"
    listed = following in ("comma", "semicolon", "dash") and kind_at(tokens, after + 1) not in (
        TIMED | {"number", "fraction", "a", "end"}
    )
    if following not in ("end", "stop", "supply") and not (listed and is_told(cleaned)):
        return False
    previous = cleaned.kept[-1].kind if cleaned.kept else "end"
    return previous in TIMED | {"stop", "comma", "semicolon", "open", "dash", "period", "close"}
