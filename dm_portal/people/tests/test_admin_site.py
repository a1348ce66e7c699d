import pytest
from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, path, reverse

from dm_portal.people import services
from dm_portal.people.admin_site import PortalAdminSite, PortalModelAdmin, site
from dm_portal.people.models import AuditEvent, Invitation, User
from dm_portal.shell.errors import DomainError
from dm_portal.tests.cast import make_user

# A site of the tests' own: a model that services keep, as rosters are kept.


class GradeForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name", "grade")


class PersonAdmin(PortalModelAdmin):
    """Adding invites, changing changes, deleting deactivates."""

    writes = {"add", "change", "delete"}
    form = GradeForm

    def save_through_service(self, *, obj, form, change, by):
        if obj.name == "Nobody":
            raise DomainError("Nobody is no name.")
        if not change:
            email = f"{obj.name}@internal.example"
            return services.invite_internal(email=email, name=obj.name, by=by).user
        services.change_person(
            person=obj, version=obj.version, name=obj.name, grade=obj.grade, by=by
        )
        return obj

    def delete_through_service(self, *, obj, by):
        services.deactivate_person(person=obj, by=by)


class CarelessAdmin(PortalModelAdmin):
    """Says that it writes, and names no service."""

    writes = {"add", "delete"}
    form = GradeForm


kept = PortalAdminSite(name="kept")
kept.register(User, PersonAdmin)
careless = PortalAdminSite(name="careless")
careless.register(User, CarelessAdmin)


def _urls():
    from dm_portal.urls import urlpatterns

    return [*urlpatterns, path("kept/", kept.urls), path("careless/", careless.urls)]


urlpatterns = _urls()
PEOPLE = "/kept/people/user/"


# Who comes in


def test_an_admin_comes_in_without_djangos_permissions(sign_in, admin):
    User.objects.filter(pk=admin.pk).update(is_staff=False)
    page = sign_in(admin).get("/admin/")
    assert page.status_code == 200
    assert "Delivery portal: administration" in page.content.decode()


@pytest.mark.parametrize("who", ["manager", "director", "auditor", "lead"])
def test_for_everybody_else_there_is_nothing(who, request, sign_in):
    client = sign_in(request.getfixturevalue(who))
    pages = [client.get(page) for page in ("/admin/", "/admin/people/user/", "/no/such/page/")]
    assert {(page.status_code, page.content) for page in pages} == {(404, pages[0].content)}


def test_a_superuser_who_is_no_admin_is_nobody_here(sign_in, manager):
    User.objects.filter(pk=manager.pk).update(is_superuser=True, is_staff=True)
    assert sign_in(manager).get("/admin/").status_code == 404


def test_the_anonymous_sign_in_at_the_portals_own_page(client, db):
    page = "/admin/people/user/"
    assert client.get(page).headers["Location"] == f"/accounts/login/?next={page}"


@pytest.mark.parametrize("name", sorted(PortalAdminSite.NOT_OURS))
def test_pages_that_the_portal_has_itself_are_gone(name):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}")


def test_it_leads_back_to_the_portals_own_pages(sign_in, admin):
    page = sign_in(admin).get("/admin/").content.decode()
    assert 'action="/accounts/logout/"' in page
    assert 'href="/accounts/password/change/"' in page
    assert "Recent actions" not in page


def test_it_has_no_inline_style_or_script(sign_in, admin):
    client = sign_in(admin)
    for page in ("/admin/", "/admin/people/user/", f"/admin/people/user/{admin.pk}/change/"):
        text = client.get(page).content.decode()
        assert " style=" not in text
        assert "<script>" not in text
        assert " onclick=" not in text


# People are read here


def test_people_are_looked_up_and_not_changed(sign_in, admin, manager):
    client = sign_in(admin)
    page = client.get(f"/admin/people/user/{manager.pk}/change/").content.decode()
    assert manager.email in page
    assert 'name="_save"' not in page
    answer = client.post(f"/admin/people/user/{manager.pk}/change/", {"name": "X"})
    assert answer.status_code == 403


def test_no_hash_is_shown(sign_in, admin, manager):
    invitation = services.invite_internal(email="i@internal.example", name="I", by=admin)
    client = sign_in(admin)
    page = client.get(f"/admin/people/invitation/{invitation.pk}/change/").content.decode()
    assert invitation.email in page
    assert Invitation.objects.get().token_hash not in page
    assert "pbkdf2" not in client.get(f"/admin/people/user/{manager.pk}/change/").content.decode()


@pytest.mark.parametrize("page", ["add", "delete", "history"])
def test_what_is_refused_has_no_page(page):
    arguments = [] if page == "add" else [1]
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:people_user_{page}", args=arguments)


def test_only_portal_model_admins_are_registered():
    for model_admin in site._registry.values():
        assert isinstance(model_admin, PortalModelAdmin)


# What is kept here goes through services


