import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder

from dm_portal.people import services, standing
from dm_portal.people.models import AuditEvent, PortalFunction, User
from dm_portal.people.services import accept_invitation

EMAIL = "Ada@Internal.example"


def create_admin(capsys, email=EMAIL, name="Ada First", **options):
    call_command("create_admin", email, name=name, **options)
    return capsys.readouterr().out.strip()


def token_in(link):
    return link.rstrip("/").rpartition("/")[2]


def test_the_first_admin_comes_in_by_the_printed_link(db, capsys, client, settings):
    settings.BASE_URL = "https://portal.example.com"
    link = create_admin(capsys)
    assert link.startswith("https://portal.example.com/invitations/")
    person = accept_invitation(token=token_in(link), password="a fine pass phrase")
    assert (person.email, person.kind) == ("ada@internal.example", "internal")
    assert standing.is_admin(User.objects.get(pk=person.pk))


def test_the_portal_itself_did_it(db, capsys):
    create_admin(capsys)
    events = AuditEvent.objects.all()
    assert {event.verb for event in events} == {"portal_function.granted", "person.invited"}
    assert {(event.actor_name, event.actor_ref, event.origin) for event in events} == {
        ("The portal", "", "command create_admin")
    }


def test_a_second_admin_is_invited_by_the_first(admin, capsys):
    with pytest.raises(CommandError, match="There is an admin already"):
        create_admin(capsys)
    assert not User.objects.filter(name="Ada First").exists()


def test_nor_while_another_first_admin_is_on_their_way(db, capsys):
    create_admin(capsys)
    with pytest.raises(CommandError, match="There is an admin already"):
        create_admin(capsys, "other@internal.example")


def test_a_link_that_was_lost_is_printed_anew(db, capsys):
    create_admin(capsys)
    link = create_admin(capsys)
    assert services.open_invitation(token_in(link)).user.name == "Ada First"
    assert PortalFunction.objects.count() == User.objects.count() == 1


def test_when_no_admin_can_sign_in_any_more_it_can_be_forced(admin, capsys):
    link = create_admin(capsys, force=True)
    assert services.open_invitation(token_in(link)).user.name == "Ada First"


@pytest.mark.parametrize("who", ["lead", "stranger", "deactivated"])
def test_somebody_known_does_not_become_admin_this_way(who, request, capsys):
    known = request.getfixturevalue(who)
    with pytest.raises(CommandError, match="already"):
        create_admin(capsys, known.email, force=True)
    assert not PortalFunction.objects.filter(user=known).exists()


def test_what_is_no_address_is_refused(db, capsys):
    with pytest.raises(CommandError, match="no-address is no e-mail address"):
        create_admin(capsys, "no-address")


def test_an_address_longer_than_its_column_is_refused(db, capsys):
    with pytest.raises(CommandError, match="is no e-mail address"):
        create_admin(capsys, f"ada@{'.'.join(['a' * 60] * 5)}.example")


@pytest.mark.parametrize("name", ["", "  ", "A" * 121])
def test_a_name_that_cannot_stand_on_a_page_is_refused(db, capsys, name):
    with pytest.raises(CommandError, match="--name takes 1 to 120 characters"):
        create_admin(capsys, name=name)
    assert not User.objects.exists()


def test_a_database_that_lags_behind_is_said_in_a_sentence(db, capsys, settings):
    settings.EMBEDDED = False
    MigrationRecorder.Migration.objects.filter(app="people").latest("pk").delete()
    with pytest.raises(CommandError, match=r"run `manage\.py migrate` first"):
        create_admin(capsys)
