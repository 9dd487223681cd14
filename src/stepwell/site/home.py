"""What the home page says: the places a member can go, and what their role opens."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from stepwell.organisations import matrix
from stepwell.organisations.models import Member

# In the order of a first day: import, search, look at people.
PLACES = (
    (
        "Import an extract",
        "casefinding:imports",
        "import_records",
        "A folder or file from your clinical system",
    ),
    (
        "Searches",
        "casefinding:searches",
        "run_search",
        "Who takes an opioid or gabapentinoid, and why each is listed",
    ),
    ("People", "people:list", "see_identities", "Those your practice took onto its list"),
    (
        "Prescribing",
        "insight:find",
        "use_site",
        "What practices and areas dispense for pain, from public data",
    ),
    ("Organisation", "organisations:organisation", "see_organisation", "Members, grants and roles"),
    (
        "Sign-off",
        "organisations:sign_offs",
        "see_sign_offs",
        "Which clinical tables a safety officer has signed",
    ),
)


def places(member: Member) -> list[dict[str, str]]:
    """Tiles for the pages this site has and this member may open."""
    shown = []
    for text, route, permission, hint in PLACES:
        try:
            href = reverse(route)
        except NoReverseMatch:
            continue
        if member.holds(permission):
            shown.append({"text": text, "href": href, "hint": hint})
    return shown


def allowed(member: Member) -> list[str]:
    """The matrix's own words for what this member's role holds somewhere."""
    return [row.about for name, row in matrix.permissions().items() if member.holds(name)]
