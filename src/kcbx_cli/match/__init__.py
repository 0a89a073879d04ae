"""Core, standing alone: the record-linkage kernel.

    model = load_model()
    matching = link(listed, registered, model, right_rank=rank)

Nothing here knows of files, settings or verdicts, and nothing of ours is imported, so that it can be shipped to
workers as it is.
"""

from __future__ import annotations

from kcbx_cli.match.block import Candidates
from kcbx_cli.match.estimate import Estimate, estimate
from kcbx_cli.match.explain import Explanation, explain, sentences
from kcbx_cli.match.group import group
from kcbx_cli.match.leads import Leads, Reach, leads, led_to, one_below_the_other, reach, reached
from kcbx_cli.match.link import Matching, Prepared, link, prepare, selected
from kcbx_cli.match.model import COMPARISONS, OTHERS, Model, ModelError, build_model, load_model, model_text, to_body
from kcbx_cli.match.records import CONTEXT, RECORD, Records, encode
from kcbx_cli.match.score import score_block

__all__ = [
    "COMPARISONS", "CONTEXT", "OTHERS", "RECORD", "Candidates", "Estimate", "Explanation", "Leads", "Matching", "Model",
    "ModelError", "Prepared", "Reach", "Records", "build_model", "encode", "estimate", "explain", "group", "leads", "led_to", "link",
    "load_model", "model_text", "one_below_the_other", "prepare", "reach", "reached", "score_block", "selected", "sentences", "to_body",
]  # fmt: skip
