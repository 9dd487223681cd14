"""What each search must say about a person, from their hidden plan, by the written rules (decision record 10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from stepwell.population.synthetic.exposure_truth import Era, Line, Taken, eras_of, lines_of, taken_now
from stepwell.population.synthetic.plan import Day, Person

OPIOID, TRAMADOL, GABAPENTINOID = "opioid", "tramadol", "gabapentinoid"
SEDATIVES = ("benzodiazepine", "z_drug")
LONG_TERM_DAYS = 90
YEAR = 365

SEARCHES = (
    "long-term-opioids",
    "long-term-gabapentinoids",
    "high-dose-90",
    "high-dose-120",
    "opioid-with-benzodiazepine",
    "opioid-with-gabapentinoid",
    "long-term-tramadol",
    "newly-started",
    "stopped",
)

# The kinds of registration people of a neighbourhood have, and whether they are ordinary ones. Of any other it is not known.
REGISTRATIONS = {"Regular": True, "Temporary": False, "Dummy": False}

_CHECK_CONDITIONS = frozenset({"cancer", "epilepsy", "neuropathy", "post_herpetic", "palliative_unmapped"})


@dataclass(frozen=True, slots=True)
class Expected:
    """The answer: ``outcomes`` by search id (in, check, out; absent when the base is not met), and the person's daily
    OME where every current opioid has an instruction that says it."""

    outcomes: dict[str, str]
    ome: tuple[Fraction, Fraction] | None


@dataclass(frozen=True, slots=True)
class _Base:
    """A base that was met: the classes whose doses matter, and whether it is only met in a way that needs checking."""

    classes: tuple[str, ...]
    check: bool = False


@dataclass(frozen=True, slots=True)
class _View:
    person: Person
    as_of: Day
    lines: Sequence[Line]
    now: Sequence[Taken]
    withheld: bool

    def open_era(self, *classes: str) -> Era | None:
        eras = eras_of(self.lines, classes)
        return eras[-1] if eras and eras[-1].is_open(self.as_of) else None

    def current(self, *classes: str, own: bool | None = None) -> list[Taken]:
        return [taken for taken in self.now if taken.line.is_of(classes) and own in (None, taken.line.own)]


def expected(person: Person, as_of: Day) -> Expected:
    """What every search must say about ``person`` at ``as_of``."""
    person, withheld = _without_confidential(person)
    if not any(template.product.classes for template in person.templates):
        return Expected({}, None)
    lines = lines_of(person, as_of)
    view = _View(person, as_of, lines, taken_now(lines, as_of), withheld)
    outcomes: dict[str, str] = {}
    standing: str | None = None
    for search, base_of in _BASES.items():
        base = base_of(view)
        if base is None:
            continue
        standing = standing or _standing(view)
        unclear = any(taken.unclear for taken in view.current(*base.classes))
        outcomes[search] = "check" if standing == "in" and (base.check or unclear) else standing
    return Expected(outcomes, _plain_ome(view))


def _without_confidential(person: Person) -> tuple[Person, bool]:
    """What may be kept of somebody, and whether that is less than there is."""
    codes = [code for code in person.codes if not code.confidential]
    templates = [template for template in person.templates if not template.confidential]
    less = len(codes) + len(templates) < len(person.codes) + len(person.templates)
    return replace(person, codes=codes, templates=templates), less


def _plain_ome(view: _View) -> tuple[Fraction, Fraction] | None:
    opioids = view.current(OPIOID)
    low = high = Fraction(0)
    for taken in opioids:
        ome = taken.ome
        if ome is None or not taken.from_words or taken.unclear:
            return None
        low, high = low + ome[0], high + ome[1]
    return (low, high) if opioids else None


# Who the person is: in, check or out whatever the search.


def _standing(view: _View) -> str:
    person, as_of = view.person, view.as_of
    if _is_out(view):
        return "out"
    if view.withheld or person.registration not in REGISTRATIONS:
        return "check"
    turns = date.fromordinal(person.born)
    today = date.fromordinal(as_of)
    if (turns.year + 18, turns.month) == (today.year, today.month):
        return "check"
    if any(code.condition.kind in _CHECK_CONDITIONS and code.day <= as_of for code in person.codes):
        return "check"
    return "check" if _supplied(view, "dependence_treatment") else "in"


def _is_out(view: _View) -> bool:
    person, as_of = view.person, view.as_of
    born, today = date.fromordinal(person.born), date.fromordinal(as_of)
    if (born.year + 18, born.month) > (today.year, today.month):
        return True
    if REGISTRATIONS.get(person.registration, True) is False or person.registered > as_of:
        return True
    if person.left is not None and person.left <= as_of:
        return True
    if person.died is not None:
        died = date.fromordinal(person.died)
        if (died.year, died.month) <= (today.year, today.month):
            return True
    return person.sensitive or _is_ill(view)


def _is_ill(view: _View) -> bool:
    as_of = view.as_of
    for code in view.person.codes:
        if code.day > as_of:
            continue
        if code.condition.kind in ("palliative", "dependence"):
            return True
        if code.condition.kind == "cancer" and code.day > as_of - YEAR:
            return True
    since = as_of - YEAR
    return _supplied(view, "end_of_life_injectable", since) or _supplied(view, "dependence_treatment", since)


def _supplied(view: _View, medicine_class: str, after: Day | None = None) -> bool:
    return any(
        after is None or occasion.day > after
        for line in view.lines
        if line.is_of((medicine_class,))
        for occasion in line.occasions
    )


# The base of each search.


def _long_term(*classes: str) -> Callable[[_View], _Base | None]:
    def base(view: _View) -> _Base | None:
        era = view.open_era(*classes)
        return _Base(classes) if era is not None and era.days(view.as_of) >= LONG_TERM_DAYS else None

    return base


def _high_dose(threshold: int) -> Callable[[_View], _Base | None]:
    def base(view: _View) -> _Base | None:
        if view.open_era(OPIOID) is None:
            return None
        opioids = view.current(OPIOID)
        known = [(taken.line.own, taken.ome[1]) for taken in opioids if taken.ome is not None]
        if sum(most for own, most in known if own) >= threshold:
            return _Base((OPIOID,))
        untold = len(known) < len(opioids) or any(taken.patches_assumed for taken in opioids)
        if untold or sum(most for _, most in known) >= threshold:
            return _Base((OPIOID,), check=True)
        return None

    return base


def _together(*second: str) -> Callable[[_View], _Base | None]:
    def base(view: _View) -> _Base | None:
        if view.open_era(OPIOID) is None:
            return None
        if view.open_era(*second) is not None:
            return _Base((OPIOID, *second))
        if view.current(*second, own=False):
            return _Base((OPIOID, *second), check=True)
        return None

    return base


def _newly_started(view: _View) -> _Base | None:
    short: list[bool] = []
    for medicine_class in (OPIOID, GABAPENTINOID):
        era = view.open_era(medicine_class)
        if era is None or era.days(view.as_of) >= LONG_TERM_DAYS:
            continue
        before = any(
            era.start - YEAR <= occasion.day < era.start
            for line in view.lines
            if line.is_of((medicine_class,))
            for occasion in line.occasions
        )
        if not before:
            short.append(view.person.registered > era.start - YEAR)
    return _Base((OPIOID, GABAPENTINOID), check=all(short)) if short else None


def _stopped(view: _View) -> _Base | None:
    met = []
    for medicine_class in (OPIOID, GABAPENTINOID):
        eras = eras_of(view.lines, (medicine_class,))
        if not eras or eras[-1].is_open(view.as_of) or view.current(medicine_class, own=False):
            continue
        last = eras[-1]
        if last.end - last.start >= LONG_TERM_DAYS and last.end > view.as_of - YEAR:
            met.append(medicine_class)
    return _Base(tuple(met)) if met else None


_BASES: dict[str, Callable[[_View], _Base | None]] = {
    "long-term-opioids": _long_term(OPIOID),
    "long-term-gabapentinoids": _long_term(GABAPENTINOID),
    "high-dose-90": _high_dose(90),
    "high-dose-120": _high_dose(120),
    "opioid-with-benzodiazepine": _together(*SEDATIVES),
    "opioid-with-gabapentinoid": _together(GABAPENTINOID),
    "long-term-tramadol": _long_term(TRAMADOL),
    "newly-started": _newly_started,
    "stopped": _stopped,
}
