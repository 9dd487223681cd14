"""Fill an empty ledger with the demonstration's organisations, members, grants and sign-offs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from stepwell.base.errors import StepwellError
from stepwell.organisations.models import Member
from stepwell.organisations.roles import Role
from stepwell.site import demo


class Command(BaseCommand):
    help = (
        "Fill an empty ledger with the demonstration's organisations and members. Only with STEPWELL_DEMO=1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--neighbourhood", type=Path, help="folder made by stepwell demo build; its practices are used"
        )
        parser.add_argument(
            "--practices", type=int, default=5, help="how many, when no neighbourhood is given"
        )
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there are organisations already"
        )

    def handle(self, **options: Any) -> None:
        if not settings.STEPWELL_DEMO:
            raise CommandError("This is not a demonstration. Set STEPWELL_DEMO=1.")
        try:
            if not (options["if_empty"] and not demo.is_empty()):
                folder = options["neighbourhood"]
                practices = demo.practices_of(folder) if folder else demo.fictional(options["practices"])
                members = demo.seed(practices)
                made = "1 practice" if len(practices) == 1 else f"{len(practices)} practices"
                self.stdout.write(f"Made {made} and {len(members)} members, all fictional.")
            self._sign_new_versions()
        except StepwellError as problem:
            raise CommandError(str(problem)) from problem
        self._list()

    def _sign_new_versions(self) -> None:
        officer = Member.objects.filter(
            user__email=f"safety@{demo.DOMAIN}", role=Role.CLINICAL_SAFETY_OFFICER
        ).first()
        if officer is not None:
            demo.sign_everything(by=officer)

    def _list(self) -> None:
        shown = demo.sign_ins()
        self.stdout.write("\nDemonstration sign-ins (fictional people):")
        for account in shown["demo_accounts"]:
            self.stdout.write(f"  {account['email']:32} {account['who']}")
        self.stdout.write(f"  password for all: {shown['demo_password']}\n")
