"""The words by which parts of a medication screen are told apart. None of them is a clinical fact."""

from __future__ import annotations

import re

_FORMS = (
    r"tablets?|tabs?|capsules?|caps?|(?:oral|nasal|buccal|sublingual|effervescent|dispersible) (?:solution|suspension|spray|liquid|film|tablets?)|"
    r"(?:transdermal )?patch(?:es)?|plasters?|sachets?|suppositor(?:y|ies)|lozenges?|granules|cream|gel|ointment|ampoules?|"
    r"inhalers?|syrup|elixir|mouthwash|drops|solution|suspension|spray|linctus|liquid|injection|mixture"
)
_NUMBER = r"\d+(?:[.,]\d+)?"
_STRENGTH = (
    rf"{_NUMBER}\s?(?:mg|mcg|micrograms?|microg|g|%)(?:\s?/\s?(?:{_NUMBER}\s?)?(?:mg|mcg|micrograms?|g|ml|hours?|hr|h|dose))*"
    rf"(?!\w)"
)
FORM = re.compile(rf"\b(?:{_FORMS})\b(?: SF\b| sugar free\b)?", re.I)
STRENGTH = re.compile(_STRENGTH, re.I)
STRENGTH_OR_FORM = re.compile(rf"\b(?:{_FORMS})\b|{_STRENGTH}", re.I)
# What may stand between a strength and an instruction and still be of the name.
AFTER_STRENGTH = re.compile(
    r"\s*(?:m/r|mr|sr|xl|la|er|modified[- ]release|prolonged[- ]release|slow[- ]release)(?!\w)", re.I
)
WORN = re.compile(r"\b\d{1,3}[ -]?(?:days?|hours?|hr)\b", re.I)
MAKER = re.compile(r"\s*\([A-Z][^()]*\)")

_DATE = r"(?:\d{1,2}[\s/.\-](?:\d{1,2}|[a-z]{3,9})[\s/.\-]\d{2,4}|\d{4}-\d{2}-\d{2})"
_UNITS = r"(?:tablets?|tabs?|capsules?|caps?|patch(?:es)?|ml|millilitres?|sachets?|suppositor(?:y|ies)|lozenges?|plasters?|g|doses?|op|units?|films?|sprays?|ampoules?)"
DATE = re.compile(
    rf"(?:(?:last |first |next )?(?:issued?|started?|start|due|review|authorised|prescribed|date)\s*(?:on|date)?\s*:?\s*)?{_DATE}",
    re.I,
)
QUANTITY = re.compile(
    rf"(?:(?:qty|quantity|supply|disp(?:ense)?)\s*[:.]?\s*)?(?:\d+\s?[x*]\s?)?{_NUMBER}\s*(?:x\s*)?{_UNITS}?(?:\s*\(.*\))?|"
    # With its days behind it, and too many to be what is taken at a time.
    rf"\d\d+\s*{_UNITS},?\s+(?:for\s+)?\d+\s*(?:days?|weeks?)(?: supply)?|"
    rf"(?:qty|quantity|supply)\b.*",
    re.I,
)
TAIL = re.compile(
    rf"(?:[,;\s]+|\s+-\s+)(?:(?:{_DATE})|(?:qty|quantity|supply)\s*[:.]?\s*\d+(?:\s*{_UNITS})?|(?:\d\d+)\s*(?:x\s*)?{_UNITS}(?:,?\s+(?:for\s+)?\d+\s*(?:days?|weeks?)(?: supply)?)?|[4-9]\s?patch(?:es)?)\.?\s*$",
    re.I,
)
CODE = re.compile(r"\d{6,18}|\d{7}[A-Z0-9]{8}|0\d{6}[A-Z0-9]{2,8}")
KIND = re.compile(
    r"(?:repeat(?: template| dispensing)?s?|acutes?|active|current|regular|automatic|variable|stopped|ended|suspended|issued?|new|"
    r"\d+\s*(?:of|/)\s*\d+(?:\s*issues?.*)?|issues?\s*:?\s*\d+.*|\d+\s*(?:days?|weeks?|months?)(?: supply)?|rx|r|a|y|n|yes|no|"
    r"(?:(?:issue|repeat|prescription|days?) )?(?:interval|duration|supply)\s*:?\s*\d+(?:\s*(?:days?|weeks?))?|days(?: supply)?\s*:?\s*\d+|"
    r"(?:issued?|repeat(?:ed)?) every \d+ (?:days?|weeks?)|(?:last|first|next) issued?.*|(?:last|next) (?:ordered|review).*|review.*|authori[sz]ed.*|usage.*|never issued|-|—|–)",
    re.I,
)
BULLET = re.compile(r"^\s*(?:[•·▪◦*●>]+|-(?=\s)|–(?=\s)|\(?\d{1,2}[.)](?=\s))\s*")
COLUMNS = re.compile(r"\t+|\s*\|\s*|\s{2,}|\s+;\s+")
LABEL = re.compile(r"^\s*(?:dosage|dose|directions?|instructions?|sig|take as)\s*:\s*", re.I)

STARTS = frozenset(
    """take takes taken to one two three four five six half quarter apply use insert suck place change up when as for max maximum
    then every once twice morning night nightly evening midday mane nocte inject dissolve swallow put give i ii iii iv bd tds qds od om on
    prn stat daily weekly reduce increase continue titrate stop start dose directions quantity qty last issued review dispense supply
    do not may with after before if at each per a an the wear remove rotate patient none by mouth po last""".split()
)
SCREEN = frozenset(
    """repeat repeats acute acutes medication medications medicine medicines drug drugs dosage dose quantity qty last issued issue date
    name current past template templates active regular prescription prescriptions review due usage status type directions item
    items history screen list start end source authorised authorisation tablet tablets capsule capsules cream patch patches
    inhaler gel ointment solution drops spray liquid sachets list medicines issues""".split()
)
