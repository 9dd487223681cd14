"""Contact details and NHS numbers typed into free text are replaced by ``[masked]`` before a row reaches the lake.

Shapes, not meanings: a ten-digit number is masked whether or not it is anybody's. Doses must survive, so a shape that
could be one ("B12 5UG", "0800 1200 1800 2200") is left alone.
"""

from __future__ import annotations

import re

import pyarrow as pa

MASK = "[masked]"

# The free text of each canonical table.
FREE_TEXT = {
    "templates": ("drug_name", "dosage_instruction", "quantity_unit", "quantity_text"),
    "issues": ("drug_name", "dosage_instruction", "quantity_unit", "quantity_text"),
    "events": ("term", "unit"),
    "drug_codes": ("term",),
    "clinical_codes": ("term",),
}

_AREAS = (
    "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK "
    "FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR "
    "NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC "
    "WD WF WN WR WS WV YO ZE"
)
_E_MAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_TELEPHONE = re.compile(
    r"(?<![\d./])(?:"
    r"(?:\+|00)44[\s-]?(?:\(0\)[\s-]?)?\d{2,5}(?:[\s-]?\d{3,4}){1,2}"  # +44 7700 900123
    r"|07(?: ?\d){9}"  # a mobile, spaced anyhow
    r"|\(0\d{2,4}\)[\s-]?\d{3,4}[\s-]?\d{3,4}"  # (01632) 960 123
    r"|(?=0(?:[\s-]?\d){9,10}(?!\d))0\d{2,4}[\s-]?\d{3,4}[\s-]?\d{3,4}"  # 01632 960123, 020 7946 0958
    r")(?![\d/])"
)
# After a word that says so, any number long enough: "ring 960 123".
_CALLED = re.compile(
    r"(?i)(\b(?:tel|telephone|phone|mob|mobile|ring|call|text|contact)\b\W{0,3}(?:on|no|number)?\W{0,3})\d(?:[\s-]?\d){5,}"
)
_NHS_NUMBER = re.compile(r"(?<![\d.,/])\d{3}(?P<gap>[\s-]?)\d{3}(?P=gap)\d{4}(?![\d/]|[.,]\d)")
_POSTCODE = re.compile(
    rf"\b(?P<out>(?:{_AREAS.replace(' ', '|')})\d[0-9A-HJKPSTUW]?)\s?(?P<in>\d[ABD-HJLNP-UW-Z]{{2}})\b",
    re.IGNORECASE,
)
# Nothing shorter than a postcode, and nothing without a digit or an @, can be any of these.
_WORTH_A_LOOK = re.compile(r"@|\d(?:.*\d){2}|\d\D*\d", re.DOTALL)
_VITAMIN = re.compile(r"(?i)B\d{1,2}")
_UNIT = re.compile(r"(?i)\d(?:UG|NG)")


def mask(text: str) -> str:
    """``text`` with every e-mail address, telephone number, NHS number and postcode replaced."""
    if not _WORTH_A_LOOK.search(text):
        return text
    text = _E_MAIL.sub(MASK, text)
    text = _CALLED.sub(rf"\1{MASK}", text)
    text = _TELEPHONE.sub(MASK, text)
    text = _NHS_NUMBER.sub(MASK, text)
    return _POSTCODE.sub(_unless_a_vitamin, text)


def _unless_a_vitamin(match: re.Match[str]) -> str:
    """ "B12 5UG" is a postcode's shape and a dose."""
    is_dose = _VITAMIN.fullmatch(match["out"]) and _UNIT.fullmatch(match["in"])
    return match[0] if is_dose else MASK


class Masker:
    """Masks whole columns, looking at each distinct text once."""

    def __init__(self, remember: int = 200_000) -> None:
        self._known: dict[str, str] = {}
        self._remember = remember
        self.masked = 0

    def column(self, column: pa.Array) -> pa.Array:
        """The column with every text masked; nulls stay null."""
        coded = column.dictionary_encode()
        texts = coded.dictionary.to_pylist()
        masked = [self._mask(text) for text in texts]
        if masked == texts:
            return column
        changed = pa.array([old != new for old, new in zip(texts, masked, strict=True)])
        self.masked += sum(filter(None, changed.take(coded.indices).to_pylist()))
        return pa.array(masked, pa.string()).take(coded.indices)

    def _mask(self, text: str) -> str:
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= self._remember:
                self._known.clear()
            known = self._known[text] = mask(text)
        return known
