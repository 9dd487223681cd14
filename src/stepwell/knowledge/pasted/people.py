"""Names of people inside a line: behind a word that names somebody comes next, or as two words nobody doses or prescribes with.

What a word means is not looked up: it counts as known when dosing, medicines or the way screens are printed use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from stepwell.knowledge import tables
from stepwell.knowledge.dosage import Status, parse
from stepwell.knowledge.dosage.vocabulary import vocabulary
from stepwell.knowledge.medicines import catalogue
from stepwell.knowledge.pasted import cells, words
from stepwell.knowledge.pasted.given_names import GIVEN_NAMES

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.\-](?=[^\W\d_]))*\.?")
# Behind these a person comes next, whatever letters the name begins with.
_HANDED_TO = re.compile(
    r"\b(?:(?:give|gives|given|giving|hand|handed|deliver|delivered|post|posted|release[ds]?|send|sent|dispense[ds]?)\b(?: \w+){0,3} to|"
    r"(?:collect(?:ed|s|ion)?|picked up|pick up|administered|supervised|held) by|c/o|care of|on behalf of|(?:nok|next of kin)\b\s*:?)\s+",
    re.I,
)
_RELATION = re.compile(
    r"\b(?:daughter|son|wife|husband|mother|mum|mam|father|dad|partner|carer|sister|brother|niece|nephew|neighbou?r|friend|"
    r"patient|pt|aunt|uncle|gran|grand(?:son|daughter|mother|father)|nurse|doctor|pharmacist|keyworker|key worker)\b\s*[:(,\-]?\s*",
    re.I,
)
_SHORT = 4  # letters; of a shorter name a small-letter spelling is too near other words
_WHOSE = re.compile(r"(?:the|his|her|their|a|an|my) |" + _RELATION.pattern, re.I)
_TITLES = frozenset({"mr", "mrs", "miss", "ms", "mx", "dr", "prof", "sr", "st"})
# Behind two such words these make a place of them.
_PLACES = frozenset(
    """hospital hospitals clinic clinics surgery practice centre center trust infirmary hospice ward unit team pharmacy chemist
    department dept service services school house home college university ccg icb pcn protocol guideline guidelines regime regimen
    scale score syndrome disease palsy pathway practitioner representative programme""".split()
)
_EVERYDAY = frozenset(
    """about aware again all am an any are ask back because before being best both box boxes brand bring but by call came can care carer
    case caution check checked children clinic collect collected collects come contact copy could dear decline declined did does done door
    drop during each early else end ensure even exempt family feel felt few find finish first fold follow form free from full further get
    given go good had half has have he help helps her here him his home hospital house however how if in increase info inform informed
    instead is issue it its just keep kept kindly last late later leave left less let letter like list local long look lower make making
    many me medical medication meds might more most mouth move much my name near need needs new next nice no nobody none nor note noted
    nothing now nurse of off old on only onto or order other our out over own pack packs pain paper parent parents part per phone plan
    please post practice prefer prefers problem put quick rather read ready receive record refer refuse regular remain request requested
    rest return review ring said same say school see seen self send sent set she should show side sign since sleep so some soon speak
    specialist spoke staff start state stay still such supply sure surgery tell than thank thanks that the their them themselves then
    there these they thing this those through till to today told tomorrow too total toward try trial under until up upon us use usual
    very via visit wait want wants was way we week well were what when where which while who whole whom why will wish with within
    without work would yes yet you your royal queen king general community regional county city north south east west street
    clinical palliative oncology orthopaedic rheumatology neurology diabetes mental health social prescriber prescribing secondary primary
    consultant registrar locum physio physiotherapist physiotherapy dentist dental optician midwife matron warden support worker
    representative nominated nomination eps spine pip code nhs england kit offered hypermobility ehlers danlos charcot tooth sickle cell pea-sized
    boots lloyds rowlands superdrug tesco asda morrisons""".split()
)


def names_somebody(text: str, *, may_be_a_medicine: bool = False) -> bool:
    """Whether a part of a line holds what looks like somebody's name.

    ``may_be_a_medicine``: the part may begin with the name of a medicine nobody here knows, so two words at its beginning with a
    number behind them are taken for that.
    """
    return _behind_a_cue(text) or _given_name(text) or _two_unknown(text, may_be_a_medicine=may_be_a_medicine)


def begins_with_a_name(name: str) -> bool:
    """Whether two words nobody knows stand before the name of a medicine: "Rowan Alder Morphine 30mg capsules"."""
    found = list(_WORD.finditer(name))
    first = next((n for n, match in enumerate(found) if _key(match.group()) in _medicine_words()), 0)
    if first < 2 or not all(_looks_like_a_name(match.group()) for match in found[:first]):
        return False
    # A brand of several words is one whole; behind a person's name stands a medicine that is recognised by itself.
    return cells.known(name[found[first].start() :])


def _behind_a_cue(text: str) -> bool:
    if any((word := _next(text, cue.end())) and not is_known(word) for cue in _HANDED_TO.finditer(text)):
        return True
    return any(
        (word := _next(text, cue.end()))
        and _looks_like_a_name(word)
        and not _tells_what_is_done(cue.group(), word)
        for cue in _RELATION.finditer(text)
    )


def _tells_what_is_done(relation: str, word: str) -> bool:
    """ "Daughter Collecting", where both have a capital: a capital then tells nothing."""
    return relation[0].isupper() and re.search(r"(?:ing|ed)$", word, re.I) is not None


def _next(text: str, place: int) -> str | None:
    """The word at ``place``, past words that tell whose or which: "his daughter", "the carer"."""
    while (whose := _WHOSE.match(text, place)) and whose.end() > place:
        place = whose.end()
    found = _WORD.match(text, place)
    return found.group() if found else None


def _given_name(text: str) -> bool:
    """A given name that is no other word; or one that is, such as May, before a word with a capital that nobody knows."""
    found = list(_WORD.finditer(text))
    mixed = any(match.group()[0].islower() for match in found)
    for place, match in enumerate(found):
        word, following = match.group(), [each.group() for each in found[place + 1 : place + 3]]
        key = _key(word).removesuffix("'s")
        if key not in GIVEN_NAMES or any(_key(each) in _PLACES for each in following):
            continue
        telling = word[0].isupper() if len(key) < _SHORT or not mixed else True
        if is_known(word) or not telling:
            beside = following[:1] if text[match.end() :].startswith(" ") else []
            if mixed and word[0].isupper() and beside and _looks_like_a_name(beside[0]):
                return True
        elif not _understood(text, word):
            return True
    return False


def _two_unknown(text: str, *, may_be_a_medicine: bool) -> bool:
    """Two or more words side by side with capitals, none of them known; or one behind an initial."""
    for start, run in _runs(text):
        if len(run) < 2 and not (run and re.search(r"(?:^|[^\w])[A-Z]\.? $", text[:start])):
            continue
        after = text[start:].split(run[-1], 1)[-1]
        if may_be_a_medicine and not text[:start].strip(" ,;:-–") and re.search(r"\d", after):
            continue
        if _understood(text, *run):
            continue
        following = [_key(word.group()) for word in _WORD.finditer(after)][:2]
        if not any(word in _PLACES for word in following):
            return True
    return False


def _understood(text: str, *names: str) -> bool:
    """Whether the whole text is read as an instruction with these words in it: slips of words of dosing, then."""
    read = parse(text)
    return read.status is Status.PARSED and not any(
        name in part for name in names for part in (*read.unread, *read.noise)
    )


def _runs(text: str) -> Iterator[tuple[int, list[str]]]:
    """(place, words) of each stretch of unknown words with a capital, parted by no more than a space."""
    run: list[str] = []
    start, end = 0, 0
    for match in _WORD.finditer(text):
        word = match.group()
        between = text[end : match.start()]
        # A surname before a comma stands by itself: in brackets or at the beginning of a part.
        surname = between == ", " and len(run) == 1 and text[:start].rstrip()[-1:] in ("", "(")
        apart = between != " " and not surname
        if run and (apart or not _looks_like_a_name(word)):
            yield start, run
            run = []
        if _looks_like_a_name(word):
            start = start if run else match.start()
            run.append(word)
        end = match.end()
    if run:
        yield start, run


def _looks_like_a_name(word: str) -> bool:
    return word[0].isupper() and len(word.rstrip(".")) > 1 and not is_known(word)


def _key(word: str) -> str:
    return word.lower().replace("’", "'").rstrip(".")


@lru_cache(maxsize=4096)
def is_known(word: str) -> bool:
    """Whether dosing, medicines or screens use a word. A slip of one is not known: "Mary" is a slip of "many"."""
    key = _key(word)
    if key in _known_words() or key in _TITLES:
        return True
    singular = key.removesuffix("'s").removesuffix("s")
    if singular in _known_words():
        return True
    parts = re.split(r"[-'.]", key)
    return len(parts) > 1 and all(part in _known_words() or len(part) < 2 for part in parts)


@cache
def _known_words() -> frozenset[str]:
    return vocabulary().words | words.STARTS | words.SCREEN | _EVERYDAY | _PLACES | _medicine_words()


@cache
def _medicine_words() -> frozenset[str]:
    """Every word of the names this program holds of medicines, their brands and what stands in names."""
    held = [name for _, product in catalogue.with_text_only() for name in (product.name, product.substance)]
    held += [row["brand"] for table in ("brands", "brands_pain") for row in tables.rows(table)]
    held += [row["word"] for table in ("name_words", "name_neighbours") for row in tables.rows(table)]
    held += [row["value"] for table in ("caution_brands", "caution_groups") for row in tables.rows(table)]
    held += [row["label"] for table in ("bnf_chemicals", "bnf_chemicals_pain") for row in tables.rows(table)]
    return frozenset(_key(match.group()) for name in held for match in _WORD.finditer(name))
