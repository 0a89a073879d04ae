"""How a pair of records that a person has decided is known again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: What makes a row this person. Telephone, school, class and address may change without the question being asked again.
_COLUMNS = ("name", "former_name", "sex", "id_pattern", "birth", "registry_number", "township", "household")


def digests(wanted: pd.DataFrame) -> list[str]:
    """A digest of what makes each row of PEOPLE this person; pass the rows concerned only."""
    lists = [wanted[column].tolist() for column in _COLUMNS]
    return [
        hashlib.blake2b("\t".join(map(str, row)).encode(), digest_size=16, person=b"kcbx-pair").hexdigest()
        for row in zip(*lists, strict=True)
    ]
