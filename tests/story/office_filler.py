"""Fills in a workbook as a person would, in LibreOffice itself. Run by the system's Python, which has its API.

Usage: python3 office_filler.py PIPE JOBS.json; a job is {"open": path, "sheet": name, "cells": [[row, column, text]],
"sort": bool, "save": [[path, filter]]}; rows and columns count from 0. With "password" it is opened, and saved, behind
that password; with "refused" it must not open.
"""

from __future__ import annotations

import json
import sys
import time

import uno
from com.sun.star.beans import NamedValue, PropertyValue

#: For text tables: comma, double quotation mark, UTF-8, from the first line on.
UTF_8 = "44,34,76,1"


def setting(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def desktop(pipe):
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    for _ in range(120):
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
        except Exception:  # not listening yet
            time.sleep(0.5)
    raise SystemExit("LibreOffice does not answer")


def opened(office, path, secret):
    """The workbook; None where LibreOffice does not open it."""
    try:
        return office.loadComponentFromURL(
            uno.systemPathToFileUrl(path), "_blank", 0, (setting("Hidden", True), *secret)
        )
    except Exception:  # it says so in one of several ways
        return None


def behind(job):
    """What makes LibreOffice save an .xlsx behind the job's password, as its own dialogue says it."""
    if not job.get("password"):
        return ()
    named = [NamedValue("OOXPassword", job["password"]), NamedValue("CryptoType", "Standard")]
    return (setting("EncryptionData", uno.Any("[]com.sun.star.beans.NamedValue", tuple(named))),)


def main():
    office = desktop(sys.argv[1])
    for job in json.load(open(sys.argv[2], encoding="utf-8")):
        secret = (setting("Password", job["password"]),) if job.get("password") else ()
        book = opened(office, job["open"], secret)
        if job.get("refused"):
            if book is not None:
                raise SystemExit(f"opened: {job['open']}")
            continue
        sheet = book.Sheets.getByName(job["sheet"])
        for row, column, text in job["cells"]:
            sheet.getCellByPosition(column, row).setFormula(text)
        for row in job.get("hide", []):
            sheet.Rows.getByIndex(row).IsVisible = False
        if job.get("rename"):
            sheet.Name = job["rename"]
        for path, kind in job["save"]:
            book.storeToURL(
                uno.systemPathToFileUrl(path),
                (setting("FilterName", kind), setting("FilterOptions", UTF_8), *behind(job)),
            )
        book.close(True)
    try:
        office.terminate()
    except Exception:  # it goes before it answers
        return


if __name__ == "__main__":
    main()
