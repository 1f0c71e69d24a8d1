"""A table as a file that a person takes out: CSV or a workbook, in which no cell is ever a formula."""

from collections.abc import Iterable, Sequence

from flask import Response

from base.errors import NotFound
from base.sheets_out import csv_bytes
from base.sheets_xlsx_out import xlsx_bytes

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def table(
    name: str, ending: str, title: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> Response:
    """The table under a name of our own. Raises NotFound for an ending that there is not."""
    if ending not in TYPES:
        raise NotFound
    data = csv_bytes(header, rows) if ending == "csv" else xlsx_bytes(title, header, rows)
    response = Response(data, mimetype=TYPES[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="dari-{name}.{ending}"'
    return response
