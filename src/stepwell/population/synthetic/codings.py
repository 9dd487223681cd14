"""The dictionaries a practice's system holds: medicines and clinical codes by CodeId."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from stepwell.population.synthetic.plan import Template
from stepwell.population.synthetic.tables import Condition, all_conditions, products
from stepwell.population.synthetic.wording import loose_names, vague_name


@cache
def drug_codes() -> Sequence[tuple[str, str, str]]:
    """The medicine dictionary: (term, dm+d id, CodeId). Names without a code have a blank dm+d id."""
    found = [
        (name, dmd_id, f"91{number:014d}") for number, (name, dmd_id) in enumerate(_drug_terms(), start=1)
    ]
    return tuple(found)


def _drug_terms() -> Iterator[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    for product in products().values():
        terms = [(product.name, product.dmd_id), *((brand.name, brand.dmd_id) for brand in product.brands)]
        terms += [(name, "") for name in loose_names(product.name)]
        terms += [
            ("Tramadol 50mg capsules (imported record)", ""),
            (vague_name(product.substance, product.unit), ""),
        ]
        for term in terms:
            if term not in seen:
                seen.add(term)
                yield term


@cache
def _codes_by_term() -> Mapping[tuple[str, str], str]:
    return {(term, dmd_id): code for term, dmd_id, code in drug_codes()}


def drug_name(template: Template) -> str:
    """The medicine as this template names it."""
    if template.written_name is not None:
        return template.written_name
    return template.product.name if template.brand is None else template.brand.name


def drug_code(template: Template) -> str:
    """The CodeId of this template's medicine."""
    if template.written_name is not None:
        return _codes_by_term()[(template.written_name, "")]
    chosen = template.product if template.brand is None else template.brand
    return _codes_by_term()[(chosen.name, chosen.dmd_id)]


@cache
def clinical_codes() -> Mapping[Condition, str]:
    """The CodeId of each condition."""
    return {condition: clinical_id(number) for number, condition in enumerate(all_conditions())}


def clinical_id(number: int) -> str:
    """The CodeId of the condition in this place of the table."""
    return f"92{number:014d}"
