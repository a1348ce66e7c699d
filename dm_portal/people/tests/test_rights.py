"""Standing, policies and the record: who may what, portal-wide."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from dm_portal.people import audit, policies, standing
from dm_portal.people.models import AuditEvent, Invitation, PortalFunction, User
from dm_portal.shell.clock import today

CAST = ["admin", "director", "auditor", "manager", "lead", "deactivated"]

MAY = {
    "can_use_admin_site": {"admin"},
    "can_see_gallery": {"admin"},
    "can_list_people": {"admin", "director", "auditor"},
    "can_invite_internal": {"admin"},
    "can_change_person": {"admin"},
    "can_change_portal_functions": {"admin"},
    "can_read_outbox": {"admin"},
    "can_read_audit": {"director", "auditor"},
}


@pytest.mark.parametrize(("policy", "allowed"), MAY.items())
def test_a_policy_allows_whom_it_should_and_nobody_else(policy, allowed, request, db):
    may = getattr(policies, policy)
    people = {name: request.getfixturevalue(name) for name in CAST}
    assert {name for name, person in people.items() if may(person)} == allowed
    assert may(AnonymousUser()) is False


def test_an_admin_deactivates_others_but_not_themselves(admin, manager):
    assert policies.can_deactivate(admin, manager)
    assert not policies.can_deactivate(admin, admin)
    assert not policies.can_deactivate(manager, admin)


def test_an_invitation_is_changed_by_admins_and_by_whoever_invited(
    admin, manager, deputy, deactivated, lead
):
    own = Invitation(invited_by=manager, user=lead)
    assert policies.can_change_invitation(admin, own)
    assert policies.can_change_invitation(manager, own)
    assert not policies.can_change_invitation(deputy, own)
    theirs = Invitation(invited_by=deactivated, user=lead)
    assert not policies.can_change_invitation(deactivated, theirs)
    assert not policies.can_change_invitation(AnonymousUser(), own)


def test_whoever_invited_changes_nothing_once_they_may_not_invite(manager, engagement, lead):
    engagement.functions.update(ends_on=today())
    assert not policies.can_change_invitation(manager, Invitation(invited_by=manager, user=lead))


def test_whoever_invited_changes_nothing_of_a_contact_who_is_none(manager, engagement, lead):
    lead.customer_contacts.update(ends_on=today())
    assert not policies.can_change_invitation(manager, Invitation(invited_by=manager, user=lead))


def test_to_lead_work_for_another_customer_is_not_enough(manager, engagement, other_lead):
    letter = Invitation(invited_by=manager, user=other_lead)
    assert not policies.can_change_invitation(manager, letter)


def test_who_is_no_admin_any_more_changes_no_invitation_of_us(manager, engagement, stranger):
    letter = Invitation(invited_by=manager, user=stranger)
    assert not policies.can_change_invitation(manager, letter)


def test_nobody_is_present_who_is_not_signed_in_and_active(manager, deactivated):
    assert standing.is_present(manager)
    assert not standing.is_present(deactivated)
    assert not standing.is_present(AnonymousUser())
    assert not standing.is_present(None)


def test_a_deactivated_admin_is_none(admin):
    User.objects.filter(pk=admin.pk).update(is_active=False)
    assert standing.functions_of(User.objects.get(pk=admin.pk)) == frozenset()


def test_a_customers_person_holds_nothing_whatever_the_rows_say(lead):
    PortalFunction.objects.create(user=lead, function="admin", starts_on=date(2000, 1, 1))
    assert not standing.is_admin(lead)


def test_a_function_is_held_on_its_days_only(stranger):
    for function, first, end in (
        ("admin", -5, 0),
        ("director", 1, 5),
        ("auditor", 0, 1),
    ):
        PortalFunction.objects.create(
            user=stranger,
            function=function,
            starts_on=today() + timedelta(days=first),
            ends_on=today() + timedelta(days=end),
        )
    assert standing.functions_of(stranger) == {"auditor"}


def test_functions_are_read_once_a_request(admin, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert standing.is_admin(admin)
        assert not standing.is_auditor(admin)
        assert not standing.reads_the_portal(admin)


def test_directors_and_auditors_read_the_portal(director, auditor, admin):
    assert standing.reads_the_portal(director)
    assert standing.reads_the_portal(auditor)
    assert not standing.reads_the_portal(admin)
    assert standing.is_director(director)


def test_a_superuser_is_nothing(stranger):
    User.objects.filter(pk=stranger.pk).update(is_superuser=True, is_staff=True)
    person = User.objects.get(pk=stranger.pk)
    assert standing.functions_of(person) == frozenset()
    assert list(User.objects.visible_to(person)) == [person]


# The record


def test_a_row_names_who_what_and_to_what(admin, manager):
    audit.record("person.deactivated", manager, by=admin, before={"on": today()}, after={"n": 1})
    event = AuditEvent.objects.get()
    assert (event.actor_ref, event.actor_name) == (admin.ref, "Adam Admin")
    assert (event.target_kind, event.target_ref) == ("people.user", manager.ref)
    assert (event.before, event.after) == ({"on": str(today())}, {"n": 1})
    assert str(event) == "Adam Admin: person.deactivated Mara Manager"


def test_a_row_of_an_engagement_says_whose_it_is(manager, engagement):
    audit.record("person.deactivated", engagement, by=manager)
    event = AuditEvent.objects.get()
    assert (event.engagement_ref, event.customer_ref) == (
        engagement.ref,
        engagement.customer.ref,
    )


def test_a_target_may_name_itself_by_another_reference(lead, manager):
    contact = lead.customer_contacts.get()
    audit.record("person.deactivated", contact, by=manager)
    assert AuditEvent.objects.get().target_ref == lead.ref


def test_one_act_on_many_leaves_a_row_for_each(admin, manager, lead, django_assert_num_queries):
    with django_assert_num_queries(1):
        audit.record_each("person.deactivated", [manager, lead], by=admin)
    assert {event.target_label for event in AuditEvent.objects.all()} == {
        "Mara Manager",
        "Lena Lead",
    }


def test_an_unknown_verb_is_refused(manager):
    with pytest.raises(KeyError, match=r"person\.teased is not registered"):
        audit.record("person.teased", manager, by=None)


def test_a_verb_has_one_sentence():
    with pytest.raises(ValueError, match="registered twice"):
        audit.register({"person.deactivated": "another sentence"})


def test_the_portal_acts_under_its_own_name(manager):
    audit.record("person.deactivated", manager, by=None)
    event = AuditEvent.objects.get()
    assert (event.actor_ref, event.actor_name) == ("", "The portal")


def test_a_sentence_says_nothing_where_there_was_nothing():
    event = AuditEvent(
        verb="person.graded",
        actor_name="Adam",
        target_label="Mara",
        before={"grade": ""},
        after={"grade": "delivery_manager"},
    )
    assert (
        audit.sentence(event)
        == "Adam noted a step of Mara on the ladder: delivery_manager (was nothing)"
    )
