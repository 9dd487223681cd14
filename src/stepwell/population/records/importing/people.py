"""Which key each person of a load has. Two source ids with one NHS number are one person only if who they are agrees.

While rows stream in, each source id has a key of its own: the first to show an NHS number gets that number's key, a
second gets a key from its source id. When all identities are known, ``settle`` says what each key becomes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from stepwell.base.errors import StepwellError
from stepwell.knowledge import nhs_number as nhs_numbers
from stepwell.population.keys import LakeKey
from stepwell.population.records.canonical import Identity


@dataclass(frozen=True, slots=True)
class Settled:
    """``remap``: keys that change, old to new. ``source_keyed``: people without an NHS number of their own.

    ``joined``: keys of people who came under two source ids and agree. ``conflicts``: NHS numbers shared by people who
    do not agree, who all fell to source keys.
    """

    remap: dict[str, str]
    source_keyed: frozenset[str]
    joined: frozenset[str]
    conflicts: int


class People:
    """The people of one practice and source, by source id, across the load a delta builds on and the extract itself."""

    def __init__(self, key: LakeKey, source: str, practice: str, earlier: Iterable[Identity] = ()) -> None:
        self._key = key
        self._source = source
        self._practice = practice
        self._earlier: dict[str, str] = {}  # source id -> key in the load this one builds on
        self._given: dict[str, str] = {}  # source id -> key handed out now
        self._number: dict[str, str | None] = {}  # source id -> NHS number, the latest known
        self._owner: dict[str, str] = {}  # key -> the source id it was handed out for
        self._identities: dict[str, Identity] = {}
        for identity in earlier:
            self._earlier[identity.source_patient_id] = identity.patient_key
            self._number[identity.source_patient_id] = identity.nhs_number
            self._identities[identity.source_patient_id] = identity
            self._owner.setdefault(identity.patient_key, identity.source_patient_id)

    def key(self, nhs_number: str | None, source_patient_id: str) -> str:
        """The key under which rows of this person are to be written now."""
        if not source_patient_id:
            raise StepwellError(
                "A person without a source id was given to the lake: the reader must reject the row."
            )
        number = _valid(nhs_number)
        known = self.known(source_patient_id)
        if known is not None and (number is None or number == self._number[source_patient_id]):
            return known
        self._number[source_patient_id] = number
        wanted = self._key.patient_key(number) if number else self._source_key(source_patient_id)
        if self._owner.setdefault(wanted, source_patient_id) != source_patient_id:
            wanted = self._source_key(source_patient_id)
            self._owner.setdefault(wanted, source_patient_id)
        self._given[source_patient_id] = wanted
        return wanted

    def known(self, source_patient_id: str) -> str | None:
        """The key this source id has, from this extract or the load it builds on."""
        return self._given.get(source_patient_id) or self._earlier.get(source_patient_id)

    def identify(self, identity: Identity) -> None:
        """Who somebody is. The latest for a source id stands, its NHS number too."""
        number = _valid(identity.nhs_number)
        self._number[identity.source_patient_id] = number
        self._identities[identity.source_patient_id] = replace(identity, nhs_number=number)

    def forget(self, patient_key: str) -> None:
        """The source says this person is deleted."""
        gone = {
            sid for known in (self._given, self._earlier) for sid, key in known.items() if key == patient_key
        }
        if len(gone) > 1:
            raise _cannot_part()
        for source_patient_id in gone:
            for known in (self._given, self._earlier, self._number, self._identities):
                known.pop(source_patient_id, None)
        self._owner.pop(patient_key, None)

    def settle(self) -> Settled:
        """Decide every key. Raises ``StepwellError`` when people joined by an earlier load turn out to be two."""
        final, joined, conflicts = self._final_keys()
        remap: dict[str, str] = {}
        for provisional, becomes in self._provisional(final):
            if remap.setdefault(provisional, becomes) != becomes:
                raise _cannot_part()
        self._identities = {
            sid: replace(who, patient_key=final[sid]) for sid, who in self._identities.items() if sid in final
        }
        return Settled(
            {old: new for old, new in remap.items() if old != new},
            frozenset(key for sid, key in final.items() if key == self._source_key(sid)),
            frozenset(joined),
            conflicts,
        )

    def identities(self) -> Iterator[Identity]:
        """Everyone, after ``settle``, in the order first met."""
        return iter(self._identities.values())

    def _final_keys(self) -> tuple[dict[str, str], set[str], int]:
        claims: dict[str, list[str]] = defaultdict(list)
        final: dict[str, str] = {}
        for source_patient_id, number in self._number.items():
            if number is None:
                final[source_patient_id] = self._source_key(source_patient_id)
            else:
                claims[number].append(source_patient_id)
        joined: set[str] = set()
        conflicts = 0
        for number, claimants in claims.items():
            if self._agree(claimants):
                key = self._key.patient_key(number)
                final.update(dict.fromkeys(claimants, key))
                joined |= {key} if len(claimants) > 1 else set()
            else:
                final.update({claimant: self._source_key(claimant) for claimant in claimants})
                conflicts += 1
        return final, joined, conflicts

    def _provisional(self, final: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Every key that rows may carry, with what it becomes."""
        for known in (self._earlier, self._given):
            for source_patient_id, key in known.items():
                yield key, final[source_patient_id]
        for key, source_patient_id in self._owner.items():  # handed out, then changed within this extract
            if source_patient_id in final:
                yield key, final[source_patient_id]

    def _agree(self, claimants: list[str]) -> bool:
        """Whether these are one person: the same family name and date of birth, both known."""
        if len(claimants) == 1:
            return True
        who = [self._identities.get(claimant) for claimant in claimants]
        facts = {
            (_letters(identity.family_name), identity.date_of_birth) if identity else None for identity in who
        }
        return len(facts) == 1 and all(fact and all(fact) for fact in facts)

    def _source_key(self, source_patient_id: str) -> str:
        return self._key.source_key(self._source, self._practice, source_patient_id)


def _valid(number: str | None) -> str | None:
    """The reader has checked it; a number that is not one must never make a key two people could share."""
    return number if number is not None and nhs_numbers.valid(number) else None


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalpha())


def _cannot_part() -> StepwellError:
    return StepwellError(
        "Two patients who were taken for one person in the load this builds on are now two people.",
        next_step="Import a full extract: what was recorded for each of them cannot be told apart in a delta.",
    )
