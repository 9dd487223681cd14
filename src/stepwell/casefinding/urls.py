"""Addresses of case finding. None holds a name, an NHS number or a patient key."""

from django.urls import path

from stepwell.casefinding.views import candidates, choices, imports, lists, searches

app_name = "casefinding"

urlpatterns = [
    path("imports/", imports.show_all, name="imports"),
    path("imports/upload/", imports.upload, name="upload"),
    path("imports/<uuid:pk>/", imports.show, name="import"),
    path("imports/<uuid:pk>/headings/", imports.mapping, name="import_mapping"),
    path("imports/<uuid:pk>/stop/", imports.stop, name="import_stop"),
    path("searches/", searches.show_all, name="searches"),
    path("searches/<slug:search_id>/", searches.definition, name="search_definition"),
    path("searches/<slug:search_id>/run/", searches.run, name="search_run"),
    path("lists/<uuid:pk>/", lists.show, name="candidate_list"),
    path("lists/<uuid:pk>/options/", choices.options, name="candidate_options"),
    path("lists/<uuid:pk>/sample/", choices.sample, name="candidate_sample"),
    path("lists/<uuid:pk>/adopt/", choices.adopt, name="candidate_adopt"),
    path("lists/<uuid:pk>/<slug:chosen>/", lists.show, name="candidates"),
    path("lists/<uuid:pk>/<slug:chosen>/people.csv", lists.download, name="candidates_csv"),
    path("candidates/<uuid:pk>/", candidates.show, name="candidate"),
    path("candidates/<uuid:pk>/rules/", candidates.rules, name="candidate_rules"),
    path("candidates/<uuid:pk>/decide/", candidates.decide, name="candidate_decide"),
    path("candidates/<uuid:pk>/ome.csv", candidates.ome_csv, name="candidate_ome_csv"),
]
