"""Read imports that no living worker is at: those never woken, and those whose worker died."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stepwell.casefinding.tasks import sweep_imports


class Command(BaseCommand):
    help = "Read imports that no living worker is at. Once, or every so many seconds until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, default=0, help="seconds between sweeps; once when 0")

    def handle(self, **options: Any) -> None:
        while True:
            sweep_imports()
            if not options["every"]:
                return
            time.sleep(options["every"])
