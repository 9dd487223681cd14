"""What the ledger stores about organisations. One module per noun."""

from stepwell.organisations.models.audit import AuditChain, AuditEvent
from stepwell.organisations.models.members import Grant, Member
from stepwell.organisations.models.organisations import Organisation, OrganisationLink
from stepwell.organisations.models.sign_offs import SignOff
from stepwell.organisations.models.users import User

__all__ = [
    "AuditChain",
    "AuditEvent",
    "Grant",
    "Member",
    "Organisation",
    "OrganisationLink",
    "SignOff",
    "User",
]
