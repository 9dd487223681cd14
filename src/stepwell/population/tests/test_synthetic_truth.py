"""The searches against the truth of a synthetic practice: worked out from hidden plans, by code that shares nothing.

The plans are handed over as canonical rows, so that what is compared is the reading of medicines and instructions, the
exposures and the searches. Reading the vendors' files is tested with their readers.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from stepwell.base.progress import Silent
from stepwell.population import engine
from stepwell.population.records.canonical import TABLES, Identity
from stepwell.population.records.derived import DERIVATION
from stepwell.population.records.extracts import Description, Kind, Options, SourceFile
from stepwell.population.records.importing import import_extract
from stepwell.population.records.searches import all_searches, prepare, run
from stepwell.population.stores import open_stores
from stepwell.population.synthetic import DEFAULT_AS_OF
from stepwell.population.synthetic.build import people_of, words_of
from stepwell.population.synthetic.codings import drug_name
from stepwell.population.synthetic.truth import expected
from stepwell.population.synthetic.wording import instruction

PRACTICE = "Z99901"
KINDS = {"Regular": "regular", "Temporary": "temporary", "Private": "private"}
PRECISION = {"YMD": "day", "YM": "month", "Y": "year"}


class PlanReader:
    """Hands the people of one synthetic practice over as canonical rows."""

    def __init__(self, size: int, seed: int) -> None:
        self.seed = seed
        people = people_of(0, size, seed, DEFAULT_AS_OF)
        self.people = [person for person in people if not (person.dummy or person.deleted)]
        self.by_key = {}

    def describe(self) -> Description:
        file = SourceFile("plans", f"{self.seed}", 1)
        return Description("emis", PRACTICE, "A practice", DEFAULT_AS_OF, Kind.FULL, (file,))

    def read(self, sink, progress) -> None:
        tables = defaultdict(list)
        for person in self.people:
            key = sink.patient_key(nhs_number=person.nhs_number, source_patient_id=str(person.index))
            self.by_key[key] = person
            for table, row in self._rows(person):
                line = sum(map(len, tables.values())) + 1
                shared = {
                    "patient_key": key,
                    "practice": PRACTICE,
                    "source_file": "plans",
                    "source_line": line,
                }
                tables[table].append({**dict.fromkeys(TABLES[table].names), **row, **shared})
            born = date.fromordinal(person.born)
            names = (person.given_name, person.family_name)
            sink.identities(
                [
                    Identity(
                        key,
                        PRACTICE,
                        str(person.index),
                        person.nhs_number,
                        *names,
                        born,
                        None,
                        None,
                        "",
                        "",
                        "",
                        "",
                    )
                ]
            )
        for table, rows in tables.items():
            sink.rows(table, rows)
        sink.read("plans", sum(map(len, tables.values())))

    def _rows(self, person):
        born, died = date.fromordinal(person.born), _day(person.died)
        yield (
            "patients",
            {
                "birth_year": born.year,
                "birth_month": born.month,
                "death_year": died and died.year,
                "death_month": died and died.month,
                "no_nhs_number": False,
                "sensitive": person.sensitive,
                "withheld": any(part.confidential for part in (*person.codes, *person.templates)),
            },
        )
        yield (
            "registrations",
            {
                "registration_id": str(person.index),
                "start_date": _day(person.registered),
                "end_date": _day(person.left),
                # What a source writes and nobody knows the meaning of is no kind of registration.
                "registration_type": KINDS.get(person.registration),
            },
        )
        for number, code in enumerate(person.codes):
            if code.confidential:
                continue
            yield (
                "events",
                {
                    "event_id": f"{person.index}-{number}",
                    "event_date": _day(code.day),
                    "date_precision": PRECISION[code.precision],
                    "snomed_id": code.condition.snomed_id or None,
                    "term": code.condition.term,
                },
            )
        rng = words_of(self.seed, 0, person.index)
        for number, template in enumerate(person.templates):
            text = instruction(template, rng, person.house_style)
            if template.confidential:
                continue
            yield from self._medicine(f"{person.index}-{number}", template, text)

    def _medicine(self, key, template, text):
        coded = template.brand or template.product
        shared = {
            "template_id": key,
            "drug_code": None if template.written_name else coded.dmd_id,
            "drug_name": drug_name(template),
            "dosage_instruction": text or None,
            "quantity_unit": template.product.unit,
            "prescribed_here": template.own,
            "elsewhere_source": None if template.own else template.source,
            "kind": template.kind.lower(),
        }
        yield "templates", {**shared, "start_date": _day(template.start), "end_date": _day(template.end)}
        for number, supply in enumerate(template.supplies):
            if not supply.deleted:
                amount = supply.quantity
                yield (
                    "issues",
                    {
                        **shared,
                        "issue_id": f"{key}-{number}",
                        "issue_date": _day(supply.day),
                        "quantity_value": None
                        if amount is None
                        else Decimal(amount.numerator) / amount.denominator,
                        "duration_days": supply.days,
                    },
                )


def _day(ordinal):
    return None if ordinal is None else date.fromordinal(ordinal)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_every_search_and_every_plain_dose_agrees_with_the_hidden_plans(tmp_path, seed) -> None:
    reader = PlanReader(1500, seed)
    stores = open_stores(tmp_path / "lake")
    import_extract(stores.lake, stores.vault, reader, Options(), derive=DERIVATION, progress=Silent())
    truth = {key: expected(person, DEFAULT_AS_OF.toordinal()) for key, person in reader.by_key.items()}
    con = engine.connect()
    with stores.lake.pin() as snapshot:
        prepared = prepare(snapshot.tables(con), DEFAULT_AS_OF, con)
        results = {search_id: run(search, prepared) for search_id, search in all_searches().items()}

    compared = 0
    for search_id, result in results.items():
        found = {one.patient_key: one.outcome for one in result.candidates}
        wanted = {
            key: answer.outcomes[search_id] for key, answer in truth.items() if search_id in answer.outcomes
        }
        assert found == wanted, search_id
        for one in result.candidates:
            plain = truth[one.patient_key].ome
            if plain is not None:
                assert (one.daily_ome_min, one.daily_ome_max) == pytest.approx(
                    (float(plain[0]), float(plain[1]))
                )
                compared += 1
    assert compared > 100
