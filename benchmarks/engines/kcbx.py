"""kcbx: the kernel as it ships, with the model that ships. Nothing is trained here."""

from __future__ import annotations

import gc

import pandas as pd
from common import Clock, finish, folders

from kcbx_cli import match


def table(path: object) -> pd.DataFrame:
    """A table as the toolkit's own stages hand it over: text as objects, dates as whole numbers."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False).astype(object)
    for column in ("birth", "id_birth"):
        frame[column] = frame[column].astype("int64")
    return frame


def main() -> None:
    """Links, with the bands of the model."""
    gc.disable()
    county, out = folders()
    clock = Clock()
    listed, registry = table(county / "listed.csv"), table(county / "registry.csv")
    rank = registry["rank"].astype("int64").to_numpy()
    with clock("predict"):
        links = match.link(listed, registry, match.load_model(), right_rank=rank).links
    said = links[links["band"] != "near"]
    columns = (said["left"], said["right"], said["probability"], said["band"])
    finish(out, (("model", *row) for row in zip(*(c.tolist() for c in columns), strict=True)), clock)


if __name__ == "__main__":
    main()
