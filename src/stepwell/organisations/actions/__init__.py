"""What happens to organisations, members, grants and sign-offs. Each is atomic and writes its own audit row."""

from stepwell.organisations.actions.grants import grant_identities, revoke_identities
from stepwell.organisations.actions.members import add_member, end_membership, switch_membership
from stepwell.organisations.actions.organisations import create_organisation
from stepwell.organisations.actions.permission import Actor, NotAllowed
from stepwell.organisations.actions.sign_offs import sign_off_table
from stepwell.organisations.actions.traces import record_export, record_not_found, record_read, record_refusal

__all__ = [
    "Actor",
    "NotAllowed",
    "add_member",
    "create_organisation",
    "end_membership",
    "grant_identities",
    "record_export",
    "record_not_found",
    "record_read",
    "record_refusal",
    "revoke_identities",
    "sign_off_table",
    "switch_membership",
]
