"""What one county of a province costs, stage by stage: processor seconds in this process, medians; JSON on stdout and in build/bench/results.

python benchmarks/province_cost.py [ROUNDS]
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import time
from collections import defaultdict
from datetime import date
from pathlib import Path

import province
from kcbx_cli import configuration, judging, parallel, pipeline
from kcbx_cli.run.borders import missed, offered
from running import BUILD

_LISTS = (("registry", "学籍"), ("households", "低收入"), ("special", "特殊学生台账"))


class _Clock(pipeline.Clock):
    """Processor seconds by stage, in place of the wall's."""

    def stage(self, name: str, _: str) -> None:
        now = time.process_time()
        if self._stage:
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = name, now


def once(work: Path) -> dict[str, float]:
    """One county's first month: seconds by stage, and what there was to do."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    name, lists = province.names()[0], province.PROVINCE / "parquet"
    settings = configuration.load(lists / "设置" / f"{name}.toml", {})
    paths = {role: [str(lists / folder / f"{name}.parquet")] for role, folder in _LISTS}
    asked = pipeline.Request(paths, date.fromisoformat(province.AS_OF), (), work / "out", work / "ledger.db")
    clock = _Clock(lambda _: None)
    with pipeline.without_collector(), pipeline._book(asked, settings, pipeline.Manner()) as book:
        judged = judging.judge(asked, settings, book, clock.stage)
        clock.stage("borders", "")
        missed(judged.given, judged.matched, judged.decided.verdicts)
        offered(judged.given, judged.matched)
        clock.stage("", "")
        pipeline.write(asked, judged, book, clock)
        clock.stage("", "")
    blocks = judged.matched.blocks
    return clock.seconds | {
        "pupils": len(judged.lists.registry),
        "listed": len(judged.lists.people),
        "minors": len(judged.matched.minors),
        "pairs": int(blocks.loc[blocks["used"].astype(bool), "pairs"].sum()),
        "workbooks": len(list((work / "out").rglob("*.xlsx"))),
    }


def main() -> None:
    """Medians over the rounds, after one that does not count."""
    os.cpu_count = lambda: 1  # nothing is shared out
    parallel._alone = parallel._apart = True
    rounds = [once(BUILD / "province-cost") for _ in range(int(sys.argv[1]) + 1 if len(sys.argv) > 1 else 6)][1:]
    by_stage = defaultdict(list)
    for one in rounds:
        for stage, value in one.items():
            by_stage[stage].append(value)
    shutil.rmtree(BUILD / "province-cost")
    told = json.dumps({stage: statistics.median(values) for stage, values in by_stage.items()})
    (BUILD / "results" / "province-cost.json").write_text(told, "utf-8")
    print(told)


if __name__ == "__main__":
    sys.exit(main())
