"""From a dosage text to a Dosage: noise out, words in, grammar, arithmetic, and one last look."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from stepwell.knowledge.dosage.agree import Agreement, ProductAgreement
from stepwell.knowledge.dosage.assemble import Sum, reckon
from stepwell.knowledge.dosage.by_part import parts_of, tidy
from stepwell.knowledge.dosage.grammar.clauses import clauses
from stepwell.knowledge.dosage.grammar.day import Clause
from stepwell.knowledge.dosage.grammar.doubts import doubts
from stepwell.knowledge.dosage.grammar.parts import Atom, RefusedError
from stepwell.knowledge.dosage.grammar.read import read
from stepwell.knowledge.dosage.grammar.settle import settle
from stepwell.knowledge.dosage.model import Dosage, Span, Status, Step
from stepwell.knowledge.dosage.noise import Cleaned, strip
from stepwell.knowledge.dosage.plausibility import (
    implausible,
    interval_mismatch,
    named_differently,
    strength_differs,
)
from stepwell.knowledge.dosage.refusals import refusals
from stepwell.knowledge.dosage.spans import spans_of
from stepwell.knowledge.dosage.steps import steps_of
from stepwell.knowledge.dosage.tokens import Token, tokenize
from stepwell.knowledge.medicines.model import Product
from stepwell.knowledge.tables import register

PARSER_VERSION = "3"
LONGEST_TEXT = 500
_CACHED_TEXTS = 65536
_ADVISED = ("as per", "per ", "on advice", "on the advice")
_UNCHANGED = frozenset(
    {"same dose", "dose unchanged", "unchanged dose", "no change", "no change in dose", "unchanged"}
)
_SAYS_WHEN = frozenset(
    "latin count times every adverb hourly when alternate alternate_day weekday clock".split()
)


def parse(text: str | None, product: Product | None = None) -> Dosage:
    """Read a dosage instruction. Never raises; what is not safely understood comes back refused, with a reason.

    ``product``, where known, gives the counted unit, turns mg into units and fills ``daily_mg_*``. Results are
    cached by (text, product): a practice writes the same few texts over and over.
    """
    return _parse("" if text is None else text, product)


def parse_many(texts: Iterable[str | None], products: Iterable[Product | None] | None = None) -> list[Dosage]:
    """``parse`` of many rows, in their order: each distinct pair of text and product is read once.

    ``products``: one for each text; left out, none is known. ValueError when there are not as many as texts.
    """
    rows = [text or "" for text in texts]
    beside = [None] * len(rows) if products is None else list(products)
    pairs = zip(rows, beside, strict=True)
    read: dict[tuple[str, Product | None], Dosage] = {}
    found: list[Dosage] = []
    for pair in pairs:
        dosage = read.get(pair)
        if dosage is None:
            dosage = read[pair] = _parse(*pair)
        found.append(dosage)
    return found


@lru_cache(maxsize=_CACHED_TEXTS)
def _parse(text: str, product: Product | None) -> Dosage:
    return parse_uncached(text, product)


class _Reading:
    """What was found on the way, so that a refusal still tells it."""

    __slots__ = ("agreement", "cleaned", "directed", "flags", "text")

    def __init__(self, text: str, product: Product | None) -> None:
        self.text = text
        self.agreement = Agreement() if product is None else ProductAgreement(product)
        self.cleaned = Cleaned()
        self.flags: list[str] = []
        self.directed = False

    def noise(self) -> tuple[str, ...]:
        return self._texts(self.cleaned.noise)

    def unread(self) -> tuple[str, ...]:
        return self._texts(self.cleaned.unread)

    def _texts(self, places: list[tuple[int, int]]) -> tuple[str, ...]:
        return tuple(self.text[start:end].strip() for start, end in sorted(places))


def parse_uncached(text: str, product: Product | None) -> Dosage:
    """``parse`` without the cache, for measuring."""
    reading = _Reading(text, product)
    try:
        return _read(reading, product)
    except RefusedError as refusal:
        if refusal.flag:
            reading.flags.append(refusal.flag)
        return _refused(reading, refusal.reason)


def _read(reading: _Reading, product: Product | None) -> Dosage:
    text = reading.text
    if len(text) > LONGEST_TEXT:
        raise RefusedError("too_long")
    if not text.strip():
        raise RefusedError("empty")
    tokens, mended = tokenize(text)
    reading.cleaned = strip(tokens)
    reading.flags.extend(reading.cleaned.flags)
    if mended:
        reading.flags.append("spelling")
    kept = reading.cleaned.kept
    kept = _without_who_advised(kept, reading)
    for token in kept:
        if token.kind == "directed":
            reading.directed = True
            raise RefusedError(str(token.value), "as_directed" if token.value == "as_directed" else None)
        if token.kind == "refuse":
            raise RefusedError(str(token.value))
    if _adds_a_drug(kept) or len({token.value for token in kept if token.kind == "drug"}) > 1:
        raise RefusedError("several_drugs")
    doubts(kept, text)
    settled = settle(kept, text)
    if not settled:
        reading.directed = reading.cleaned.letter is not None
        raise RefusedError(reading.cleaned.letter or "no_dose")
    atoms = read(settled)
    steps, stopped = clauses(atoms)
    return _answer(reading, product, atoms, steps, stopped)


def _without_who_advised(kept: list[Token], reading: _Reading) -> list[Token]:
    """ "1 tds as per pain team": behind a dose and its times, who advised it. Alone it says that the dose is elsewhere."""
    kinds = {token.kind for token in kept}
    if not kinds & {"number", "fraction", "a"} or not kinds & _SAYS_WHEN:
        return kept
    advised = [
        t
        for t in kept
        if t.kind == "directed"
        and (
            (t.value == "per_hospital" and t.word.startswith(_ADVISED))
            or (t.value == "as_before" and t.word in _UNCHANGED)
        )
    ]
    for token in advised:
        if token.value == "per_hospital":
            reading.cleaned.letter = reading.cleaned.letter or "per_hospital"
        reading.cleaned.drop(token.start, token.end)
    return [token for token in kept if token not in advised] if advised else kept


def _adds_a_drug(kept: list[Token]) -> bool:
    """ "... and 1 paracetamol qds", "... plus Oramorph 5mg": a second medicine with a dose of its own."""
    for place, token in enumerate(kept):
        if token.kind in ("and", "or") and any(t.kind in ("number", "fraction") for t in kept[:place]):
            ahead = [later.kind for later in kept[place + 1 : place + 4]]
            if ahead[:2] in (["drug", "number"], ["number", "drug"]) or ahead == ["number", "unit", "drug"]:
                return True
    return False


def _answer(
    reading: _Reading, product: Product | None, atoms: list[Atom], found: list[Clause], stopped: bool
) -> Dosage:
    agreement = reading.agreement
    first = found[0]
    if reading.cleaned.letter and (first.changes or first.leads_to):
        raise RefusedError(reading.cleaned.letter)  # "1 tds, reducing regime - see letter"
    total = reckon(first, agreement)
    changing = len(found) > 1 or bool(first.changes)
    steps: tuple[Step, ...] = ()
    if changing or stopped:
        steps = steps_of(found, total, stopped, agreement, reading.text)
        reading.flags.append("taper")
    elif first.leads_to:
        reading.flags.append("taper")
    reading.flags.extend(total.flags)
    reading.flags.extend(agreement.flags)
    return _dosage(reading, product, total, first, steps, spans_of(atoms))


def _dosage(
    reading: _Reading,
    product: Product | None,
    total: Sum,
    first: Clause,
    steps: tuple[Step, ...],
    spans: tuple[Span, ...],
) -> Dosage:
    mg_low, mg_high, rate = _of_product(product, total)
    flags = reading.flags
    if product is not None and interval_mismatch(total.occasions, product):
        flags.append("interval_mismatch")
    if product is not None and named_differently(reading.cleaned.named, product):
        raise RefusedError("strength_conflict")
    if product is not None and product.strength_mg_per_unit in reading.cleaned.beside:
        raise RefusedError("ambiguous")  # "1 bd with 75mg" of what is itself 75 mg
    if product is not None and strength_differs(reading.cleaned.strengths, product, rate):
        if product.patch_rate_microgram_per_h is not None:
            raise RefusedError("strength_conflict")
        flags += ["strength_differs", "implausible"]
    if implausible(total.unit, total.high, total.dose_high, mg_high, product):
        flags.append("implausible")
    timing = total.occasions
    ceiling_days = total.ceiling_days
    return Dosage(
        text=reading.text,
        status=Status.PARSED,
        reason=None,
        flags=tuple(dict.fromkeys(flags)),
        noise=reading.noise(),
        unread=reading.unread(),
        question=None,
        dose_min=tidy(total.dose_low),
        dose_max=tidy(total.dose_high),
        unit=total.unit,
        frequency_min=tidy(timing.low) if timing else None,
        frequency_max=tidy(timing.high) if timing else None,
        interval_days_min=tidy(timing.days_low) if timing else None,
        interval_days_max=tidy(timing.days_high) if timing else None,
        as_needed=total.as_needed,
        as_directed=False,
        ceiling=tidy(total.ceiling),
        ceiling_unit=total.ceiling_unit,
        ceiling_period_days=int(ceiling_days) if ceiling_days is not None else None,
        duration_days=first.days,
        daily_min=tidy(total.low),
        daily_max=tidy(total.high),
        daily_mg_min=tidy(mg_low),
        daily_mg_max=tidy(mg_high),
        patch_mcg_per_hour=tidy(rate),
        steps=steps,
        spans=spans,
        parser_version=version(),
        parts=parts_of(total),
    )


def _of_product(product: Product | None, total: Sum) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """mg a day of the counted substance, and the rate of all patches worn at once."""
    if product is None or total.unit != product.unit:
        return None, None, None
    if product.unit == "patch":
        worn = total.dose_high if total.dose_low == total.dose_high else None
        rate = product.patch_rate_microgram_per_h
        known = rate is not None and worn is not None and total.high is not None
        return None, None, rate * worn if known and rate is not None and worn is not None else None
    strength = product.strength_mg_per_unit
    if strength is None:
        return None, None, None
    low = None if total.low is None else total.low * strength
    high = None if total.high is None else total.high * strength
    return low, high, None


def _refused(reading: _Reading, reason: str) -> Dosage:
    return Dosage(
        text=reading.text,
        status=Status.REFUSED,
        reason=reason,
        flags=tuple(dict.fromkeys(reading.flags)),
        noise=reading.noise(),
        unread=reading.unread(),
        question=refusals()[reason].question,
        dose_min=None,
        dose_max=None,
        unit=None,
        frequency_min=None,
        frequency_max=None,
        interval_days_min=None,
        interval_days_max=None,
        as_needed=False,
        as_directed=reading.directed,
        ceiling=None,
        ceiling_unit=None,
        ceiling_period_days=None,
        duration_days=None,
        daily_min=None,
        daily_max=None,
        daily_mg_min=None,
        daily_mg_max=None,
        patch_mcg_per_hour=None,
        steps=(),
        spans=(),
        parser_version=version(),
    )


@lru_cache(maxsize=1)
def version() -> str:
    """The version of the grammar and of the vocabulary it was read with."""
    return f"{PARSER_VERSION}+{register()['dosage_vocabulary'].version}"
