"""`kcbx sample`: a made-up county in Chengkou's shape, with the mistakes that real files have, and the answers."""

from kcbx_cli.sample.county import County, write_county
from kcbx_cli.sample.months import write_months
from kcbx_cli.sample.province import FORMATS, Province, write_province
from kcbx_cli.sample.spec import MIXES, Spec
from kcbx_cli.sample.traps import FACTS, TRAPS, Trap

__all__ = [
    "FACTS", "FORMATS", "MIXES", "TRAPS", "County", "Province", "Spec", "Trap", "write_county", "write_months",
    "write_province",
]  # fmt: skip
