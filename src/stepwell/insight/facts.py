"""What the pages ask of the lake's public data: values, deciles, and who lies where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from ibis.backends import BaseBackend

from stepwell.insight import directory, kept
from stepwell.insight.directory import Directory
from stepwell.population import engine
from stepwell.population.lake import Lake, PublicLoad, Snapshot
from stepwell.population.prescribing import areas, derived, unresolved
from stepwell.population.prescribing.areas import Level
from stepwell.population.prescribing.measures import Measure
from stepwell.population.prescribing.values import Asked, centiles, values

THREADS = 2
DRAWINGS = 2  # raise it when a chart is drawn in another way


@dataclass
class Facts:
    """The public data as it is during one request. ``months`` are the periods held, oldest first."""

    snapshot: Snapshot
    folder: Path
    months: tuple[str, ...]
    _con: list[BaseBackend] = field(default_factory=list)

    @cached_property
    def state(self) -> str:
        """Changes whenever a figure may: with any load of public data and any version of the measures."""
        loads = [f"{load.load_id}/{load.derived}" for load in self.snapshot.manifest.public]
        return f"{derived.version()} {' '.join(loads)}"

    @property
    def newest(self) -> str:
        """The newest month held."""
        return self.months[-1]

    def load(self, dataset: str, period: str) -> PublicLoad | None:
        """One load of public data, with what its import said."""
        return self.snapshot.manifest.current_public(dataset, period)

    @cached_property
    def directory(self) -> Directory:
        """Every organisation with its practices."""
        table = kept.kept(
            self.folder,
            f"directory {directory.SHAPE} {self.state}",
            lambda: directory.table_of(self.snapshot, self.connect()),
        )
        return directory.read(str(self.folder), self.state, table)

    def values(self, asked: Asked) -> pa.Table:
        """The values of every organisation of a level and every month."""
        return kept.kept(self.folder, self._key(asked), lambda: self._living(asked))

    def _living(self, asked: Asked) -> pa.Table:
        """The values without the noughts of practices that had closed: nothing dispensed there is not a low figure."""
        found = values(self.snapshot, self.connect(), asked)
        closed = {
            each.code: each.closed
            for each in self.directory.of_level(Level.PRACTICE)
            if each.status == "closed" and each.closed
        }
        if asked.level is not Level.PRACTICE or not closed:
            return found
        place = pc.index_in(found["organisation"], pa.array(closed, pa.string()))
        last = pa.array(closed.values(), pa.string()).take(place.combine_chunks())
        gone = pc.and_(pc.greater(found["month"], last), pc.equal(found["numerator"], 0.0))
        return found.filter(pc.invert(pc.fill_null(gone, False)))

    def has(self, asked: Asked) -> bool:
        """Whether those values need not be worked out first."""
        return kept.is_kept(self.folder, self._key(asked))

    def centiles(self, asked: Asked, found: pa.Table, among: str) -> pa.Table:
        """The deciles of each month over ``found``, the rows of ``asked`` that lie in the area called ``among``."""
        return kept.kept(
            self.folder, f"centiles {among} {self._key(asked)}", lambda: centiles(found, self.connect())
        )

    def drawing(self, key: str, measure: Measure, make: Callable[[], str]) -> str:
        """A drawing of this state of the data."""
        whole = f"{key} {measure.id} {measure.version} {DRAWINGS} {self.state}"
        return kept.text(self.folder, whole, make)

    def missing(self) -> unresolved.Missing | None:
        """What the newest month's opioid measures could not count."""
        return unresolved.missing(self.snapshot, self.connect(), self.newest)

    def connect(self) -> BaseBackend:
        """The request's one connection, made when something must be worked out."""
        if not self._con:
            self._con.append(engine.connect(threads=THREADS))
        return self._con[0]

    def close(self) -> None:
        """Give the connection back."""
        for con in self._con:
            con.disconnect()

    def _key(self, asked: Asked) -> str:
        measure = asked.measure
        return f"{measure.id} {measure.version} {asked.level} {asked.table()} {asked.then} {asked.smoothed} {self.state}"


@contextmanager
def open_facts() -> Iterator[Facts | None]:
    """The public data for one request; None while no month of prescribing has been imported."""
    data = Path(settings.STEPWELL_DATA)
    if not (data / "lake" / "lake.json").is_file():
        yield None
        return
    with Lake(data / "lake").pin() as snapshot:
        months = tuple(load.period for load in areas.months_of(snapshot))
        if not months:
            yield None
            return
        facts = Facts(snapshot, data / "insight", months)
        try:
            yield facts
        finally:
            facts.close()


def only(found: pa.Table, organisations: Sequence[str]) -> pa.Table:
    """The rows of these organisations."""
    return found.filter(pc.is_in(found["organisation"], pa.array(organisations, pa.string())))


def of_month(found: pa.Table, month: str) -> pa.Table:
    """The rows of one month."""
    return found.filter(pc.equal(found["month"], month))
