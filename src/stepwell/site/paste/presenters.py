"""Words for the paste box: how each medicine was read, its dose, and the sum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stepwell.knowledge import cautions, dosage, equivalence
from stepwell.knowledge.dosage import Dosage
from stepwell.knowledge.medicines.model import Product
from stepwell.site.paste import quantity
from stepwell.site.paste.answer import Answer, Medicine
from stepwell.site.paste.wording import counted, formula, number, spread

_LABELS = {
    "dose": "dose",
    "frequency": "how often",
    "interval_days": "how often",
    "as_needed": "as needed",
    "ceiling": "the most",
    "duration_days": "how long",
    "steps": "step",
    "daily": "a day",
    "noise": "not a dose",
    "unread": "left unread",
    "refused": "no dose read",
}
_DIFFERS = {
    True: "The factor table decides the band: the default and the US table of 2022 put this total in different bands.",
    False: "The default and the US table of 2022 give the same band.",
    None: "Whether the US table of 2022 would give another band cannot be told: not both tables give a figure for all of it.",
}
_LEVELS = {"stop": ("Stop", "red"), "warn": ("Warning", "yellow"), "inform": ("To know", "blue")}


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of an instruction. ``label`` says what it gave, "" for words between; ``kind`` is the class it is drawn in."""

    text: str
    label: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One medicine on the page. ``ome`` and ``units`` are words; ``sum`` is the sum written out."""

    number: int
    name: str
    recognised: str
    note: str
    segments: tuple[Segment, ...]
    as_read: tuple[str, ...]
    rest: str
    check: quantity.Check
    refused: str
    question: str
    units: str
    mg: str
    ome: str
    sum: str
    source: str


@dataclass(frozen=True, slots=True)
class Beside:
    """One factor table's answer: its figure, band, and each opioid's sum or why there is none."""

    id: str
    name: str
    figure: str
    band: str
    status: str
    source: str
    dated: str
    sums: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """The total. ``parts`` are (figure, name); ``missing`` say why it is "at least"; ``unknown`` names what was not recognised."""

    parts: tuple[tuple[str, str], ...]
    figure: str
    as_needed: str
    sentence: str
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    tables: tuple[Beside, ...]
    differs: str


@dataclass(frozen=True, slots=True)
class Caution:
    """One caution that fires."""

    id: str
    title: str
    level: str
    colour: str
    message: str
    more: tuple[str, ...]
    because: str
    gaps: tuple[str, ...]
    source: str
    status: str


def lines(found: Answer) -> list[Line]:
    """Each medicine in the order pasted."""
    return [_line(found, each) for each in found.medicines]


def segments(read: Dosage) -> tuple[Segment, ...]:
    """The instruction in pieces: what gave a value, what was set aside, what was left unread, and the words between."""
    if read.status is dosage.Status.REFUSED:
        return (Segment(read.text, _LABELS["refused"], "refused"),) if read.text else ()
    marks = [(span.start, span.end, span.field) for span in read.spans]
    for kind, texts in (("noise", read.noise), ("unread", read.unread)):
        marks += [
            (place, place + len(text), kind) for text in texts if (place := _place(read.text, text)) >= 0
        ]
    found: list[Segment] = []
    at = 0
    for start, end, kind in sorted(marks):
        if start < at:
            continue
        if between := read.text[at:start].strip():
            found.append(Segment(between))
        found.append(Segment(read.text[start:end], _LABELS.get(kind, kind.replace("_", " ")), kind))
        at = end
    if after := read.text[at:].strip():
        found.append(Segment(after))
    return tuple(found)


def _place(text: str, part: str) -> int:
    return text.lower().find(part.lower())


def _line(found: Answer, each: Medicine) -> Line:
    units, mg = daily(each)
    ome, written, source = _ome(found, each)
    refused, question = _refusal(each)
    return Line(
        number=each.number,
        name=each.entry.name,
        recognised=_recognised(each),
        note=each.found.reason,
        segments=segments(each.read),
        as_read=_as_read(each.read),
        rest=", ".join(each.entry.rest),
        check=quantity.check(each),
        refused=refused,
        question=question,
        units=units,
        mg=mg,
        ome=ome,
        sum=written,
        source=source,
    )


def _recognised(each: Medicine) -> str:
    if each.found.product is not None:
        return each.found.product.name
    if each.found.text_only is not None:
        return each.found.text_only.name
    return f"{each.found.substance}, strength not known" if each.found.substance else ""


def _refusal(each: Medicine) -> tuple[str, str]:
    """Why there is no dose, and what to ask."""
    if not each.entry.instruction:
        return "No instruction was pasted for it.", "What is taken, and how often?"
    if each.read.status is dosage.Status.PARSED:
        return "", ""
    held = dosage.refusals().get(each.read.reason or "")
    words = held.words if held else "The instruction could not be read."
    return words, each.read.question or (held.question if held else "")


def _as_read(read: Dosage) -> tuple[str, ...]:
    """Sentences on how the instruction was read, beside the daily dose."""
    said = []
    if read.steps:
        said.append(
            "It has steps; the figures are of the first: " + "; ".join(step.text for step in read.steps) + "."
        )
    if read.as_needed:
        said.append("Taken when needed, so the least is nothing.")
    said += [f"Noted: {flag.replace('_', ' ')}." for flag in read.flags]
    return tuple(said)


def daily(each: Medicine) -> tuple[str, str]:
    """The dose a day in units and in mg, each in words; "not known" where it is."""
    read, product = each.read, each.found.product
    if read.status is dosage.Status.REFUSED or not each.entry.instruction:
        return "not known", "not known"
    if product is not None and product.patch_rate_microgram_per_h is not None:
        return _patches(read)
    low, high = read.daily_min, read.daily_max
    if low is None or high is None:
        return "no most is said", "not known"
    if product is None and read.unit == "mg":
        return "not known", f"{spread(low, high)}mg"
    return counted(low, high, read.unit or "unit"), _mg(read, product)


def _mg(read: Dosage, product: Product | None) -> str:
    low, high = read.daily_mg_min, read.daily_mg_max
    if product is None or low is None or high is None:
        return "not known"
    return f"{spread(low, high)}mg {product.substance}"


def _patches(read: Dosage) -> tuple[str, str]:
    worn = (
        "not known"
        if read.dose_min is None or read.dose_max is None
        else f"{counted(read.dose_min, read.dose_max, 'patch')} worn"
    )
    days = read.interval_days_min, read.interval_days_max
    if days[0] is not None and days[1] is not None:
        worn += f", changed every {counted(days[0], days[1], 'day')}"
    rate = read.patch_mcg_per_hour
    return worn, "not known" if rate is None else f"{number(rate)} micrograms an hour"


def _ome(found: Answer, each: Medicine) -> tuple[str, str, str]:
    """The OME under the default table, its sum, and the row it rests on."""
    if each.taken is None:
        return ("not an opioid" if each.found.classes else "not counted"), "", ""
    assert found.comparison is not None
    under = found.comparison.by_table[0]
    part = under.parts[found.opioids.index(each)]
    if not part.convertible or part.ome_min is None or part.ome_max is None:
        return "not known" if part.refusal is equivalence.Refusal.NOT_KNOWN else "not converted", "", ""
    source = f"{part.table}: {part.source} ({part.status})"
    return f"{spread(part.ome_min, part.ome_max)}mg", formula(part.formula), source


def why_missing(each: Medicine, reason: str) -> str:
    """Why an opioid is not in the total, without codes."""
    if each.found.product is not None and each.read.status is dosage.Status.REFUSED:
        return f"{each.entry.name}: {_refusal(each)[0]}"
    return reason


def the_sum(found: Answer) -> Sum | None:
    """The total under the default, and every table beside it. None where there is no opioid."""
    if found.comparison is None:
        return None
    first = found.comparison.by_table[0]
    shown = equivalence.shown(first.total, on=found.on, as_needed=first.as_needed)
    parts = []
    for item, part in zip(found.comparison.items, first.parts, strict=True):
        figure = "?" if part.ome_min is None or part.ome_max is None else spread(part.ome_min, part.ome_max)
        parts.append((figure, item.name))
    return Sum(
        parts=tuple(parts),
        figure=shown.figure.replace("-", " to "),
        as_needed=shown.as_needed.replace("-", " to ").replace("as to needed", "as-needed"),
        sentence=shown.sentence,
        missing=tuple(_missing(found)),
        unknown=tuple(each.entry.name for each in found.medicines if not each.recognised),
        tables=tuple(_beside(found, under) for under in found.comparison.by_table),
        differs=_DIFFERS[found.comparison.threshold_class_differs],
    )


def _missing(found: Answer) -> Iterable[str]:
    assert found.comparison is not None
    parts = found.comparison.by_table[0].parts
    for place, part in enumerate(parts):
        if part.convertible or part.refusal is equivalence.Refusal.NOT_AN_OPIOID:
            continue
        of_text = place < len(found.opioids)
        yield why_missing(found.opioids[place], part.reason) if of_text else part.reason


def _beside(found: Answer, under: equivalence.UnderTable) -> Beside:
    assert found.comparison is not None
    shown = equivalence.shown(under.total, on=found.on, as_needed=under.as_needed)
    sums = []
    for place, (item, part) in enumerate(zip(found.comparison.items, under.parts, strict=True)):
        said = formula(part.formula) if part.convertible else part.reason
        if not part.convertible and place < len(found.opioids):
            said = why_missing(found.opioids[place], part.reason)
        sums.append((item.name, said))
    table = under.table
    dated = f"from {table.effective_from}" if table.effective_from else "not dated"
    dated += f", superseded {table.superseded}" if table.superseded else ""
    figure = shown.figure.replace("-", " to ")
    return Beside(table.id, table.name, figure, shown.band, table.status, table.source, dated, tuple(sums))


def fired(found: cautions.Findings) -> list[Caution]:
    """Cautions that fire, most serious first."""
    said = []
    for each in found.fires:
        level, colour = _LEVELS[each.level.value]
        said.append(
            Caution(
                id=each.caution_id,
                title=each.title,
                level=level,
                colour=colour,
                message=each.message,
                more=(*each.detail, *each.notes),
                because="; ".join(cause.what for cause in each.because),
                gaps=each.gaps,
                source=each.source,
                status=each.status,
            )
        )
    return said
