import csv
import io
from datetime import date

import pytest
from allauth.mfa.models import Authenticator

from dm_portal.people import services
from dm_portal.people.models import Invitation, PortalFunction, User
from dm_portal.people.tests.letters import letter
from dm_portal.people.tests.statements import OF_A_LIST, OF_A_PAGE, statements
from dm_portal.shell.clock import today
from dm_portal.tests.cast import make_user
from engagements.services.people import invite_contact


def rows(page):
    """The names in the first column, in order."""
    return [cells[0].value for cells in page.context["listing"].rows]


def said(client, response):
    """What the next page says about the last act."""
    return [str(message) for message in client.get(response.url).context["messages"]]


# The list


@pytest.mark.parametrize("who", ["admin", "director", "auditor"])
def test_who_may_read_the_list_sees_everybody(who, request, sign_in, lead):
    reader = request.getfixturevalue(who)
    assert set(rows(sign_in(reader).get("/people/"))) == {reader.name, lead.name}


def test_others_of_us_may_not(sign_in, manager):
    assert sign_in(manager).get("/people/").status_code == 403


def test_for_a_customers_people_there_is_no_such_page(sign_in, lead):
    assert sign_in(lead).get("/people/").status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=adam", {"Adam Admin"}),
        ("q=NORTHWIND", set()),
        ("q=lena.lead@", {"Lena Lead"}),
        ("kind=customer", {"Lena Lead"}),
        ("state=active", {"Adam Admin", "Aude Auditor", "Lena Lead"}),
        ("state=invited", {"Ivo"}),
        ("state=deactivated", {"Gone"}),
        ("function=auditor", {"Aude Auditor"}),
        ("function=director", set()),
    ],
)
def test_the_list_is_filtered_by_its_url(sign_in, admin, auditor, lead, query, expected):
    services.invite_internal(email="i@internal.example", name="Ivo", by=admin)
    services.deactivate_person(person=make_user("Gone"), by=admin)
    assert set(rows(sign_in(admin).get(f"/people/?{query}"))) == expected


def test_a_function_that_ended_is_not_held(sign_in, admin, auditor):
    PortalFunction.objects.filter(user=auditor).update(ends_on=today())
    page = sign_in(admin).get("/people/?function=auditor")
    assert rows(page) == []
    assert "Nothing matches this filter" in page.content.decode()


def test_the_csv_has_the_same_rows_and_no_formulas(sign_in, admin):
    User.objects.filter(pk=make_user("x").pk).update(name="=1+1")
    response = sign_in(admin).get("/people/?kind=internal&format=csv")
    lines = list(csv.DictReader(io.StringIO(response.getvalue().decode())))
    assert {line["Name"] for line in lines} == {"Adam Admin", "'=1+1"}
    assert {line["Portal-wide"] for line in lines} == {"Admin", ""}


def test_the_list_costs_the_same_for_one_and_for_three(sign_in, admin):
    client = sign_in(admin)
    costs = []
    for number in range(3):
        services.invite_internal(
            email=f"{number}@internal.example", name="X", functions=["auditor"], by=admin
        )
        costs.append(statements(client, "/people/"))
    assert costs[0] == costs[2] <= OF_A_LIST


@pytest.mark.parametrize("path", ["invitations/new/", "{ref}/edit/", "{ref}/functions/new/"])
def test_a_fresh_form_has_no_errors(sign_in, admin, stranger, path):
    page = sign_in(admin).get(f"/people/{path.format(ref=stranger.ref)}")
    assert page.status_code == 200
    assert not page.context["form"].errors


# A person's page


def test_a_page_says_what_there_is_to_know(sign_in, admin, auditor):
    page = sign_in(admin).get(f"/people/{auditor.ref}/").content.decode()
    for words in ("Aude Auditor", auditor.email, "Active", "Deactivate", "End today"):
        assert words in page


def test_a_reader_finds_nothing_to_press(sign_in, auditor, manager):
    page = sign_in(auditor).get(f"/people/{manager.ref}/").content.decode()
    assert f"/people/{manager.ref}/" not in page


def test_whom_one_cannot_see_does_not_exist(sign_in, manager, stranger):
    client = sign_in(manager)
    foreign, missing = client.get(f"/people/{stranger.ref}/"), client.get("/people/aaaaaaaaaa/")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content


def test_ones_own_page_is_for_admins_and_readers_too(sign_in, manager):
    assert sign_in(manager).get(f"/people/{manager.ref}/").status_code == 403


def test_a_page_costs_the_same_for_one_and_for_three(sign_in, admin):
    invitation = services.invite_internal(email="p@internal.example", name="P", by=admin)
    client = sign_in(admin)
    costs = []
    for _ in range(3):
        invitation = services.renew_invitation(invitation=invitation, by=admin)
        PortalFunction.objects.create(
            user=invitation.user, function="auditor", starts_on=today(), ends_on=today()
        )
        costs.append(statements(client, f"/people/{invitation.user.ref}/"))
    assert costs[0] == costs[2] <= OF_A_PAGE


