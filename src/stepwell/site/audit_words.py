"""Hands what lists, people and imports are called in the audit trail to the floor that shows it. No person is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stepwell.base.clock import LONDON
from stepwell.casefinding.models import Candidate, CandidateList, ImportJob
from stepwell.casefinding.record.words import long_date
from stepwell.organisations import audit_presenter
from stepwell.organisations.audit_presenter import About
from stepwell.population.records.searches import all_searches


def hand_in() -> None:
    """Tell the organisations floor."""
    audit_presenter.provide(audit_presenter.Words(subjects, codes))


def subjects(abouts: Iterable[About]) -> Mapping[About, str]:
    """The words of lists, of people on them and on the practice's list, and of imports."""
    ids: dict[str, list[str]] = {}
    for kind, pk in abouts:
        ids.setdefault(kind, []).append(pk)
    lists = CandidateList.objects.filter(pk__in=ids.get("candidatelist", ()))
    people = Candidate.objects.filter(pk__in=ids.get("candidate", ())).select_related("candidate_list")
    jobs = ImportJob.objects.filter(pk__in=ids.get("importjob", ()))
    return {
        **{("candidatelist", str(of.pk)): _list(of) for of in lists},
        **{("candidate", str(c.pk)): f"Somebody on {_list(c.candidate_list)}" for c in people},
        **{("person", pk): "Somebody on the practice's list" for pk in ids.get("person", ())},
        **{
            ("importjob", str(job.pk)): f"Upload of {long_date(job.created_at.astimezone(LONDON).date())}"
            for job in jobs
        },
        **{("mappingpreset", pk): "Kept headings" for pk in ids.get("mappingpreset", ())},
    }


def _list(of: CandidateList) -> str:
    return f"{of.title}, {long_date(of.as_of)}"


def codes() -> Mapping[str, str]:
    """Searches by id, alone and as reasons were written; decisions and kinds of extract."""
    titles = {name: search.title for name, search in all_searches().items()}
    return {
        **titles,
        **{f"list of {name}": f"List {title}" for name, title in titles.items()},
        "decision.keep": "may be contacted",
        "decision.leave": "not to be contacted",
        "kind.full": "a whole extract",
        "kind.delta": "changes since the last extract",
    }
