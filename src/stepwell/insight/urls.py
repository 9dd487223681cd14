"""Addresses of the public prescribing pages. All of a view is in its address."""

from django.urls import path

from stepwell.insight.views import compare, downloads, measures, organisations

app_name = "insight"

urlpatterns = [
    path("", organisations.find, name="find"),
    path("measures/", measures.definitions, name="definitions"),
    path("compare/", compare.compare, name="compare"),
    path("compare/rows.csv", downloads.compared, name="compare_csv"),
    path("<slug:level>/<slug:code>/", organisations.show, name="organisation"),
    path("<slug:level>/<slug:code>/<slug:measure_id>/", measures.show, name="measure"),
    path("<slug:level>/<slug:code>/<slug:measure_id>/months.csv", downloads.own, name="months_csv"),
    path("<slug:level>/<slug:code>/<slug:measure_id>/practices/", measures.practices, name="practices"),
    path("<slug:level>/<slug:code>/<slug:measure_id>/practices.csv", downloads.area, name="practices_csv"),
]
