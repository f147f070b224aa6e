"""`sitesec query`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import give
from sim.cli.options import Folder, Json
from sim.files import writable_folder

CLOSING = (
    "What this doesn't know: what stands behind a figure. Rows are counts of single years and replicates, without "
    "intervals; `sitesec sweep` and `sitesec report` give rates with theirs."
)


def query(
    folder: Folder,
    sql: Annotated[str, typer.Argument(help="About the tables rows, design, failures and columns.")],
    as_json: Json = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the table (CSV) and the answer (JSON).")] = None,
) -> None:
    """Ask a sweep's folder in SQL (DuckDB): its outcome rows, design points and failed runs, and what the columns are.

    `select * from columns` lists the columns of rows: name, label, unit, "group" and meaning.

    sitesec query results/named-policies "select point_id, avg(incidents) from rows group by all"
    """
    from sim.sweep.query import query as ask
    from sim.view.console import print_paragraph, print_table
    from sim.words import number_of

    answer = ask(folder, sql)
    place = None if out is None else writable_folder(out)

    def show() -> None:
        if not answer:
            print("no rows")
            return
        print_paragraph(f"{number_of(len(answer), 'row')} of {folder}.")
        print()
        print_table(answer, " ".join(sql.split()))
        print()
        print_paragraph(CLOSING)

    give({"rows": answer}, show, as_json, place, {"table.csv": answer})
