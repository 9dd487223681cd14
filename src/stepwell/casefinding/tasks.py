"""Background work. A task only wakes the work: the job's own row holds its state and lease."""

from __future__ import annotations

import os
import socket
from uuid import uuid4

from django_tasks import task

from stepwell.base import clock
from stepwell.casefinding.actions import imports
from stepwell.casefinding.models import ImportJob


def worker_name() -> str:
    """This process, told apart from any that had its number before."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"[:64]


@task()
def read_import(job_id: str) -> None:
    """Read one import, if it still waits."""
    imports.run(job_id=job_id, worker=worker_name())


def sweep_imports() -> int:
    """Read every import that no living worker is at: those never woken, and those whose worker died. How many were tried.

    Uploads whose headings nobody confirmed in time are let go first.
    """
    imports.let_go_unconfirmed()
    waiting = [str(pk) for pk in ImportJob.objects.all().waiting(at=clock.now()).values_list("pk", flat=True)]
    for job_id in waiting:
        imports.run(job_id=job_id, worker=worker_name())
    return len(waiting)
