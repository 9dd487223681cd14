"""Every named address of the site, and ids to put in those that take one: at the member's own organisation or another.

A new address that takes an argument needs a line in ``SAMPLES``; the matrix test says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from stepwell.organisations.access import Access
from stepwell.site.access import DECLARED

PACKAGES = ("allauth.",)


@dataclass(frozen=True, slots=True)
class Route:
    """A named address: what it asks for and the arguments it takes."""

    name: str
    access: Access | None
    arguments: frozenset[str]
    package: bool


@dataclass(slots=True)
class World:
    """The organisations, and somebody to be the subject of an address at each."""

    organisations: dict[str, Any]
    make_member: Callable[..., Any]
    rows: dict[str, Any] = field(default_factory=dict)

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """The row made the first time it is asked for."""
        if key not in self.rows:
            self.rows[key] = make()
        return self.rows[key]

    def someone(self, at: str) -> Any:
        return self.once(f"member {at}", lambda: self.make_member("care_coordinator", at=at))

    def grant(self, at: str) -> Any:
        from stepwell.organisations.models import Grant

        return self.once(
            f"grant {at}",
            lambda: Grant.objects.create(
                practice=self.organisations[at],
                member=self.make_member("pharmacist", at="elsewhere" if at != "elsewhere" else "pcn"),
                granted_by=self.someone(at),
                starts_on=date(2020, 1, 1),
            ),
        )

    def candidate_list(self, at: str) -> Any:
        from stepwell.base import clock
        from stepwell.casefinding.models import CandidateList

        counts = {
            "registered": 100,
            "issued_in_window": 9,
            "base": 1,
            "outcomes": {"in": 0, "check": 1, "out": 0},
            "reasons": {},
        }
        return self.once(
            f"list {at}",
            lambda: CandidateList.objects.create(
                practice=self.organisations[at],
                search_id="long-term-opioids",
                search_version=1,
                as_of=date(2026, 6, 1),
                extract_date=date(2026, 6, 1),
                load_id="none",
                counts=counts,
                made_by=self.someone(at),
                made_at=clock.now(),
            ),
        )

    def candidate(self, at: str) -> Any:
        return self.once(
            f"candidate {at}",
            lambda: self.candidate_list(at).candidates.create(patient_key="k1", outcome="check"),
        )

    def import_job(self, at: str) -> Any:
        from stepwell.base import clock
        from stepwell.casefinding.models import ImportJob

        return self.once(
            f"import {at}",
            lambda: ImportJob.objects.create(
                practice=self.organisations[at],
                created_by=self.someone(at),
                created_at=clock.now(),
                state=ImportJob.State.MAPPING,
                file_name="report.csv",
                stored_as="gone.csv",
            ),
        )

    def person(self, at: str) -> Any:
        from stepwell.base import clock
        from stepwell.people.models import Person

        return self.once(
            f"person {at}",
            lambda: Person.objects.create(
                practice=self.organisations[at],
                patient_key="k2",
                nhs_number="9990000107",
                family_name="Alder",
                as_of=date(2026, 6, 1),
                added_at=clock.now(),
                added_by=self.someone(at),
            ),
        )


# For an address with arguments: what to put in, for something at the organisation called ``at``.
# None: the address is the same for every organisation, so there is no "other" to try.
SAMPLES: dict[str, Callable[[World, str], dict[str, Any]] | None] = {
    "organisations:end_member": lambda world, at: {"pk": world.someone(at).pk},
    "organisations:password_link": lambda world, at: {"pk": world.someone(at).pk},
    "organisations:take_back_grant": lambda world, at: {"pk": world.grant(at).pk},
    "organisations:sign": None,
    "unverified_table": None,
    "casefinding:search_definition": None,
    "casefinding:search_run": None,
    **{
        f"casefinding:{name}": lambda world, at: {"pk": world.candidate_list(at).pk}
        for name in ("candidate_list", "candidate_options", "candidate_sample", "candidate_adopt")
    },
    **{
        f"casefinding:{name}": lambda world, at: {"pk": world.candidate_list(at).pk, "chosen": "check"}
        for name in ("candidates", "candidates_csv")
    },
    **{
        f"casefinding:{name}": lambda world, at: {"pk": world.candidate(at).pk}
        for name in ("candidate", "candidate_rules", "candidate_decide", "candidate_ome_csv")
    },
    **{
        f"casefinding:{name}": lambda world, at: {"pk": world.import_job(at).pk}
        for name in ("import", "import_mapping", "import_stop")
    },
    **{
        f"insight:{name}": None
        for name in ("organisation", "measure", "months_csv", "practices", "practices_csv")
    },
    **{f"people:{name}": lambda world, at: {"pk": world.person(at).pk} for name in ("person", "ome_csv")},
}
PRESCRIBING = {"level": "practice", "code": "Z00001", "measure_id": "opioid_ome"}
SAME_EVERYWHERE: dict[str, dict[str, Any]] = {
    "insight:organisation": {"level": "practice", "code": "Z00001"},
    **{f"insight:{name}": PRESCRIBING for name in ("measure", "months_csv", "practices", "practices_csv")},
    "unverified_table": {"table": "patch_brands"},
    "organisations:sign": {"table": "sample"},
    "casefinding:search_definition": {"search_id": "long-term-opioids"},
    "casefinding:search_run": {"search_id": "long-term-opioids"},
}


def all_routes() -> list[Route]:
    """Every address of the site, by name."""
    return sorted(_walk(get_resolver().url_patterns, "", frozenset()), key=lambda route: route.name)


def _walk(patterns: list[Any], namespace: str, arguments: frozenset[str]) -> Iterator[Route]:
    for pattern in patterns:
        names = arguments | set(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, names)
        elif isinstance(pattern, URLPattern):
            view = pattern.callback
            name = f"{namespace}{pattern.name}"
            package = view.__module__.startswith(PACKAGES)
            access = getattr(view, "access", None) or (DECLARED.get(name) if package else None)
            yield Route(name, access, names, package)


def ours() -> list[Route]:
    """The addresses of our own pages."""
    return [route for route in all_routes() if not route.package]


def address(route: Route, world: World, at: str) -> str:
    """The address for something at an organisation."""
    if not route.arguments:
        return reverse(route.name)
    sample = SAMPLES[route.name]
    return reverse(route.name, kwargs=sample(world, at) if sample else SAME_EVERYWHERE[route.name])
