"""Edge cases of what an extract holds and does not give: confidential rows, and a kind of registration nobody wrote."""

from __future__ import annotations

from stepwell.population.synthetic.edge_case import TWICE, Case, case


@case("withheld-code", "A confidential palliative code: left out, so the person is to check")
def _withheld_code(this: Case) -> None:
    this.opioid()
    this.code("palliative", 60, confidential=True)


@case("withheld-opioid", "A confidential second opioid: left out, so the dose is at least that")
def _withheld_opioid(this: Case) -> None:
    this.opioid()
    this.monthly("morphine30mr", TWICE, confidential=True)


@case("registration-blank", "The kind of registration is blank: perhaps a patient of the practice")
def _registration_blank(this: Case) -> None:
    this.person.registration = ""
    this.opioid()


@case("registration-novel", "A kind of registration that no table knows")
def _registration_novel(this: Case) -> None:
    this.person.registration = "Visiting"
    this.opioid()
