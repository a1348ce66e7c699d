"""Routes of imports; engagements/urls.py includes them."""

from django.urls import path

from engagements.views import freshness, import_rows, imports, maps, meanings

urlpatterns = [
    path("engagements/<ref:ref>/imports/", imports.import_list, name="import_list"),
    path("engagements/<ref:ref>/imports/new/", imports.import_create, name="import_create"),
    path(
        "engagements/<ref:ref>/imports/freshness/",
        freshness.import_freshness,
        name="import_freshness",
    ),
    path("engagements/<ref:ref>/imports/map/", maps.import_map, name="import_map"),
    path(
        "engagements/<ref:ref>/imports/versions/", meanings.import_versions, name="import_versions"
    ),
    path("engagements/<ref:ref>/imports/people/", meanings.import_people, name="import_people"),
    path("engagements/<ref:ref>/imports/states/", meanings.import_states, name="import_states"),
    path(
        "engagements/<ref:ref>/imports/<int:number>/", imports.import_detail, name="import_detail"
    ),
    path(
        "engagements/<ref:ref>/imports/<int:number>/rows/",
        import_rows.import_row_list,
        name="import_row_list",
    ),
    path(
        "engagements/<ref:ref>/imports/<int:number>/application/",
        imports.import_application,
        name="import_application",
    ),
    path(
        "engagements/<ref:ref>/imports/<int:number>/discard/",
        imports.import_discard,
        name="import_discard",
    ),
    path(
        "engagements/<ref:ref>/imports/<int:number>/retry/",
        imports.import_retry,
        name="import_retry",
    ),
]
