"""Made-up people for the tests of the kernel."""

import numpy as np
import pandas as pd

from kcbx_cli.match import RECORD

DATES = ("birth",)
SURNAMES = list("王李张刘陈杨黄吴赵周徐孙马朱胡林郭何高罗冉向")
GIVEN = list("伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉萍红玲梅鑫宇浩然子涵梓轩欣怡思雨诗琪嘉俊铭泽瑞雪晴")


def number(birth: int, sequence: int, area: str = "500229") -> str:
    """A valid ID number."""
    body = f"{area}{birth}{sequence:03d}"
    total = sum(int(c) * (2 ** (17 - n) % 11) for n, c in enumerate(body))
    return body + "10X98765432"[total % 11]


def people(*rows: dict[str, object]) -> pd.DataFrame:
    """A frame of RECORD columns, blank where a row says nothing."""
    columns = {}
    for name in RECORD:
        blank: object = 0 if name in DATES else ""
        values = [row.get(name, blank) for row in rows]
        columns[name] = pd.Series(values, dtype=np.int64 if name in DATES else object)
    for row in rows:
        assert set(row) <= set(RECORD), set(row) - set(RECORD)
    return pd.DataFrame(columns)


def child(name: str, birth: int, sequence: int = 1, **more: object) -> dict[str, object]:
    """One child with a valid number, of one village and family unless said."""
    row: dict[str, object] = {
        "name": name, "sex": "男" if sequence % 2 else "女", "birth": birth, "id_pattern": number(birth, sequence),
        "township": "巴山镇", "village": "坪上村", "family_names": f"{name[0]}大山|邓小凤", "phone": "13900000001",
        "file": "低收入.xlsx", "household": "77",
    }  # fmt: skip
    return row | more


def county(count: int, seed: int) -> list[dict[str, object]]:
    """Children of different families."""
    rng = np.random.default_rng(seed)
    rows = []
    for n in range(count):
        name = str(rng.choice(SURNAMES)) + "".join(rng.choice(GIVEN, int(rng.integers(1, 3))))
        birth = int(rng.integers(2007, 2016)) * 10000 + int(rng.integers(1, 13)) * 100 + int(rng.integers(1, 29))
        father = name[0] + "".join(rng.choice(GIVEN, 2))
        rows.append(
            child(
                name,
                birth,
                int(rng.integers(1, 400)),
                township=f"{rng.choice(list('东西南北'))}镇",
                village=f"{rng.choice(list('甲乙丙丁戊己'))}村",
                family_names=father,
                phone=f"139{10000000 + n}",
                household=str(n),
            )
        )
    return rows
