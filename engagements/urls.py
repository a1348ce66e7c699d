"""Routes of engagements and pods. Children are named by a number within their parent."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from engagements.keys import KeyConverter
from engagements.views import (
    blockers,
    engagements,
    history,
    milestones,
    people,
    pods,
    sprints,
    work,
)

register_converter(KeyConverter, "key")

ENGAGEMENT = "engagements/<ref:ref>/"
MILESTONE = f"{ENGAGEMENT}milestones/<int:number>/"
CRITERION = f"{MILESTONE}criteria/<int:criterion_number>/"
SPRINT = f"{ENGAGEMENT}sprints/<int:number>/"
BLOCKER = f"{ENGAGEMENT}blockers/<int:number>/"
SETTINGS = f"{ENGAGEMENT}settings/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("engagements/", engagements.engagement_list, name="engagement_list"),
    path("engagements/new/", engagements.engagement_create, name="engagement_create"),
    path(ENGAGEMENT, engagements.engagement_detail, name="engagement_detail"),
    path(f"{ENGAGEMENT}history/", history.engagement_history, name="engagement_history"),
    path(SETTINGS, engagements.engagement_settings, name="engagement_settings"),
    path(f"{SETTINGS}state/", engagements.engagement_state, name="engagement_state"),
    path(f"{SETTINGS}functions/", people.engagement_functions, name="engagement_functions"),
    path(
        f"{SETTINGS}functions/<ref:person>/<slug:function>/end/",
        people.function_end,
        name="function_end",
    ),
    path(f"{SETTINGS}contacts/", people.engagement_contacts, name="engagement_contacts"),
    path(f"{SETTINGS}contacts/<ref:person>/end/", people.contact_end, name="contact_end"),
    path(f"{ENGAGEMENT}milestones/", milestones.milestone_list, name="milestone_list"),
    path(f"{ENGAGEMENT}milestones/new/", milestones.milestone_create, name="milestone_create"),
    path(MILESTONE, milestones.milestone_detail, name="milestone_detail"),
    path(f"{MILESTONE}edit/", milestones.milestone_edit, name="milestone_edit"),
    path(f"{MILESTONE}date/", milestones.milestone_date, name="milestone_date"),
    path(f"{MILESTONE}criteria/new/", milestones.criterion_create, name="criterion_create"),
    path(CRITERION, milestones.criterion_edit, name="criterion_edit"),
    path(f"{CRITERION}result/", milestones.criterion_result, name="criterion_result"),
    path(f"{ENGAGEMENT}sprints/", sprints.sprint_list, name="sprint_list"),
    path(f"{ENGAGEMENT}sprints/new/", sprints.sprint_create, name="sprint_create"),
    path(SPRINT, sprints.sprint_detail, name="sprint_detail"),
    path(f"{SPRINT}edit/", sprints.sprint_edit, name="sprint_edit"),
    path(f"{ENGAGEMENT}work/", work.work_list, name="work_list"),
    path(f"{ENGAGEMENT}work/<int:number>/<key:key>/", work.work_detail, name="work_detail"),
    path(f"{ENGAGEMENT}blockers/", blockers.blocker_list, name="blocker_list"),
    path(BLOCKER, blockers.blocker_detail, name="blocker_detail"),
    path(f"{BLOCKER}edit/", blockers.blocker_edit, name="blocker_edit"),
    path("", include("engagements.urls_imports")),
    path("", include("engagements.urls_owed")),
    path("pods/", pods.pod_list, name="pod_list"),
    path("pods/<ref:ref>/", pods.pod_detail, name="pod_detail"),
]