# Inviting


def test_an_admin_invites_one_of_us(sign_in, admin):
    client = sign_in(admin)
    response = client.post(
        "/people/invitations/new/",
        {
            "name": "Nils New",
            "email": "Nils@Internal.example",
            "grade": "delivery_manager",
            "functions": ["auditor"],
        },
    )
    person = User.objects.get(email="nils@internal.example")
    assert response.headers["Location"] == f"/people/{person.ref}/"
    assert said(client, response) == ["An invitation is on its way to nils@internal.example."]
    assert letter("invitation", person.email).user == person


def test_a_known_address_is_said_at_the_field_and_nothing_typed_is_lost(sign_in, admin, lead):
    page = sign_in(admin).post(
        "/people/invitations/new/", {"name": "Nils New", "email": lead.email, "grade": ""}
    )
    assert page.status_code == 422
    assert page.context["form"].errors["email"] == [
        "Lena Lead has this address already: see their page."
    ]
    assert 'value="Nils New"' in page.content.decode()


def test_only_an_admin_invites(sign_in, director):
    client = sign_in(director)
    assert client.get("/people/invitations/new/").status_code == 403
    assert client.post("/people/invitations/new/", {"name": "N"}).status_code == 403


# Name and grade


def test_an_admin_changes_name_and_grade(sign_in, admin, stranger):
    client, path = sign_in(admin), f"/people/{stranger.ref}/edit/"
    assert 'value="Stig Stranger"' in client.get(path).content.decode()
    response = client.post(path, {"name": "Stig Star", "grade": "", "version": 1})
    assert said(client, response) == ["Stig Star is changed."]
    stranger.refresh_from_db()
    assert (stranger.name, stranger.grade) == ("Stig Star", "")


def test_a_customers_person_has_no_grade_to_change(sign_in, admin, lead):
    client, path = sign_in(admin), f"/people/{lead.ref}/edit/"
    assert set(client.get(path).context["form"].fields) == {"name", "version"}
    client.post(path, {"name": "Lena Long", "grade": "delivery_manager", "version": 1})
    lead.refresh_from_db()
    assert (lead.name, lead.grade) == ("Lena Long", "")


def test_the_second_editor_sees_what_the_first_has_saved(sign_in, admin, stranger):
    client, path = sign_in(admin), f"/people/{stranger.ref}/edit/"
    User.objects.filter(pk=stranger.pk).update(name="Stig First", version=2)
    page = client.post(path, {"name": "Stig Second", "grade": "", "version": 1})
    assert page.status_code == 409
    assert "Stig First" in page.content.decode()
    assert 'value="Stig Second"' in page.content.decode()


def test_a_person_needs_a_name(sign_in, admin, stranger):
    page = sign_in(admin).post(f"/people/{stranger.ref}/edit/", {"name": "", "version": 1})
    assert page.status_code == 422
    assert "Fill in “Name”." in page.content.decode()


# Functions


def test_an_admin_gives_and_ends_a_function(sign_in, admin, stranger):
    client, path = sign_in(admin), f"/people/{stranger.ref}/functions/"
    response = client.post(f"{path}new/", {"function": "auditor", "starts_on": today()})
    assert said(client, response) == ["Stig Stranger is Auditor."]
    response = client.post(f"{path}auditor/{today()}/end/")
    assert said(client, response) == ["Stig Stranger is no longer Auditor."]
    assert PortalFunction.objects.get(user=stranger).ends_on == today()


def test_a_button_acts_on_its_own_row(sign_in, admin, stranger, time_machine):
    time_machine.move_to("2026-11-25T12:00Z")
    rows = [
        PortalFunction.objects.create(
            user=stranger, function="director", starts_on=first, ends_on=end
        )
        for first, end in ((date(2026, 11, 2), date(2026, 12, 1)), (date(2027, 1, 4), None))
    ]
    client = sign_in(admin)
    page = client.get(f"/people/{stranger.ref}/").content.decode()
    assert (page.count("End today"), page.count("Call off")) == (1, 1)
    response = client.post(f"/people/{stranger.ref}/functions/director/2027-01-04/end/")
    assert said(client, response) == [
        "Called off: Stig Stranger will not be Director of delivery from Mon 4 Jan 2027."
    ]
    for row in rows:
        row.refresh_from_db()
    assert [row.ends_on for row in rows] == [date(2026, 12, 1), date(2027, 1, 4)]


def test_no_function_begins_on_a_day_that_is_none(sign_in, admin, stranger):
    path = f"/people/{stranger.ref}/functions/director/2026-02-30/end/"
    assert sign_in(admin).post(path).status_code == 404


def test_dates_that_make_no_sense_are_said_on_top(sign_in, admin, stranger):
    page = sign_in(admin).post(
        f"/people/{stranger.ref}/functions/new/",
        {"function": "auditor", "starts_on": today(), "ends_on": today()},
    )
    assert page.status_code == 422
    assert "It must last at least a day." in page.content.decode()


