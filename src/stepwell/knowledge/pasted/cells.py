"""What a part of a line is, and where the name ends in a line without columns."""

from __future__ import annotations

from stepwell.knowledge.dosage import Status, parse
from stepwell.knowledge.medicines import identify
from stepwell.knowledge.medicines.model import MatchedBy
from stepwell.knowledge.pasted import words


def columns(line: str) -> list[str]:
    """The parts of a line, parted by a tab, an upright line or more than one space."""
    return [part.strip() for part in words.COLUMNS.split(words.BULLET.sub("", line)) if part.strip()]


def is_rest(cell: str) -> bool:
    """Whether a part is a quantity, a date, a code or a kind of issue: nothing anybody takes."""
    text = cell.strip(" .,;:")
    patterns = (words.QUANTITY, words.DATE, words.CODE, words.KIND)
    return not text or any(pattern.fullmatch(text) for pattern in patterns)


def is_heading(line: str) -> bool:
    """Whether every word of a line is one a screen prints above its columns."""
    found = [word.strip(".,:()/").lower() for word in line.replace("|", " ").replace("/", " ").split()]
    return bool(found) and all(
        not word or word in words.SCREEN or word in ("of", "for", "on", "and") for word in found
    )


def known(name: str) -> bool:
    """Whether a name is of a medicine that is recognised, with or without its strength."""
    found = identify(name=name)
    return found.matched_by is not MatchedBy.NOTHING or found.text_only is not None


def begins_medicine(cell: str) -> bool:
    """Whether a part begins with the name of a medicine, recognised or not."""
    first = cell.split(maxsplit=1)[0].lower().strip(".,:;") if cell.split() else ""
    if not first or first in words.STARTS or not first[0].isalpha():
        return False
    name, _ = split_name(cell)
    return known(name) or words.STRENGTH_OR_FORM.search(name) is not None


def split_name(text: str) -> tuple[str, str]:
    """The name and what comes after it, in a text that begins with a name.

    The name ends with the form it names first ("capsules"), else with the strength, else with the last word by which a
    medicine is still recognised.
    """
    form, strength = words.FORM.search(text), words.STRENGTH.search(text)
    ends = None
    if form and not (strength and _dose_between(text[strength.end() : form.start()])):
        ends = form.end()
    elif strength:
        ends = strength.end()
        while more := words.AFTER_STRENGTH.match(text, ends):
            ends = more.end()
    if ends is None:
        return _by_words(text)
    while maker := words.MAKER.match(text, ends):
        ends = maker.end()
    return text[:ends].strip(" ,;:-–"), text[ends:].strip(" ,;:-–")


def _dose_between(text: str) -> bool:
    """Whether an instruction has begun between a strength and a form: "Tramadol 50mg take two capsules"."""
    # "7 day patches" is of the name: how long each patch is worn.
    text = words.WORN.sub(" ", text)
    found = [word.strip(".,:;()-").lower() for word in text.split()]
    return any(word in words.STARTS or word.isdigit() for word in found)


def _by_words(text: str) -> tuple[str, str]:
    parts = text.split()
    for place in range(1, len(parts)):
        if parts[place].lower().strip(".,:;") in words.STARTS or parts[place][0].isdigit():
            name = " ".join(parts[:place])
            return name.strip(" ,;:-–"), " ".join(parts[place:]).strip(" ,;:-–")
    return text.strip(" ,;:-–"), ""


def split_tail(text: str) -> tuple[str, list[str]]:
    """An instruction without the quantities and dates behind it, where what is left can be read by itself."""
    rest: list[str] = []
    shorter = text
    while tail := words.TAIL.search(shorter):
        shorter = shorter[: tail.start()]
        rest.insert(0, tail.group().strip(" ,;-–."))
    if rest and parse(shorter).status is Status.PARSED:
        return shorter.strip(), rest
    return text, []
