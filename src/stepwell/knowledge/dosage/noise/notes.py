"""Warnings, reviews, dates, letters, telephone numbers."""

from __future__ import annotations

from stepwell.knowledge.dosage.noise.cleaned import BREAKS, Cleaned, kind_at, span_of_time, take
from stepwell.knowledge.dosage.tokens import Token

_CAUTION_WORDS = frozenset(
    "unknown filler same_time verb apply and or route site reason meal drug none who caution to for in at with comma slash "
    "unit stat by on ordinal change_rider until after before a per_dose supply review dash stop_word too_much period advice condition prose out_of".split()
)


_WARNING = ("may ", "can ", "could ", "might ", "will ", "makes ", "this may ")
_FORBIDDING = ("do not", "avoid", "not ", "no ", "never", "stop", "dont", "beware", "if drowsy", "if this")


def caution(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """A label warning runs to the end of its sentence or to the first word that could be a dose."""
    if tokens[place].value == "dosage_changed":
        cleaned.flags.append("dosage_changed")
        after = place + 1
        while kind_at(tokens, after) in ("date", "comma", "dash", "on", "issue_before", "filler"):
            after += 1
        return take(tokens, place, after, cleaned)
    after = _sentence_end(tokens, place + 1)
    while kind_at(tokens, after) == "when" and tokens[place].word.startswith(_WARNING):
        after = _sentence_end(tokens, after + 1)  # "may make you drowsy in the morning"
    bare = after == place + 1 and tokens[place].word == "not to be taken"
    dosed = kind_at(tokens, after) not in BREAKS | {"end", "comma", "caution", "open"} and (
        kind_at(tokens, after - 1) not in ("comma", "dash")  # "do not drive, 1 tds"
    )
    if bare or (dosed and tokens[place].word.startswith(_FORBIDDING)):
        cleaned.kept.append(
            Token("unknown", None, tokens[place].start, tokens[place].end, tokens[place].word)
        )
        return place + 1
    last = after
    while after > place + 1 and kind_at(tokens, after - 1) in (
        "verb",
        "and",
        "comma",
        "dash",
        "or",
        "filler",
    ):
        after -= 1
    while (
        last == after
        and kind_at(tokens, after) == "stop"
        and kind_at(tokens, after + 1) not in ("end", "caution")
    ):
        further = _sentence_end(tokens, after + 1)
        if further == after + 1 or kind_at(tokens, further) not in BREAKS | {"end"}:
            break
        last = after = further
    return take(tokens, place, after, cleaned)


def _sentence_end(tokens: list[Token], place: int) -> int:
    """Past the words of a warning, to a break or to the first word that could carry a dose."""
    while True:
        if kind_at(tokens, place) in _CAUTION_WORDS and tokens[place].value != "dosage_changed":
            place += 1
        elif kind_at(tokens, place) == "number" and kind_at(tokens, place - 1) == "for":
            spanned = span_of_time(tokens, place)
            if spanned == place and kind_at(tokens, place + 1) == "period":
                spanned = place + 2
            if spanned == place:
                return place
            place = spanned
        elif (
            kind_at(tokens, place) == "number"
            and kind_at(tokens, place + 1) == "period"
            and kind_at(tokens, place + 2) in ("before", "after")
        ):
            place += 3
        else:
            return place


def dated(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """Review in 4 weeks, review 12/03/2024, do not issue before 1 June 2024."""
    after = place + 1
    while kind_at(tokens, after) in (
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
        "equals",
        "who",
    ):
        after += 1
    body = after
    if kind_at(tokens, after) == "weekday":
        return take(tokens, place, after + 1, cleaned)  # "review on Friday"
    if kind_at(tokens, after) in ("date", "month_name"):
        named = kind_at(tokens, after) == "month_name"
        after += 1
        while kind_at(tokens, after) == "number" and (tokens[after].number > 2000 or named):
            after += 1
    elif (
        kind_at(tokens, after) in ("number", "digits")
        and kind_at(tokens, after + 2) in ("number", "digits")
        and kind_at(tokens, after + 1) == "slash"
        and tokens[after + 2].word not in ("7", "52", "12")
    ):
        after += 3  # 11/25: a month and a year, or a day and a month
        if kind_at(tokens, after) == "at" and kind_at(tokens, after + 1) == "clock":
            after += 2
    elif kind_at(tokens, after) in ("number", "a") and kind_at(tokens, after + 1) in (
        "ordinal_suffix",
        "month_name",
    ):
        after += 2
        while kind_at(tokens, after) in ("month_name", "filler") or (
            kind_at(tokens, after) == "number" and tokens[after].number > 2000
        ):
            after += 1
    elif kind_at(tokens, after) in ("number", "a"):
        after = span_of_time(tokens, after)
    elif kind_at(tokens, after) == "number":
        after = body
    return take(tokens, place, max(after, place + 1), cleaned)


def contact(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """A telephone number; but "at 0800" is a time of day."""
    if (
        tokens[place].kind == "digits"
        and kind_at(cleaned.kept, len(cleaned.kept) - 1) == "at"
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
    while kind_at(tokens, after) in ("digits", "stop", "comma", "filler") or (
        kind_at(tokens, after) == "number" and tokens[after].number >= 100
    ):
        after += 1
    if (
        tokens[place].kind == "phone"
        and kind_at(tokens, after) == "number"
        and kind_at(tokens, after + 1) in ("end", "stop")
    ):
        after += 1
    return take(tokens, place, after, cleaned)


def date(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """A date, with the word before it that only introduces it."""
    kept = cleaned.kept
    start = tokens[place].start
    while kept and kept[-1].kind in ("from", "until", "on", "issue_before"):
        start = kept.pop().start
    cleaned.drop(start, tokens[place].end)
    return place + 1


def month_and_year(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "Jan 24", "March 2024", "12 Jan 24": when it was written."""
    year = kind_at(tokens, place + 1) == "number" and tokens[place + 1].word.isdigit()
    if not year or not (20 <= tokens[place + 1].number < 40 or 2000 <= tokens[place + 1].number < 2100):
        return place
    if kind_at(tokens, place + 2) not in BREAKS | {"end", "comma", "dash"}:
        return place
    day = cleaned.kept[-1] if cleaned.kept else None
    start = tokens[place].start
    if (
        day is not None
        and day.kind == "number"
        and len(cleaned.kept) > 1
        and cleaned.kept[-2].kind in ("open", "dash", "comma", "stop")
    ):
        start = cleaned.kept.pop().start
    cleaned.drop(start, tokens[place + 1].end)
    return place + 2


_BEGINS = frozenset("start starts starting commence commences begin begins stop stops".split())


def begins_on(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "Start Monday", "stop on Friday": from when, not how often. Where more days are named they may be those of a plan."""
    if tokens[place].word.partition(" ")[0] not in _BEGINS:
        return place
    after = place + 1
    while kind_at(tokens, after) in ("on", "from", "filler"):
        after += 1
    if kind_at(tokens, after) != "weekday":
        return place
    cleaned.kept.append(tokens[place])
    days = sum(token.kind in ("weekday", "weekdays") for token in tokens)
    if days > 1 or tokens[after].word.endswith("days"):
        cleaned.kept.append(
            Token("unknown", None, tokens[after].start, tokens[after].end, tokens[after].word)
        )
    else:
        cleaned.drop(tokens[after].start, tokens[after].end)
    return after + 1


_MONTHS = 12
_MONTH_DAYS = 31


_TITLES = frozenset({"dr", "prof", "professor"})


def named_doctor(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "Dr Jones", "Dr A Smith": who said it."""
    if tokens[place].word not in _TITLES:
        return place
    after = place + 1
    while kind_at(tokens, after) in ("a", "stop", "unknown") and len(tokens[after].word) == 1:
        after += 1
    if kind_at(tokens, after) != "unknown" or not tokens[after].word.isalpha():
        return place
    return take(tokens, place, after + 1, cleaned)


_COURSES = frozenset({"course", "trial", "patch", "patches"})


def course(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "Five day course: one bd", "7/7 course of 1 tds": how long, said first."""
    after = span_of_time(tokens, place)
    if kind_at(tokens, place + 1) == "slash" and kind_at(tokens, place + 2) == "number" and after == place:
        after = place + 3 if tokens[place + 2].number in (7, 52) else place
    if after == place or after >= len(tokens) or tokens[after].word not in _COURSES:
        return place
    after += 1
    while kind_at(tokens, after) in ("comma", "filler", "dash"):
        after += 1
    return take(tokens, place, after, cleaned)


def dated_step(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "until 14/6", "from 3 April", "till 10th Jan 2027": a day on which one dose gives way to the next."""
    after = place + 1
    while kind_at(tokens, after) in ("filler", "on"):
        after += 1
    end = _past_date(tokens, after)
    if end == after:
        return place
    cleaned.drop(tokens[place].start, tokens[end - 1].end)
    cleaned.kept.append(Token("dated", None, tokens[place].start, tokens[end - 1].end, "dated"))
    return end


def _past_date(tokens: list[Token], place: int) -> int:
    if kind_at(tokens, place) == "date":
        return place + 1
    if kind_at(tokens, place) in ("weekday", "month_name"):
        further = _past_date(tokens, place + 1)
        if further > place + 1:
            return further
        if kind_at(tokens, place) == "month_name" and kind_at(tokens, place + 1) == "number":
            return place + 2
        return place + (kind_at(tokens, place) == "weekday")
    if kind_at(tokens, place) != "number" or tokens[place].number > _MONTH_DAYS:
        return place
    after = place + 1 + (kind_at(tokens, place + 1) == "ordinal_suffix")
    while kind_at(tokens, after) == "filler" and tokens[after].word == "of":
        after += 1
    if kind_at(tokens, after) == "month_name" or (after < len(tokens) and tokens[after].word == "may"):
        year = kind_at(tokens, after + 1) == "number" and tokens[after + 1].number > 2000
        return after + 1 + year
    slashed = kind_at(tokens, after) == "slash" and kind_at(tokens, after + 1) == "number"
    if slashed and 1 <= tokens[after + 1].number <= _MONTHS and tokens[after + 1].number not in (7,):
        return after + 2
    return place


def numbered_step(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "Step 2: 1 od": the next step of a plan; the first needs no saying."""
    after = place + 1
    if kind_at(tokens, after) != "number":
        cleaned.kept.append(
            Token("unknown", None, tokens[place].start, tokens[place].end, tokens[place].word)
        )
        return after
    if kind_at(tokens, after + 1) in ("reason", "prose", "unknown", "who"):
        return take(tokens, place, after + 1, cleaned)  # "step 2 analgesia"
    first = not any(token.kind in ("number", "fraction") for token in cleaned.kept)
    end = after + 1 + (kind_at(tokens, after + 1) in ("comma", "dash"))
    cleaned.drop(tokens[place].start, tokens[end - 1].end)
    if not first:
        cleaned.kept.append(Token("then", None, tokens[place].start, tokens[place].end, "step"))
    return end


def letter(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """As per hospital letter: noise beside a dose, a refusal when nothing else is said."""
    cleaned.letter = str(tokens[place].value)
    after = place + 1
    while kind_at(tokens, after) in ("date", "filler"):
        after += 1
    return take(tokens, place, after, cleaned)
