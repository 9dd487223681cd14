"""The site refuses to start where it would be unsafe, and says what to set."""

from __future__ import annotations

import stat

import pytest

from stepwell.base.errors import StepwellError
from stepwell.site import environment

GOOD_KEY = "k3P9vQ-" * 10
GOOD = {"STEPWELL_SECRET_KEY": GOOD_KEY, "STEPWELL_ALLOWED_HOSTS": "stepwell.example"}


def test_a_key_and_a_host_are_enough(tmp_path):
    read = environment.read(GOOD | {"STEPWELL_DATA": str(tmp_path)})
    assert not read.demo
    assert not read.debug
    assert read.hosts == ("stepwell.example",)
    assert read.database_url == f"sqlite:///{tmp_path / 'ledger.sqlite3'}"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"STEPWELL_SECRET_KEY": ""}, "No secret key"),
        ({"STEPWELL_SECRET_KEY": "short"}, "too short or a default"),
        ({"STEPWELL_SECRET_KEY": "a" * 60}, "too short or a default"),
        ({"STEPWELL_SECRET_KEY": "django-insecure-" + GOOD_KEY}, "too short or a default"),
        ({"STEPWELL_DEBUG": "1"}, "Debugging is on"),
        ({"STEPWELL_ALLOWED_HOSTS": ""}, "names this site answers to"),
        ({"STEPWELL_ALLOWED_HOSTS": "*"}, "names this site answers to"),
    ],
)
def test_it_refuses_to_start_outside_the_demonstration(change, says):
    with pytest.raises(StepwellError, match=says) as refused:
        environment.read(GOOD | change)
    assert refused.value.next_step
    assert GOOD_KEY not in str(refused.value)


def test_the_demonstration_makes_a_key_of_its_own_and_keeps_it(tmp_path):
    demo = {"STEPWELL_DEMO": "1", "STEPWELL_DATA": str(tmp_path)}
    first, second = environment.read(demo), environment.read(demo)
    elsewhere = environment.read({"STEPWELL_DEMO": "1", "STEPWELL_DATA": str(tmp_path / "other")})
    assert first.secret_key == second.secret_key != elsewhere.secret_key
    assert len(first.secret_key) >= environment.SHORTEST_KEY
    assert stat.S_IMODE((tmp_path / "demo_secret_key").stat().st_mode) == 0o600


def test_the_demonstration_answers_to_this_machine_only(tmp_path):
    read = environment.read(
        {"STEPWELL_DEMO": "1", "STEPWELL_DATA": str(tmp_path), "STEPWELL_ALLOWED_HOSTS": "stepwell.example"}
    )
    assert read.hosts == environment.LOOPBACK_HOSTS


def test_the_demonstration_refuses_a_caller_from_elsewhere(client, settings):
    settings.STEPWELL_DEMO = True
    assert client.get("/about/numbers/", REMOTE_ADDR="192.0.2.7").status_code == 403
