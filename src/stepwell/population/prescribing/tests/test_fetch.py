"""Fetching months: what comes, what is never fetched twice, and what happens when the service or the network fails."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from stepwell.base.errors import StepwellError
from stepwell.base.progress import Stopped
from stepwell.population.prescribing.fetch import Fetched, fetch_months, months_wanted, published_on
from stepwell.population.prescribing.tests.stand_in import RETIRED, File, serving

_SNOMED_HEADER = (
    "YEAR_MONTH,REGIONAL_OFFICE_NAME,REGIONAL_OFFICE_CODE,ICB_NAME,ICB_CODE,PCO_NAME,PCO_CODE,PRACTICE_NAME,PRACTICE_CODE,"
    "ADDRESS_1,ADDRESS_2,ADDRESS_3,ADDRESS_4,POSTCODE,BNF_CHEMICAL_SUBSTANCE_CODE,BNF_CHEMICAL_SUBSTANCE,BNF_PRESENTATION_CODE,"
    "BNF_PRESENTATION_NAME,BNF_CHAPTER_PLUS_CODE,QUANTITY,ITEMS,TOTAL_QUANTITY,ADQ_USAGE,NIC,ACTUAL_COST,UNIDENTIFIED,SNOMED_CODE"
)
_ROW = ",,,,,,,,Z99901,,,,,,0407020Q0,,0407020Q0AAAAAA,,,56,{items},56,0,1.00,1.00,N,1"


def month_file(month: str, rows: int = 400) -> bytes:
    body = [f"{month.replace('-', '')}{_ROW.format(items=number)}" for number in range(1, rows + 1)]
    return ("\r\n".join([_SNOMED_HEADER, *body]) + "\r\n").encode()


def zipped(content: bytes, *names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names or ("epd.csv",):
            packed.writestr(name, content)
    return out.getvalue()


def may(**changes: object) -> File:
    return File(**{"name": "EPD_SNOMED_202605", "content": month_file("2026-05"), **changes})  # type: ignore[arg-type]


def fetch(address: str, folder: Path, wanted: str = "2026-05") -> Fetched:
    return fetch_months(months_wanted(wanted), folder, source=address, wait=lambda seconds: None)


def damaged(packed: bytes) -> bytes:
    """One byte in the middle of what is packed is another."""
    place = len(packed) // 2
    return packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :]


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


class StopsAfter:
    """Progress whose owner stops the work after so many calls with bytes."""

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces

    def step(self, name: str) -> None:
        pass

    def done(self, rows: int) -> None:
        self.pieces -= 1
        if self.pieces < 0:
            raise Stopped


# What comes


def test_every_month_asked_for_comes_whole(tmp_path: Path) -> None:
    june = File("EPD_SNOMED_202606", month_file("2026-06"))
    with serving(may(), june) as service:
        fetched = fetch(service.address, tmp_path, "2026-05..2026-06")
    assert [(each.month, each.outcome) for each in fetched.files] == [
        ("2026-05", "fetched"),
        ("2026-06", "fetched"),
    ]
    assert (tmp_path / "EPD_SNOMED_202605.csv").read_bytes() == month_file("2026-05")
    assert left_in(tmp_path) == {"EPD_SNOMED_202605.csv", "EPD_SNOMED_202606.csv"}


def test_a_zip_is_taken_where_there_is_one_and_named_so(tmp_path: Path) -> None:
    packed = zipped(month_file("2026-05"))
    with serving(may(content=packed, link_field="zip_url", described={"url": "", "size": 7})) as service:
        fetch(service.address, tmp_path)
    assert (tmp_path / "EPD_SNOMED_202605.zip").read_bytes() == packed


def test_the_day_of_publication_is_when_it_was_last_changed_or_else_made(tmp_path: Path) -> None:
    june = File(
        "EPD_SNOMED_202606",
        month_file("2026-06"),
        modified="2026-09-02T23:30:00",
        created="2026-08-20T10:00:00",
    )
    with serving(may(created="2026-07-15T10:00:00.904819"), june) as service:
        fetched = fetch(service.address, tmp_path, "2026-05..2026-06")
    assert [each.published for each in fetched.files] == [
        date(2026, 7, 15),
        date(2026, 9, 3),
    ]  # London is an hour ahead
    assert published_on(tmp_path / "EPD_SNOMED_202605.csv") == date(2026, 7, 15)


def test_a_month_in_both_series_comes_from_the_one_still_corrected(tmp_path: Path) -> None:
    old = File("EPD_202605", month_file("2026-05"), dataset=RETIRED, modified="2026-12-01T00:00:00")
    with serving(may(), old) as service:
        fetched = fetch(service.address, tmp_path)
    assert [each.file for each in fetched.files] == ["EPD_SNOMED_202605.csv"]


def test_a_month_of_the_retired_series_alone_comes_from_there(tmp_path: Path) -> None:
    with serving(File("EPD_201709", month_file("2017-09"), dataset=RETIRED)) as service:
        fetched = fetch(service.address, tmp_path, "2017-09")
    assert [each.file for each in fetched.files] == ["EPD_201709.csv"]


@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_of_two_versions_of_a_month_comes(tmp_path: Path, order: int) -> None:
    corrected = File("EPD_SNOMED_202605FINAL", month_file("2026-05", 500), modified="2026-10-01T00:00:00")
    with serving(*[corrected, may()][::order]) as service:
        fetched = fetch(service.address, tmp_path)
    assert [each.file for each in fetched.files] == ["EPD_SNOMED_202605FINAL.csv"]


def test_a_month_that_is_not_published_is_named_and_the_others_come(tmp_path: Path) -> None:
    with serving(may()) as service:
        fetched = fetch(service.address, tmp_path, "2026-05..2026-07")
    assert fetched.missing == ("2026-06", "2026-07")
    assert left_in(tmp_path) == {"EPD_SNOMED_202605.csv"}


def test_a_link_is_asked_for_just_before_each_file(tmp_path: Path) -> None:
    with serving(may(), File("EPD_SNOMED_202606", month_file("2026-06"))) as service:
        fetch(service.address, tmp_path, "2026-05..2026-06")
    kinds = [path.rpartition("/")[2] if "/action/" in path else "file" for path in service.asked]
    assert kinds == ["package_show", "resource_show", "file", "resource_show", "file"]


# What is never fetched twice


def test_what_is_here_is_not_fetched_again(tmp_path: Path) -> None:
    with serving(may()) as service:
        fetch(service.address, tmp_path)
        again = fetch(service.address, tmp_path)
        assert service.downloads() == 1
    assert [each.outcome for each in again.files] == ["here already"]


def test_a_file_that_was_touched_but_not_changed_is_not_fetched_again(tmp_path: Path) -> None:
    with serving(may()) as service:
        fetch(service.address, tmp_path)
        (tmp_path / "EPD_SNOMED_202605.csv").touch()
        fetch(service.address, tmp_path)
        assert service.downloads() == 1


@pytest.mark.parametrize("harm", [lambda file: file.unlink(), lambda file: file.write_bytes(b"no longer")])
def test_a_file_that_is_gone_or_altered_is_fetched_again(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    with serving(may()) as service:
        fetch(service.address, tmp_path)
        harm(tmp_path / "EPD_SNOMED_202605.csv")
        fetch(service.address, tmp_path)
    assert (tmp_path / "EPD_SNOMED_202605.csv").read_bytes() == month_file("2026-05")


def test_a_month_published_again_replaces_the_version_before(tmp_path: Path) -> None:
    with serving(may()) as service:
        fetch(service.address, tmp_path)
        service.files = [
            may(name="EPD_SNOMED_202605v2", content=month_file("2026-05", 9), modified="2026-11-01T00:00:00")
        ]
        again = fetch(service.address, tmp_path)
    assert [each.outcome for each in again.files] == ["replaced"]
    assert left_in(tmp_path) == {"EPD_SNOMED_202605v2.csv"}


def test_an_older_version_does_not_replace_a_newer_one(tmp_path: Path) -> None:
    with serving(may(modified="2026-11-01T00:00:00")) as service:
        fetch(service.address, tmp_path)
        service.files = [may(id="another", modified="2026-08-02T00:00:00")]
        again = fetch(service.address, tmp_path)
        assert service.downloads() == 1
    assert [each.outcome for each in again.files] == ["here already"]


def test_a_file_that_somebody_put_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "EPD_SNOMED_202605.csv").write_text("mine")
    with serving(may()) as service, pytest.raises(StepwellError, match="not fetched by this command"):
        fetch(service.address, tmp_path)
    assert (tmp_path / "EPD_SNOMED_202605.csv").read_text() == "mine"


# A broken connection, a stopped run


def test_a_connection_cut_in_the_middle_goes_on_where_it_was(tmp_path: Path) -> None:
    half = len(month_file("2026-05")) // 2
    with serving(may(faults=["cut"])) as service:
        fetch(service.address, tmp_path)
        assert service.ranges == [None, f"bytes={half}-"]
    assert (tmp_path / "EPD_SNOMED_202605.csv").read_bytes() == month_file("2026-05")


def test_a_connection_that_is_cut_time_and_again_gets_there_while_each_try_gains(tmp_path: Path) -> None:
    with serving(may(faults=["cut"] * 9)) as service:
        fetch(service.address, tmp_path)
    assert (tmp_path / "EPD_SNOMED_202605.csv").read_bytes() == month_file("2026-05")


def test_a_service_that_gives_no_parts_is_asked_for_the_whole_again(tmp_path: Path) -> None:
    with serving(may(faults=["cut", "no ranges"])) as service:
        fetch(service.address, tmp_path)
    assert (tmp_path / "EPD_SNOMED_202605.csv").read_bytes() == month_file("2026-05")


def test_a_stopped_run_is_gone_on_with_by_the_next(tmp_path: Path) -> None:
    content = month_file("2026-05", 40_000)
    with serving(may(content=content)) as service:
        with pytest.raises(Stopped):
            fetch_months(["2026-05"], tmp_path, source=service.address, progress=StopsAfter(2))
        assert left_in(tmp_path) == {"2026-05.part"}
        fetch(service.address, tmp_path)
        assert str(service.ranges[-1]).startswith("bytes=")
    assert (tmp_path / "EPD_SNOMED_202605.csv").read_bytes() == content
    assert left_in(tmp_path) == {"EPD_SNOMED_202605.csv"}


@pytest.mark.parametrize("marked", [True, False])
def test_a_file_that_changed_between_two_runs_is_begun_anew(tmp_path: Path, marked: bool) -> None:
    changed = month_file("2026-05", 300)
    with serving(may(content=month_file("2026-05", 40_000), marked=marked)) as service:
        with pytest.raises(Stopped):
            fetch_months(["2026-05"], tmp_path, source=service.address, progress=StopsAfter(2))
        service.files = [may(content=changed, marked=marked)]
        fetch(service.address, tmp_path)
    assert (tmp_path / "EPD_SNOMED_202605.csv").read_bytes() == changed


def test_a_file_published_anew_between_two_runs_is_begun_anew(tmp_path: Path) -> None:
    changed = month_file("2026-05", 40_000).replace(
        b",1.00,", b",2.00,"
    )  # as long as before, and without a mark
    with serving(may(content=month_file("2026-05", 40_000), marked=False)) as service:
        with pytest.raises(Stopped):
            fetch_months(["2026-05"], tmp_path, source=service.address, progress=StopsAfter(2))
        service.files = [may(content=changed, marked=False, modified="2026-11-01T00:00:00")]
        fetch(service.address, tmp_path)
    assert (tmp_path / "EPD_SNOMED_202605.csv").read_bytes() == changed


def test_a_machine_that_stops_before_the_file_has_its_name_finishes_at_the_next_run(tmp_path: Path) -> None:
    with serving(may()) as service:
        fetch(service.address, tmp_path)
        (tmp_path / "EPD_SNOMED_202605.csv").rename(tmp_path / "2026-05.part")
        fetch(service.address, tmp_path)
        assert service.downloads() == 1
    assert left_in(tmp_path) == {"EPD_SNOMED_202605.csv"}


# Failures of the service


@pytest.mark.parametrize("fault", ["500", "503", "429", "403", "410"])
def test_a_failing_download_and_an_expired_link_are_tried_again_with_a_fresh_link(
    tmp_path: Path, fault: str
) -> None:
    with serving(may(faults=[fault])) as service:
        fetch(service.address, tmp_path)
        assert len(service.links) == 2
    assert (tmp_path / "EPD_SNOMED_202605.csv").read_bytes() == month_file("2026-05")


def test_a_failing_index_is_asked_again(tmp_path: Path) -> None:
    with serving(may()) as service:
        service.faults = ["500", "502"]
        assert fetch(service.address, tmp_path).files


def test_a_service_that_keeps_failing_ends_it_with_what_to_do_and_keeps_what_came(tmp_path: Path) -> None:
    june = File("EPD_SNOMED_202606", month_file("2026-06"), faults=["500"] * 50)
    waited: list[float] = []
    with serving(may(), june) as service, pytest.raises(StepwellError) as told:
        fetch_months(["2026-05", "2026-06"], tmp_path, source=service.address, wait=waited.append)
    assert "error 500" in str(told.value)
    assert "Run the same command again" in told.value.next_step
    assert (tmp_path / "EPD_SNOMED_202605.csv").exists()
    assert waited == sorted(waited)
    assert len(waited) < 20


def test_no_service_at_all_is_said_plainly(tmp_path: Path) -> None:
    with serving(may()) as service:
        address = service.address
    with pytest.raises(StepwellError, match="no connection"):
        fetch(address, tmp_path)


def test_a_service_that_does_not_know_the_series_is_said_plainly(tmp_path: Path) -> None:
    with serving(may()) as service:
        service.faults = ["404", "404"]
        with pytest.raises(StepwellError, match="does not know"):
            fetch(service.address, tmp_path)


# What is not what was asked for


@pytest.mark.parametrize(
    ("content", "described", "why"),
    [
        (month_file("2026-05"), {"size": 7}, "the service says 7"),
        (month_file("2026-05"), {"hash": "0" * 64}, "checksum"),
        (month_file("2026-06"), {}, "not of 2026-05"),
        (b"<html>Sorry</html>", {}, "not a month of prescribing"),
        (_SNOMED_HEADER.encode(), {}, "no whole row"),
        (month_file("2026-05")[:-40], {}, "last row"),
        (zipped(month_file("2026-05"))[:-200], {}, "damaged"),
        (damaged(zipped(month_file("2026-05", 9000))), {}, "damaged"),
        (zipped(month_file("2026-05"), "a.csv", "b.csv"), {}, "2 CSV files"),
        (b"", {}, "not a month of prescribing"),
    ],
)
def test_a_file_that_is_not_what_was_asked_for_is_not_kept(
    tmp_path: Path, content: bytes, described: dict[str, object], why: str
) -> None:
    with serving(may(content=content, described=described)) as service, pytest.raises(StepwellError) as told:
        fetch(service.address, tmp_path)
    assert why in str(told.value)
    assert left_in(tmp_path) == set()


def test_a_file_of_unknown_length_that_was_cut_is_fetched_again(tmp_path: Path) -> None:
    with serving(may(faults=["no length"])) as service:
        fetch(service.address, tmp_path)
    assert (tmp_path / "EPD_SNOMED_202605.csv").read_bytes() == month_file("2026-05")


@pytest.mark.parametrize("kind", ["md5", "sha1", "sha256"])
def test_a_checksum_is_compared_where_one_is_given(tmp_path: Path, kind: str) -> None:
    content = month_file("2026-05")
    described = {"hash": hashlib.new(kind, content).hexdigest().upper(), "size": len(content)}
    with serving(may(content=content, described=described)) as service:
        assert fetch(service.address, tmp_path).files


def test_a_bad_version_leaves_the_good_one_before_it_in_place(tmp_path: Path) -> None:
    with serving(may()) as service:
        fetch(service.address, tmp_path)
        service.files = [may(content=b"<html>", modified="2026-11-01T00:00:00")]
        with pytest.raises(StepwellError):
            fetch(service.address, tmp_path)
    assert (tmp_path / "EPD_SNOMED_202605.csv").read_bytes() == month_file("2026-05")


# What may be opened, and asked


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org",
        "ftp://example.org",
        "file:///etc",
        "http://127.0.0.1.example.org",
        "example.org",
        "",
    ],
)
def test_only_https_is_opened_and_plain_http_on_this_machine(tmp_path: Path, address: str) -> None:
    with pytest.raises(StepwellError, match="https"):
        fetch_months(["2026-05"], tmp_path, source=address or " ", wait=lambda seconds: None)


@pytest.mark.parametrize("link", ["file:///etc/hostname", "http://example.org/EPD.csv"])
def test_a_link_elsewhere_than_https_is_not_followed(tmp_path: Path, link: str) -> None:
    with serving(may(described={"url": link})) as service, pytest.raises(StepwellError, match="https"):
        fetch(service.address, tmp_path)


def test_a_redirection_elsewhere_than_to_https_is_not_followed(tmp_path: Path) -> None:
    with (
        serving(may(faults=["http://example.org/EPD.csv"])) as service,
        pytest.raises(StepwellError, match="https"),
    ):
        fetch(service.address, tmp_path)


def test_a_name_that_would_leave_the_folder_is_no_month(tmp_path: Path) -> None:
    with serving(may(name="EPD_SNOMED_202605/../../x")) as service:
        assert fetch(service.address, tmp_path).missing == ("2026-05",)


def test_two_fetches_do_not_write_to_one_folder(tmp_path: Path) -> None:
    class Second:
        def step(self, name: str) -> None:
            with pytest.raises(StepwellError, match="Another fetch"):
                fetch_months(["2026-05"], tmp_path, source="http://127.0.0.1:9")

        def done(self, rows: int) -> None:
            pass

    with serving(may()) as service:
        fetch_months(["2026-05"], tmp_path, source=service.address, progress=Second())


@pytest.mark.parametrize(
    ("typed", "months"),
    [
        ("2026-05", ("2026-05",)),
        ("2025-11..2026-02", ("2025-11", "2025-12", "2026-01", "2026-02")),
        ("202605, 2026-03..2026-04", ("2026-03", "2026-04", "2026-05")),
    ],
)
def test_months_are_typed_alone_as_a_span_or_as_a_list(typed: str, months: tuple[str, ...]) -> None:
    assert months_wanted(typed) == months


@pytest.mark.parametrize(
    "typed", ["", "May 2026", "2026-13", "2026-05..", "2026-07..2026-05", "1900-01..2099-12"]
)
def test_what_is_not_a_month_is_refused(typed: str) -> None:
    with pytest.raises(StepwellError):
        months_wanted(typed)
