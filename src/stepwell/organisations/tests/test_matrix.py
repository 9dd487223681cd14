"""The matrix: who holds what, where. The sentences the design makes are checked against it one by one."""

from __future__ import annotations

import pytest

from stepwell.base.errors import StepwellError
from stepwell.organisations import matrix
from stepwell.organisations.matrix import Scope
from stepwell.organisations.roles import Kind, Role

NEVER_SEE_IDENTITIES = (
    "pcn_lead",
    "icb_analyst",
    "clinical_safety_officer",
    "invited_clinician",
    "social_prescriber",
)


@pytest.mark.parametrize("role", NEVER_SEE_IDENTITIES)
@pytest.mark.parametrize("permission", ["see_identities", "adopt_people", "export_lists", "decide_to_check"])
def test_these_roles_never_see_who_anyone_is(role, permission):
    assert matrix.permission(permission).scopes(role) == frozenset()


def test_nobody_sees_identities_at_anything_but_a_practice():
    for name in ("see_identities", "adopt_people", "export_lists", "decide_to_check", "import_records"):
        assert matrix.permission(name).kinds == {Kind.PRACTICE}, name


def test_what_lies_beneath_is_seen_as_counts_only():
    beneath = {name for name, row in matrix.permissions().items() if row.roles[Scope.BENEATH]}
    assert beneath == {"see_counts", "run_search"}


def test_only_a_clinical_safety_officer_signs():
    roles = matrix.permission("sign_off_tables").roles
    assert roles == {
        Scope.OWN: {Role.CLINICAL_SAFETY_OFFICER},
        Scope.GRANTED: frozenset(),
        Scope.BENEATH: frozenset(),
    }


def test_every_permission_says_what_it_is_and_who_can_give_it():
    for row in matrix.permissions().values():
        assert row.about[0].isupper() and not row.about.endswith(".")
        assert row.ask.endswith(".")


def test_a_permission_that_does_not_exist_is_an_error_not_a_no():
    with pytest.raises(StepwellError, match="no permission called see_everything"):
        matrix.permission("see_everything")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"about": "A", "ask": "B.", "own": ["wizard"]}, "wizard"),
        ({"about": "A", "ask": "B.", "kinds": ["hospital"]}, "hospital"),
        ({"about": "A", "ask": "B.", "everywhere": ["gp"]}, "known scopes"),
        ({"about": "A", "own": ["gp"]}, "needs about and ask"),
    ],
)
def test_a_word_the_matrix_does_not_know_is_refused(row, says):
    with pytest.raises(StepwellError, match=says):
        matrix.parse({"permissions": {"new": row}})
