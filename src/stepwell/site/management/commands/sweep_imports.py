"""Read imports that no living worker is at: those never woken, and those whose worker died. Sessions that are over are forgotten."""

from __future__ import annotations

import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from stepwell.casefinding.tasks import sweep_imports


class Command(BaseCommand):
    help = "Read imports that no living worker is at, and forget sessions that are over. Once, or every so many seconds until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, default=0, help="seconds between sweeps; once when 0")

    def handle(self, **options: Any) -> None:
        while True:
            sweep_imports()
            # What somebody typed and never came back for is in one of them.
            call_command("clearsessions")
            if not options["every"]:
                return
            time.sleep(options["every"])
