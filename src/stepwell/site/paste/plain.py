"""Everything the page says of a pasted text as plain text, to be copied: lines, sums under each table, cautions, tapers.

Of a line that was refused only its number and the reason are in it, as on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from stepwell.site.paste import presenters, tapers
from stepwell.site.paste.answer import Answer
from stepwell.site.templating import long_date

_LOOK_ONLY = (
    "For looking at only. A sum is never a dose to switch to, and nobody should begin a taper from this text."
)


def as_text(found: Answer, drawn: list[tapers.Drawn], versions: Mapping[str, str]) -> str:
    """The answer as text, parts set apart by an empty line. ``versions`` are those the page names below."""
    parts = (
        _head(found, versions),
        _lines(found),
        _not_read(found),
        _sum(found),
        _cautions(found),
        _tapers(drawn),
    )
    return "\n\n".join("\n".join(part) for each in parts if (part := list(each))) + "\n"


def _head(found: Answer, versions: Mapping[str, str]) -> Iterator[str]:
    yield f"Pasted medicines as read by Stepwell on {_day(found.on)}"
    yield f"Stepwell reads; a clinician decides. {_LOOK_ONLY}"
    yield "Versions: " + ", ".join(f"{name} {version}" for name, version in versions.items())


def _lines(found: Answer) -> Iterator[str]:
    yield "MEDICINES"
    for line, each in zip(presenters.lines(found), found.medicines, strict=True):
        yield f"{line.number}. {line.name}"
        yield f"   Recognised as {line.recognised}" if line.recognised else "   Not recognised"
        if line.note:
            yield f"   {line.note}"
        yield f"   Instruction: {each.entry.instruction or 'none was pasted'}"
        told = [f"“{part.text}” {part.label}" for part in line.segments if part.label]
        if told:
            yield "   Read as: " + ", ".join(told)
        yield from (f"   {said}" for said in line.as_read)
        if line.refused:
            yield f"   No dose read. {line.refused}" + (f" Ask: {line.question}" if line.question else "")
        yield f"   A day: {line.units}; in all {line.mg}"
        yield f"   OME a day: {line.ome}" + (f" ({line.sum}; {line.source})" if line.sum else "")
        yield (
            "   "
            + " ".join((f"{line.check.heading}." if line.check.heading else "", *line.check.said)).strip()
        )
        if line.rest:
            yield f"   Beside it, not read as a dose: {line.rest}"


def _not_read(found: Answer) -> Iterator[str]:
    screen = found.screen
    if not (screen.covered or screen.left_over):
        return
    yield "NOT READ"
    for covered in screen.covered:
        more = ", and may hold a medicine" if covered.medicine else ""
        yield f"Line {covered.line}: refused, it looks as if it holds {covered.what}{more}"
    yield from (f"Line {number}, fits no medicine: {text}" for number, text in screen.left_over)


def _sum(found: Answer) -> Iterator[str]:
    total = presenters.the_sum(found)
    if total is None:
        return
    yield "ORAL MORPHINE EQUIVALENT (OME), MG A DAY"
    yield " + ".join(f"{figure} ({name})" for figure, name in total.parts)
    yield f"Daily OME: {total.sentence}"
    if total.missing:
        yield "Not in the total, so the true figure is higher or not known:"
        yield from (f"- {why}" for why in total.missing)
    if total.unknown:
        yield f"Not recognised: {', '.join(total.unknown)}. If one of them is an opioid, the true figure is higher."
    yield total.differs
    for table in total.tables:
        band = f", band {table.band}" if table.band else ""
        yield f"{table.id}: {table.figure}{band}"
        yield f"   {table.name}, {table.dated}. {table.status}. {table.source}"
        yield from (f"   {said if name in said else f'{name}: {said}'}" for name, said in table.sums)


def _cautions(found: Answer) -> Iterator[str]:
    if found.findings is None:
        return
    yield "CAUTIONS"
    fired = presenters.fired(found.findings)
    if not fired:
        yield "No caution could be raised from these lines alone. That is not the same as clear."
    for each in fired:
        yield f"- {each.level}: {each.title}. {' '.join((each.message, *each.more))}"
        because = f"Because of: {each.because}. " if each.because else ""
        yield f"   {because}{''.join(f'{gap} ' for gap in each.gaps)}{each.id}, {each.source} ({each.status})"
    open_ones = found.findings.not_assessed
    if open_ones:
        yield f"Not assessed, which is not the same as clear ({len(open_ones)}):"
        yield from (f"- {each.title} ({each.caution_id}): {' '.join(each.gaps)}" for each in open_ones)


def _tapers(drawn: list[tapers.Drawn]) -> Iterator[str]:
    if not drawn:
        return
    yield "WHAT A TAPER COULD LOOK LIKE"
    yield "One medicine at a time, from the dose as written. A taper is agreed between a prescriber and the person."
    for each in drawn:
        yield each.name
        if each.refused or each.profile is None:
            yield f"   No taper is drawn. {each.refused}"
            continue
        yield f"   {each.headline}. Profile {each.profile.id}: {each.profile.name}. {each.profile.source} ({each.profile.status})"
        for row in each.rows:
            length = f"{row.days} days" if row.days else "from then on"
            why = f" | {row.reason}" if row.reason else ""
            ome = f"OME {row.ome}" if row.ome.endswith("mg") else row.ome
            yield f"   {_day(row.day)} ({length}) | {row.taken} | {row.dose} a day | {row.fall} | {ome}{why}"
        yield from (f"   {said}" for said in each.said)


def _day(day: object) -> str:
    return long_date(day) if isinstance(day, date) else str(day)
