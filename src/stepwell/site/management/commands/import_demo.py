"""Import the made-up neighbourhood's EMIS files and make every search's list, for practices that have none yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from stepwell.base.errors import StepwellError
from stepwell.base.progress import Silent
from stepwell.casefinding import stores
from stepwell.casefinding.actions import lists
from stepwell.casefinding.models import CandidateList
from stepwell.organisations.models import Member, Organisation
from stepwell.organisations.roles import Role
from stepwell.population.records import formats
from stepwell.population.records.derived import DERIVATION
from stepwell.population.records.extracts import Options
from stepwell.population.records.importing import import_extract
from stepwell.population.records.searches import all_searches


class Command(BaseCommand):
    help = (
        "Import the demonstration's practices and make their lists, where missing. Only with STEPWELL_DEMO=1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--neighbourhood", type=Path, required=True)

    def handle(self, **options: Any) -> None:
        if not settings.STEPWELL_DEMO:
            raise CommandError("This is not a demonstration. Set STEPWELL_DEMO=1.")
        try:
            for folder in sorted((options["neighbourhood"] / "emis").iterdir()):
                self._practice(folder)
        except StepwellError as problem:
            raise CommandError(str(problem)) from problem

    def _practice(self, folder: Path) -> None:
        practice = Organisation.objects.get(ods_code=folder.name)
        if CandidateList.objects.filter(practice=practice).exists():
            return
        self.stdout.write(f"Importing {practice.name} and searching it")
        found, of_practice = stores.stores_for_import(), Options(practice=folder.name)
        reader = formats.open_reader(folder, of_practice)
        import_extract(found.lake, found.vault, reader, of_practice, derive=DERIVATION, progress=Silent())
        pharmacist = Member.objects.filter(organisation=practice, role=Role.PHARMACIST).first()
        if pharmacist is None:
            raise StepwellError(f"Nobody at {practice.name} may search.")
        lists.run_searches(by=pharmacist, practice=practice, search_ids=list(all_searches()))
