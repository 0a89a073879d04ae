"""承诺书/: a document for each layer of 四包责任制, one page a responsible person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from kcbx_cli.settings import Settings
from kcbx_cli.tables import Month
from kcbx_cli.write.children import Child, Person
from kcbx_cli.write.document import Document
from kcbx_cli.write.visits import VisitBook, scope_words
from kcbx_cli.write.wording import month_words

FOLDER = "承诺书"
LAYER_WORDS = {"county": "县级", "area": "包片", "school": "包校", "village": "包村", "household": "包户"}


def pledges(month: Month, children: Sequence[Child], settings: Settings) -> list[VisitBook]:
    """The documents of the layers that the roster has; nothing without a roster.

    Raises:
        KcbxError: the county's own template cannot be used.
    """
    if not len(month.responsible):
        return []
    template = Document.load("pledge", settings.documents.pledge)
    count = Counter((p.file, p.sheet, p.row) for child in children for p in child.responsible)
    roster: list[Person] = list(month.responsible.itertuples(index=False, name="Row"))
    made = []
    for layer, words in LAYER_WORDS.items():
        people = [
            {
                "role": p.role, "name": p.name, "title": p.title, "phone": p.phone, "scope": scope_words(p),
                "count": str(count[p.file, p.sheet, p.row]),
            }
            for p in roster
            if p.layer == layer
        ]  # fmt: skip
        if people:
            context = {
                "county": settings.county.name,
                "layer": words,
                "month": month_words(month.as_of),
                "people": people,
            }
            make: Callable[[], bytes] = partial(template.fill, context)
            made.append(VisitBook(f"{FOLDER}/{words}.docx", len(people), make))
    return made
