"""`sitesec query`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import give
from sim.cli.options import Folder, Json
from sim.files import writable_folder


def query(
    folder: Folder,
    sql: Annotated[str, typer.Argument(help="About the tables rows, design, failures and columns.")],
    as_json: Json = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the table (CSV) and the answer (JSON).")] = None,
) -> None:
    """Ask a sweep's folder in SQL (DuckDB): its outcome rows, design points and failed runs, and what the columns are.

    `select * from columns` lists the columns of rows: name, label, unit, "group" and meaning.
    """
    from sim.sweep.query import query as ask
    from sim.view.console import print_table

    answer = ask(folder, sql)
    place = None if out is None else writable_folder(out)

    def show() -> None:
        if answer:
            print_table(answer, " ".join(sql.split()))
        else:
            print("no rows")

    give({"rows": answer}, show, as_json, place, {"table.csv": answer})
