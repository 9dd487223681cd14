"""What a practice keeps of its own report's headings, under a name."""

from __future__ import annotations

from django.db import transaction

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.casefinding.actions.permission import require
from stepwell.casefinding.models import MappingPreset
from stepwell.organisations import audit
from stepwell.organisations.models import Member, Organisation
from stepwell.population.records.list_report.mapping import from_yaml


class NameTaken(StepwellError):
    """The name is that of another report's headings, which must not be lost by the way."""


@transaction.atomic
def save_preset(*, by: Member, practice: Organisation, name: str, mapping_yaml: str) -> MappingPreset:
    """Keep a mapping under a name of the practice; the same name for the same headings replaces what it held.

    What is kept already stays as it was, by whom and when: nobody is said to have decided it again by using it.
    Raises ``NameTaken`` when the name is kept for other headings, and ``NotAllowed`` without ``import_records``.
    """
    require(by, "import_records", practice)
    name = name.strip()[:100]
    mapping = from_yaml(mapping_yaml, name)
    headings_hash = mapping.headings_hash
    held = MappingPreset.objects.select_for_update().filter(practice=practice, name=name).first()
    if held is not None and held.headings_hash != headings_hash:
        raise NameTaken(
            f"“{name}” is already kept for a report with other headings.", next_step="Choose another name."
        )
    if held is not None and from_yaml(held.mapping_yaml, name).columns == mapping.columns:
        return held
    preset = held or MappingPreset(practice=practice, name=name, headings_hash=headings_hash)
    preset.mapping_yaml, preset.saved_by, preset.saved_at = mapping_yaml, by, clock.now()
    preset.save()
    audit.record(by=by, event="preset.saved", organisation=practice, subject=preset)
    return preset
