"""British National Formulary codes: 15 characters that say chapter, chemical, product and generic equivalent.

``0407020Q0 AA AE GEG``: nine characters for the chemical, two for the product (AA = generic, B? = a brand), two for the
strength and form of that product, two for the strength and form of its generic. Two products with the same first nine
and last two characters are the same thing under different names.
"""

from __future__ import annotations

import re

_CODE = re.compile(r"[0-9]{6}[0-9A-Z]{9}")
_CHEMICAL = re.compile(r"[0-9]{6}[0-9A-Z]{3}")

DEPENDENCE_SECTION = "0410030"


def clean(text: str | None) -> str | None:
    """A 15-character BNF code in capitals, or None if the text is not one."""
    code = (text or "").strip().upper()
    return code if _CODE.fullmatch(code) else None


def chemical(code: str) -> str:
    """The nine characters of the chemical: ``0407020Q0`` is morphine sulfate."""
    return code[:9]


def is_chemical(text: str) -> bool:
    """Whether the text has the shape of a nine-character chemical code."""
    return _CHEMICAL.fullmatch(text) is not None


def product_part(code: str) -> str:
    """The two characters of the product: AA for the generic."""
    return code[9:11]


def is_generic(code: str) -> bool:
    """Whether the code is of a generic product, not a brand."""
    return product_part(code) == "AA"


def generic_key(code: str) -> str:
    """First nine and last two characters: the same for a brand and its generic."""
    return code[:9] + code[13:15]


def is_in(code: str, section: str) -> bool:
    """Whether a code lies in a chapter, section, paragraph or chemical, given by its first characters."""
    return code.upper().startswith(section.upper())


def is_dependence_treatment(code: str) -> bool:
    """Whether the code lies under 0410030, opioid dependence: never an analgesic here."""
    return is_in(code, DEPENDENCE_SECTION)