@pytest.mark.urls(__name__)
def test_adding_calls_the_service(sign_in, admin):
    response = sign_in(admin).post(f"{PEOPLE}add/", {"name": "Nils", "grade": ""})
    person = User.objects.get(email="nils@internal.example")
    assert response.headers["Location"] == PEOPLE
    assert AuditEvent.objects.get().target_label == "nils@internal.example: One of us"
    assert [str(said) for said in get_messages(response.wsgi_request)] == [
        f'The user “<a href="{PEOPLE}{person.pk}/change/">Nils</a>” was added successfully.'
    ]


@pytest.mark.urls(__name__)
def test_changing_calls_the_service(sign_in, admin, stranger):
    sign_in(admin).post(f"{PEOPLE}{stranger.pk}/change/", {"name": "Stig Star", "grade": ""})
    stranger.refresh_from_db()
    assert (stranger.name, stranger.version) == ("Stig Star", 2)
    assert {event.verb for event in AuditEvent.objects.all()} == {
        "person.renamed",
        "person.graded",
    }


@pytest.mark.urls(__name__)
def test_what_the_service_refuses_is_said_and_nothing_typed_is_lost(sign_in, admin):
    page = sign_in(admin).post(
        f"{PEOPLE}add/", {"name": "Nobody", "grade": "senior_delivery_manager"}
    )
    text = page.content.decode()
    assert page.status_code == 422
    assert "Nobody is no name." in text
    assert 'value="Nobody"' in text
    assert '<option value="senior_delivery_manager" selected>' in text
    assert not AuditEvent.objects.exists()


@pytest.mark.urls(__name__)
def test_deleting_calls_the_service(sign_in, admin, stranger):
    client = sign_in(admin)
    assert client.get(f"{PEOPLE}{stranger.pk}/delete/").status_code == 200
    client.post(f"{PEOPLE}{stranger.pk}/delete/", {"post": "yes"})
    stranger.refresh_from_db()
    assert stranger.deactivated_by == admin


@pytest.mark.urls(__name__)
def test_a_delete_that_is_refused_says_why(sign_in, admin, stranger):
    services.deactivate_person(person=stranger, by=admin)
    response = sign_in(admin).post(f"{PEOPLE}{stranger.pk}/delete/", {"post": "yes"})
    assert response.status_code == 302
    assert [str(said) for said in get_messages(response.wsgi_request)] == [
        "Somebody else has deactivated this person already."
    ]


def delete_all(client, *people):
    return client.post(
        PEOPLE,
        {
            "action": "delete_selected",
            "_selected_action": [person.pk for person in people],
            "post": "yes",
        },
    )


@pytest.mark.urls(__name__)
def test_deleting_many_calls_the_service_for_each(sign_in, admin, stranger):
    delete_all(sign_in(admin), stranger, make_user("Other"))
    assert User.objects.filter(deactivated_by=admin).count() == 2
    assert AuditEvent.objects.filter(verb="person.deactivated").count() == 2


@pytest.mark.urls(__name__)
def test_deleting_many_is_all_or_nothing(sign_in, admin, stranger):
    services.deactivate_person(person=stranger, by=admin)
    response = delete_all(sign_in(admin), make_user("Other"), stranger)
    assert [str(said) for said in get_messages(response.wsgi_request)] == [
        "Somebody else has deactivated this person already."
    ]
    assert User.objects.get(name="Other").is_active


@pytest.mark.urls(__name__)
def test_django_keeps_no_second_record(sign_in, admin, stranger):
    client = sign_in(admin)
    client.post(f"{PEOPLE}add/", {"name": "Nils", "grade": ""})
    client.post(f"{PEOPLE}{stranger.pk}/change/", {"name": "Stig Star", "grade": ""})
    client.post(f"{PEOPLE}{stranger.pk}/delete/", {"post": "yes"})
    assert not LogEntry.objects.exists()


@pytest.mark.urls(__name__)
def test_a_model_that_names_no_service_cannot_be_written(sign_in, admin, stranger):
    client = sign_in(admin)
    with pytest.raises(ImproperlyConfigured, match="names no service that saves"):
        client.post("/careless/people/user/add/", {"name": "Nils", "grade": ""})
    with pytest.raises(ImproperlyConfigured, match="names no service that deletes"):
        client.post(f"/careless/people/user/{stranger.pk}/delete/", {"post": "yes"})


# What the list may be asked


@pytest.mark.parametrize(
    "asked",
    [
        "password__startswith=a",
        "name__regex=(",
        "kind__exact=%00",
        "date_joined__year=99999",
        "no_such_column=1",
    ],
)
def test_a_list_answers_its_own_filters_alone(asked, sign_in, admin):
    assert sign_in(admin).get(f"/admin/people/user/?{asked}").status_code == 400


@pytest.mark.parametrize("asked", ["kind__exact=internal", "is_active__exact=1", "q=%00", "p=9"])
def test_the_filters_beside_a_list_work(asked, sign_in, admin):
    page = sign_in(admin).get(f"/admin/people/user/?{asked}", follow=True)
    assert page.status_code == 200


def test_a_hash_cannot_be_guessed_letter_by_letter(sign_in, admin):
    page = sign_in(admin).get("/admin/people/invitation/?token_hash__startswith=a")
    assert page.status_code == 400
