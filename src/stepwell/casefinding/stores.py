"""The site's one lake and vault, opened from its settings; vault reads are audited in the ledger as they happen."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from stepwell.organisations import actions as organisation_actions
from stepwell.organisations.models import Member, Organisation
from stepwell.population.lake import Lake
from stepwell.population.stores import Stores, open_stores
from stepwell.population.vault import Reading


def lake_path() -> Path:
    """Where the lake is."""
    return Path(settings.STEPWELL_DATA) / "lake"


def uploads_path() -> Path:
    """Where uploaded extracts wait to be read. Only the site's own user may look in."""
    folder = Path(settings.STEPWELL_DATA) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def keep_upload(chunks: Iterable[bytes], path: Path) -> None:
    """Write an uploaded file; nothing of one that breaks off is left."""
    try:
        with path.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
    except BaseException:
        # It holds names, and no row will ever lead to it.
        path.unlink(missing_ok=True)
        raise


def remove_upload(stored_as: str) -> None:
    """The file holds names: it goes as soon as it has been read or refused."""
    path = uploads_path() / stored_as
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def has_lake() -> bool:
    """Whether anything was ever imported."""
    return (lake_path() / "lake.json").is_file()


def lake() -> Lake:
    """The lake, for reading. Raises ``StepwellError`` when there is none yet."""
    return Lake(lake_path())


def stores_for_import() -> Stores:
    """Lake and vault for an import, made if they are not there. Identities are written, none are read by anyone."""
    return open_stores(lake_path())


def stores_read_by(member: Member, practice: Organisation, *, what: str) -> Stores:
    """Lake and vault whose every read of identities is an audit event of ``practice``, by ``member``."""

    def write(reading: Reading) -> None:
        organisation_actions.record_read(
            by=member,
            organisation=practice,
            what=what,
            reason=reading.why,
            snapshot={"people": reading.identities},
        )

    return open_stores(lake_path(), create=False, on_read=write)
