"""Who may open what, generated from the matrix and the list of addresses: every route, every role, own, other and none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from django.test import Client

from stepwell.organisations import matrix, tables
from stepwell.organisations.access import PUBLIC
from stepwell.organisations.models import AuditEvent
from stepwell.organisations.roles import Role
from stepwell.organisations.tables import TableInfo
from stepwell.site.tests.routes import SAMPLES, World, address, all_routes, ours

ROUTES = ours()
PLACE_OF = {"pcn_lead": "pcn", "icb_analyst": "icb"}
# What lies under each organisation of the test neighbourhood, by kind.
UNDER = {"practice": set(), "pcn": {"practice"}, "icb": {"practice", "pcn"}}
# Read again here, by other code than the site's, so that the two must agree.
DOCUMENT = yaml.safe_load(matrix.FILE.read_text())["permissions"]


@pytest.fixture
def world(neighbourhood, make_member, monkeypatch):
    monkeypatch.setattr(tables, "_source", [lambda: [TableInfo("sample", "1", "Sample table")]])
    return World(neighbourhood, make_member)


def holds(permission: str, role: str) -> bool:
    row, at = DOCUMENT[permission], PLACE_OF.get(role, "practice")
    kinds = set(row.get("kinds", ["practice", "pcn", "sub_icb", "icb", "region"]))
    own = role in row.get("own", []) and at in kinds
    return own or (role in row.get("beneath", []) and bool(UNDER[at] & kinds))


def needing_permission():
    return [route for route in ROUTES if route.access and route.access.permission]


def test_every_address_says_who_may_open_it():
    assert [route.name for route in all_routes() if route.access is None] == []


def test_every_address_that_takes_an_argument_has_a_sample():
    public = {route.name for route in ROUTES if route.access == PUBLIC}
    assert [r.name for r in ROUTES if r.arguments and r.name not in SAMPLES and r.name not in public] == []


@pytest.mark.parametrize("role", Role.values)
def test_own_organisation(role, world, sign_in):
    """A page opens exactly for the roles that hold its permission."""
    at = PLACE_OF.get(role, "practice")
    client = sign_in(world.make_member(role, at=at))
    wrong = []
    for route in needing_permission():
        status = client.get(address(route, world, at if at == "practice" else "practice")).status_code
        expected = holds(route.access.permission, role)
        # 404: the sample is at the practice and this member is elsewhere; 405: the page only takes a form.
        fine = status in (200, 302, 405) or (at != "practice" and route.arguments and status == 404)
        if (fine if expected else status == 403) is False:
            wrong.append((route.name, status, expected))
    assert wrong == []


@pytest.mark.parametrize("role", Role.values)
def test_other_organisation(role, world, sign_in):
    """What belongs to another organisation is not found, even for a role that may open the page."""
    client = sign_in(world.make_member(role, at=PLACE_OF.get(role, "practice")))
    wrong = []
    for route in needing_permission():
        if not route.arguments or SAMPLES[route.name] is None:
            continue
        for method in (client.get, client.post):
            status = method(address(route, world, "elsewhere")).status_code
            allowed = holds(route.access.permission, role)
            if status not in ((404, 405) if allowed else (403,)):
                wrong.append((route.name, status, allowed))
    assert wrong == []


def test_no_organisation(world, sign_in):
    """Somebody whose memberships have all ended is told so, on every page."""
    member = world.make_member("gp")
    client = sign_in(member)
    member.ends_on = member.starts_on
    member.save()
    for route in needing_permission():
        page = client.get(address(route, world, "practice"))
        assert (route.name, page.status_code) == (route.name, 403)
        assert "not a member of any organisation" in page.text


def test_nobody_signed_in(world):
    client = Client()
    for route in needing_permission():
        page = client.get(address(route, world, "practice"))
        assert (route.name, page.status_code) == (route.name, 302)
        assert page["Location"].startswith("/account/sign-in/")


def test_no_form_is_taken_without_its_token(world, sign_in):
    member = world.make_member("administrator")
    signed_in = sign_in(member)
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies
    for route in needing_permission():
        page = client.post(address(route, world, "practice"))
        assert (route.name, page.status_code) == (route.name, 403)
        assert "open too long" in page.text


def test_a_refusal_says_who_can_give_it_and_is_written_down(make_member, sign_in):
    member = make_member("pharmacist")
    page = sign_in(member).get("/organisation/members/add/")
    assert page.status_code == 403
    assert "Ask an administrator of your organisation." in page.text
    refused = AuditEvent.objects.get(event="access.refused")
    assert refused.member_id == member.pk
    assert refused.snapshot == {"permission": "manage_members", "route": "organisations:add_member"}


def test_asking_for_what_is_not_there_is_written_down(make_member, sign_in):
    member = make_member("administrator")
    sign_in(member).get("/organisation/members/00000000-0000-7000-8000-000000000000/end/")
    assert AuditEvent.objects.get(event="access.not_found").member_id == member.pk


def test_no_view_starts_from_the_bare_model():
    """A read that a page makes starts from ``visible_to(member)``."""
    root = Path(__file__).resolve().parents[2]
    views = [path for path in root.rglob("*.py") if re.search(r"/views(/|\.py$|_)", path.as_posix())]
    assert len(views) > 5
    found = [p.as_posix() for p in views if re.search(r"\.objects\b|get_object_or_404", p.read_text())]
    assert found == []
