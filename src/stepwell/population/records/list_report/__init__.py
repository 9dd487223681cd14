"""What a practice can export by itself today: a list report in CSV or XLSX, any columns, read by a mapping of its headings."""

from stepwell.population.records.list_report.mapping import (
    Mapping,
    from_yaml,
    headings_hash,
    to_yaml,
    with_fields,
)
from stepwell.population.records.list_report.reader import ListReportReader
from stepwell.population.records.list_report.recognition import FilePreview, PreviewCell, recognise_file
from stepwell.population.records.list_report.words import fields

__all__ = [
    "FilePreview",
    "ListReportReader",
    "Mapping",
    "PreviewCell",
    "fields",
    "from_yaml",
    "headings_hash",
    "recognise_file",
    "to_yaml",
    "with_fields",
]
