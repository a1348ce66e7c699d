"""People, letters, and what a person does with their own account."""

from typing import Any

from allauth.mfa.models import Authenticator

from dm_portal.people.mail_words import problem_of
from dm_portal.people.models import (
    WEEKDAYS,
    Invitation,
    OutgoingMail,
    PortalFunction,
    TimeOff,
    User,
    WorkCalendar,
)
from dm_portal.people.services import (
    accounts,
    calendars,
    functions,
    invitations,
    mails,
    people,
    preferences,
    time_off,
)
from dm_portal.shell.clock import today
from dm_portal.tests.world import World

NEW = {"email": "new@people.example", "name": "Nora New"}


def two_step(world: World) -> Authenticator:
    return Authenticator.objects.create(
        user=world.actors["manager"], type=Authenticator.Type.TOTP, data={}
    )


def invited(world: World) -> Invitation:
    return invitations.invite_internal(by=world.actors["admin"], **NEW)


def held(world: World) -> PortalFunction:
    return PortalFunction.objects.get(function="auditor")


def parked_mail(world: World) -> OutgoingMail:
    mail = world.ours.one(OutgoingMail)
    OutgoingMail.objects.filter(pk=mail.pk).update(state="parked")
    return OutgoingMail.objects.get(pk=mail.pk)


def email_change_token(world: World) -> str:
    by = world.actors["manager"]
    accounts.ask_email_change(email=NEW["email"], by=by)
    text = OutgoingMail.objects.get(recipient=NEW["email"]).text
    return next(word for word in text.split() if "http" in word).rstrip("/").split("/")[-1]


def unsubscribe_token(world: World) -> str:
    url = preferences.unsubscribe_url(world.ours.people["lead"], "status")
    return url.rstrip("/").split("/")[-1]


def admin(world: World) -> User:
    return world.actors["admin"]


DAYS = {"starts_on": today(), "ends_on": today(), "from_time": None, "until_time": None}
HOURS = {
    "name": "Night",
    "time_zone": "UTC",
    "country": "",
    "region": "",
    **dict.fromkeys(WEEKDAYS, "22:00-24:00"),
}


def calendar(world: World) -> WorkCalendar:
    return WorkCalendar.objects.create(name="Unused")


ACTS: dict[Any, Any] = {
    accounts.change_password: lambda w: accounts.change_password(
        person=w.actors["manager"], password="correct horse battery"
    ),
    accounts.ask_password_reset: lambda w: accounts.ask_password_reset(
        email=w.actors["manager"].email
    ),
    accounts.ask_email_change: lambda w: accounts.ask_email_change(
        email=NEW["email"], by=w.actors["manager"]
    ),
    accounts.change_email: lambda w, token: accounts.change_email(
        token=token, by=w.actors["manager"]
    ),
    accounts.note_two_step: lambda w, second: accounts.note_two_step(person=second.user, before={}),
    calendars.create_calendar: lambda w: calendars.create_calendar(by=admin(w), **HOURS),
    calendars.change_calendar: lambda w, row: calendars.change_calendar(
        calendar=row, version=1, by=admin(w), **HOURS
    ),
    calendars.remove_calendar: lambda w, row: calendars.remove_calendar(calendar=row, by=admin(w)),
    calendars.choose_calendar: lambda w, row: calendars.choose_calendar(
        person=w.actors["manager"], version=1, calendar=row, by=admin(w)
    ),
    time_off.add_time_off: lambda w: time_off.add_time_off(
        person=w.actors["manager"], note="", by=admin(w), **DAYS
    ),
    time_off.change_time_off: lambda w: time_off.change_time_off(
        row=w.ours.one(TimeOff), version=1, note="Moved", by=admin(w), **DAYS
    ),
    time_off.withdraw_time_off: lambda w: time_off.withdraw_time_off(
        row=w.ours.one(TimeOff), by=admin(w)
    ),
    time_off.import_time_off: lambda w: time_off.import_time_off(
        planned=[time_off.Planned(w.actors["manager"], DAYS)], file_name="x.csv", by=admin(w)
    ),
    functions.grant_portal_function: lambda w: functions.grant_portal_function(
        person=w.actors["manager"], function="auditor", by=admin(w)
    ),
    functions.end_portal_function: lambda w: functions.end_portal_function(
        held=held(w), by=admin(w)
    ),
    invitations.invite_person: lambda w: invitations.invite_person(
        kind="customer", scope="Lead", by=w.actors["manager"], **NEW
    ),
    invitations.invite_internal: lambda w: invitations.invite_internal(by=admin(w), **NEW),
    invitations.invite_first_admin: lambda w: invitations.invite_first_admin(
        even_if_there_is_one=True, **NEW
    ),
    invitations.accept_invitation: lambda w, letter: invitations.accept_invitation(
        token=letter.token, password="correct horse battery"
    ),
    invitations.revoke_invitation: lambda w, letter: invitations.revoke_invitation(
        invitation=letter, by=admin(w)
    ),
    invitations.renew_invitation: lambda w, letter: invitations.renew_invitation(
        invitation=letter, by=admin(w)
    ),
    mails.retry_mail: lambda w, mail: mails.retry_mail(mail=mail, by=admin(w)),
    mails.retry_mails: lambda w, mail: mails.retry_mails(
        problem=problem_of(mail.last_error), by=admin(w)
    ),
    preferences.choose_mails: lambda w: preferences.choose_mails(
        person=w.actors["lead"], version=0, rhythms={"status": "daily"}, by=w.actors["lead"]
    ),
    preferences.unsubscribe: lambda w, token: preferences.unsubscribe(token=token),
    preferences.subscribe_again: lambda w, token: preferences.subscribe_again(
        token=token, rhythm="weekly"
    ),
    people.change_person: lambda w: people.change_person(
        person=w.actors["manager"], version=1, name="Mara", grade="", by=admin(w)
    ),
    people.deactivate_person: lambda w: people.deactivate_person(
        person=w.actors["manager"], by=admin(w)
    ),
    people.reactivate_person: lambda w: people.reactivate_person(
        person=w.actors["deactivated"], by=admin(w)
    ),
    people.remove_two_step: lambda w, second: people.remove_two_step(
        person=second.user, by=admin(w)
    ),
}
READY: dict[Any, Any] = {
    calendars.change_calendar: calendar,
    calendars.remove_calendar: calendar,
    calendars.choose_calendar: calendar,
    accounts.change_email: email_change_token,
    accounts.note_two_step: two_step,
    invitations.accept_invitation: invited,
    invitations.revoke_invitation: invited,
    invitations.renew_invitation: invited,
    mails.retry_mail: parked_mail,
    mails.retry_mails: parked_mail,
    people.remove_two_step: two_step,
    preferences.unsubscribe: unsubscribe_token,
    preferences.subscribe_again: unsubscribe_token,
}
