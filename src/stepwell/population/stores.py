"""A lake, its vault and its key, found or made together: what an import needs before it can begin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stepwell.base.errors import StepwellError
from stepwell.population.keys import VARIABLE, LakeKey
from stepwell.population.lake import Lake
from stepwell.population.vault import Reading, Vault


@dataclass(frozen=True, slots=True)
class Stores:
    """A lake opened for import. ``key_created`` is the key file made on the way, which the caller tells the person of."""

    lake: Lake
    vault: Vault
    key_created: Path | None


def open_stores(
    lake_path: Path,
    *,
    vault_path: Path | None = None,
    key_path: Path | None = None,
    on_read: Callable[[Reading], None] | None = None,
    create: bool = True,
) -> Stores:
    """The lake at ``lake_path`` with its vault (``<lake>.vault``) and key (the file given, ``STEPWELL_KEY``, ``<lake>.key``).

    With ``create`` a lake, a vault and, when no key is given, a key file are made where there are none; a lake that
    exists never gets a new key, but for one that has none yet, holding public data alone. Raises ``StepwellError`` when the key is another lake's, or vault or key would lie in
    the lake.
    """
    vault_path = vault_path or default_vault(lake_path)
    file = key_path or default_key(lake_path)
    _require_outside(lake_path, vault_path, "vault")
    _require_outside(lake_path, file, "key")
    exists = (lake_path / "lake.json").is_file()
    if not exists and not create:
        Lake(lake_path)  # says that there is none
    key = LakeKey.from_environment() if key_path is None else None
    created = None
    keyless = not exists or (create and Lake(lake_path).key_id is None)
    if key is None and keyless and key_path is None and not file.exists():
        key, created = LakeKey.create(file), file
    if key is None:
        key = LakeKey.from_file(file)
    lake = Lake(lake_path) if exists else Lake.create(lake_path, key.id)
    lake.take_key(key.id)
    if key.id != lake.key_id:
        raise StepwellError(
            "This lake was made with another key, so the same person would get two keys in it.",
            next_step=f"Give the key file this lake was made with, or set {VARIABLE} to it; to change the key, import "
            "every extract again into a new lake.",
        )
    return Stores(lake, Vault(vault_path, key, lake_id=lake.lake_id, on_read=on_read), created)


def default_vault(lake_path: Path) -> Path:
    """Beside the lake."""
    return lake_path.resolve().with_name(f"{lake_path.resolve().name}.vault")


def default_key(lake_path: Path) -> Path:
    """Beside the lake."""
    return lake_path.resolve().with_name(f"{lake_path.resolve().name}.key")


def _require_outside(lake_path: Path, path: Path, what: str) -> None:
    if path.resolve().is_relative_to(lake_path.resolve()):
        raise StepwellError(
            f"The {what} would lie inside the lake, where everyone who may read the lake could read it.",
            next_step=f"Give a place for the {what} outside the lake.",
        )