def test_a_function_that_nobody_holds_cannot_be_ended(sign_in, admin, stranger):
    client = sign_in(admin)
    assert (
        client.post(f"/people/{stranger.ref}/functions/auditor/{today()}/end/").status_code == 404
    )


def test_the_last_admin_is_told_why_they_stay(sign_in, admin):
    client = sign_in(admin)
    response = client.post(f"/people/{admin.ref}/functions/admin/2000-01-01/end/")
    assert said(client, response) == ["This is the last admin: make somebody else admin first."]


# Access


def test_an_admin_deactivates_and_lets_in_again(sign_in, admin, manager):
    client, path = sign_in(admin), f"/people/{manager.ref}/"
    response = client.post(f"{path}deactivation/")
    assert said(client, response) == ["Mara Manager is deactivated and signed out everywhere."]
    assert "Let in again" in client.get(path).content.decode()
    response = client.post(f"{path}reactivation/")
    assert said(client, response) == [
        "Mara Manager may come in again: an invitation is on its way."
    ]


def test_nobody_deactivates_themselves(sign_in, admin):
    client = sign_in(admin)
    assert client.post(f"/people/{admin.ref}/deactivation/").status_code == 403
    assert "Deactivating signs" not in client.get(f"/people/{admin.ref}/").content.decode()


def test_an_admin_helps_whoever_lost_their_phone(sign_in, admin, manager):
    Authenticator.objects.create(user=manager, type=Authenticator.Type.TOTP, data={})
    client = sign_in(admin)
    assert "Two-step sign-in is on." in client.get(f"/people/{manager.ref}/").content.decode()
    client.post(f"/people/{manager.ref}/two-step/removal/")
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "functions/admin/2000-01-01/end/",
        "deactivation/",
        "reactivation/",
        "two-step/removal/",
    ],
)
def test_acts_are_posts_by_admins(sign_in, auditor, admin, path):
    client = sign_in(auditor)
    assert client.post(f"/people/{admin.ref}/{path}").status_code == 403
    assert client.get(f"/people/{admin.ref}/{path}").status_code == 405


# Invitations


@pytest.fixture
def invitation(admin):
    return services.invite_internal(email="i@internal.example", name="Ivo", by=admin)


def test_an_admin_takes_an_invitation_back_and_sends_it_again(sign_in, admin, invitation):
    client, person_path = sign_in(admin), f"/people/{invitation.user.ref}/"
    response = client.post(f"/invitations/{invitation.ref}/revocation/")
    assert response.headers["Location"] == person_path
    assert said(client, response) == [
        "The invitation is taken back: its link does not work any more."
    ]
    response = client.post(f"/invitations/{invitation.ref}/renewal/")
    assert said(client, response) == ["A new invitation is on its way to i@internal.example."]
    assert Invitation.objects.count() == 2


@pytest.fixture
def of_a_contact(engagement, manager):
    contact = invite_contact(
        customer=engagement.customer, email="c@northwind.example", name="C", kind="lead", by=manager
    )
    return contact.user.invitations.get()


@pytest.mark.parametrize("act", ["revocation", "renewal"])
def test_whoever_leads_no_more_changes_no_letter(sign_in, manager, engagement, of_a_contact, act):
    engagement.functions.update(ends_on=today())
    response = sign_in(manager).post(f"/invitations/{of_a_contact.ref}/{act}/")
    assert response.status_code == 403
    assert Invitation.objects.get().state == "Waiting"


def test_whoever_invited_a_contact_takes_it_back_where_they_were(sign_in, manager, of_a_contact):
    client = sign_in(manager)
    path = f"/invitations/{of_a_contact.ref}/revocation/"
    assert client.post(path, {"next": "/engagements/"}).headers["Location"] == "/engagements/"
    assert client.post(path, {"next": "https://evil.example/"}).url.startswith("/people/")


@pytest.mark.parametrize(
    "page",
    [
        "foo",
        "outbox_list",
        "people.models",
        "./x",
        "//evil.example/",
        "/\\evil.example",
        "http:x",
        "",
    ],
)
@pytest.mark.parametrize("act", ["revocation", "renewal"])
def test_what_is_no_path_of_ours_leads_to_the_person(sign_in, admin, invitation, act, page):
    response = sign_in(admin).post(f"/invitations/{invitation.ref}/{act}/", {"next": page})
    assert response.status_code == 302
    assert response.url == f"/people/{invitation.user.ref}/"


def test_what_others_have_invited_does_not_exist(sign_in, manager, invitation):
    client = sign_in(manager)
    assert client.post(f"/invitations/{invitation.ref}/revocation/").status_code == 404


def test_an_auditor_reads_invitations_and_changes_none(sign_in, auditor, invitation):
    client = sign_in(auditor)
    page = client.get(f"/people/{invitation.user.ref}/").content.decode()
    assert "One of us" in page
    assert client.post(f"/invitations/{invitation.ref}/revocation/").status_code == 403
