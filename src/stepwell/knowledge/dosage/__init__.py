"""Dosage instructions: from what a prescription line says to doses a day, or an honest refusal.

    >>> from stepwell.knowledge.dosage import parse
    >>> parse("1-2 qds prn, max 6 in 24 hours").daily_max
    Decimal('6')

The way of a text: ``tokens`` (words of the vocabulary, numbers, marks), ``noise`` (what is no instruction, kept apart),
``grammar.settle`` (silent words go), ``grammar.read`` (named rules make atoms; nothing may be left over),
``grammar.builder`` (atoms to parts and steps), ``assemble`` (arithmetic), ``by_part`` (each dose of a day), ``agree`` (the product), ``plausibility``.

Where people could argue, this is how it reads:

* "as directed" anywhere refuses, even beside a full dose; "as per hospital letter" or "as per pain team" beside one is noise.
* A remark that holds no number, unit, time or word that changes a dose is left unread and told (``Dosage.unread``), unless a
  word in it may be a slip of one that does. On a condition nobody explained ("if spasms bother him") is as needed.
* "increase to 2 bd" with nothing before it is the dose now; "increase by 1 a week" with nothing before it is refused.
* "3 nights a week" divides by seven; "max 3 nights a week" caps at three days of what a day holds, and may be none.
* "up to" and as-needed make the minimum nothing; "max" and "no more than" leave the minimum alone.
* As-needed behind one of several parts belongs to that part; set apart by a comma, stop or bracket, to all of them.
* "1/2" is a half only with a unit behind it: bare, or in the plural three or more times a day, it may be "one or two".
* "1 mane then 2 nocte" is one day; every other "then" is a next step, and the answer is the first step.
* Two daily doses with no "and" between must agree or be spelt out by the second; otherwise refused.
* A bare number on a liquid, or equal to the strength in mg, is refused: it could be ml, mg or units.
"""

from stepwell.knowledge.dosage.fields import FIELDS, as_dict
from stepwell.knowledge.dosage.model import Dosage, Part, Span, Status, Step
from stepwell.knowledge.dosage.parse import PARSER_VERSION, parse, parse_many
from stepwell.knowledge.dosage.refusals import Refusal, refusals

__all__ = [
    "FIELDS",
    "PARSER_VERSION",
    "Dosage",
    "Part",
    "Refusal",
    "Span",
    "Status",
    "Step",
    "as_dict",
    "parse",
    "parse_many",
    "refusals",
]
