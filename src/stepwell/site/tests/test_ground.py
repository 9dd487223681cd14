"""The ground holds: a member signs in and lands on a page in our frame."""


def test_a_member_sees_their_name_and_organisation(signed_in_client, member):
    page = signed_in_client.get("/")
    assert page.status_code == 200
    assert member.user.name in page.text
    assert "Hill Road Surgery" in page.text


def test_a_stranger_is_sent_to_sign_in_and_back(client, db):
    page = client.get("/organisation/")
    assert page.status_code == 302
    assert page["Location"] == "/account/sign-in/?next=/organisation/"
    assert client.get(page["Location"]).status_code == 200
