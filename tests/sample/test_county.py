"""The shape of the county: counts, schools, reproducible bytes, the errors dial."""

from __future__ import annotations

import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pytest

from kcbx_cli.sample import FACTS, MIXES, TRAPS, Spec, places, write_county
from kcbx_cli.sample.schooling import MISSING


def contents(folder: Path) -> dict[str, bytes]:
    """Every file's bytes; of a workbook each part's, since compression differs between zlib versions."""
    out = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                out |= {f"{name}!{part}": archive.read(part) for part in archive.namelist()}
        else:
            out[name] = path.read_bytes()
    return out


def test_scale_one_has_the_source_documents_schools():
    kinds = places.schools(1.0).kind
    expected = {"junior": 4, "nine_year": 2, "complete": 2, "vocational": 1, "primary": 40, "point": 60, "special": 1}
    assert {k: kinds.count(k) for k in expected} == expected
    assert len(kinds) == 110
    assert len(places.TOWNSHIPS) == 25
    for made in (places.schools(1.0), places.schools(0.01), places.schools(3.0)):
        assert len(set(made.code)) == len(made.code)
        assert len(set(made.name)) == len(made.name)
        assert set(made.kind) == set(expected)


def test_pupils_are_exactly_as_many_as_the_scale_asks(small):
    assert small.counts["primary"] == round(17_497 * 0.0107)
    assert small.counts["junior"] == round(10_523 * 0.0107)
    assert small.counts["pupils"] == small.counts["primary"] + small.counts["junior"]


def test_configuration_names_all_townships(small):
    config = tomllib.loads((small.folder / "kcbx.toml").read_text(encoding="utf-8"))
    assert config["county"] == {"name": "城口县", "code": "500229"}
    assert len(config["townships"]) == 25
    assert config["townships"][0] == {"code": "500229001", "name": "葛城街道", "former": ["葛城镇"]}


def test_same_seed_same_bytes_other_seed_other_people(tmp_path):
    spec = Spec(scale=0.006, seed=3)
    first, again = write_county(tmp_path / "a", spec), write_county(tmp_path / "b", spec)
    other = write_county(tmp_path / "c", Spec(scale=0.006, seed=4))
    assert {p.name: p.read_bytes() for p in first.folder.rglob("*.*")} == {
        p.name: p.read_bytes() for p in again.folder.rglob("*.*")
    }
    assert contents(first.folder)["truth.csv"] != contents(other.folder)["truth.csv"]


def test_committed_county_is_what_the_script_makes(tmp_path):
    import importlib.util

    script = Path(__file__).parents[2] / "scripts" / "build_data_samples.py"
    found = importlib.util.spec_from_file_location("build_data_samples", script)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    module.small_county(tmp_path / "county")
    assert contents(tmp_path / "county") == contents(module.SMALL_COUNTY)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_trap_and_every_state_occurs_in_a_small_county(tmp_path, seed):
    county = write_county(tmp_path, Spec(scale=0.0107, seed=seed, every_trap=True))
    absent = [
        (t.name, s) for t in TRAPS.values() for s in ("list", "registry") if t.rates[s] and not county.struck[s][t.name]
    ]
    assert absent == []
    states = {line.split(",")[10] for line in (tmp_path / "truth.csv").read_text(encoding="utf-8-sig").splitlines()[1:]}
    listed = list(FACTS)[list(FACTS).index("dropped_out") : list(FACTS).index("unlisted_alarm")]
    told = {"namesake", "twin_missing", "older_unfinished"}  # facts that lead to a state of another name
    assert set(listed) - told <= states


def test_errors_multiply_traps_and_leave_facts_alone(tmp_path):
    counties = {e: write_county(tmp_path / str(e), Spec(scale=0.05, seed=9, errors=e)) for e in (0, 1, 8)}
    struck = {e: sum(c.struck["list"][t] for t in TRAPS if t.startswith(("id_", "name_"))) for e, c in counties.items()}
    assert struck[0] < 5  # children without a number may still bear a parent's
    assert 4 < struck[8] / struck[1] < 9
    once = {e: c.counts["missing"] / c.counts["list_rows"] for e, c in counties.items()}
    assert max(once.values()) < 1.3 * min(once.values())
    typo = {e: c.struck["registry"]["id_typo"] for e, c in counties.items()}
    assert typo[0] == 0 and typo[8] > 3 * typo[1]


def test_mixes_differ_and_are_known():
    assert MIXES["office"] == {}
    assert MIXES["typist"] != MIXES["export"]
    for mix in MIXES.values():
        assert all(any(name.startswith(prefix) for name in TRAPS) for prefix in mix)
    with pytest.raises(ValueError, match="office"):
        Spec(mix="other")


def test_table_of_traps_is_sane():
    assert all(0 <= rate <= 0.6 for t in TRAPS.values() for rate in t.rates.values())
    assert all(0 <= t.harm <= 3 for t in TRAPS.values())
    assert all(0 < share < 1 for share in FACTS.values())
    assert set(MISSING) <= {*FACTS}


def test_lists_of_another_year(tmp_path):
    from datetime import date

    county = write_county(tmp_path, Spec(scale=0.006, seed=2, as_of=date(2024, 3, 31)))
    assert county.counts["pupils"] == round(17_497 * 0.006) + round(10_523 * 0.006)
    assert np.all([c > 0 for k, c in county.counts.items() if k in ("list_rows", "listed_school_age")])


def test_a_folder_that_holds_anything_is_left_alone(tmp_path, capsys):
    from kcbx_cli import app

    (tmp_path / "kcbx.toml").write_text("# 我的设置\n", "utf-8")
    assert app.run(["sample", str(tmp_path), "--scale", "0.02"]) == 2
    assert "不是空文件夹" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["kcbx.toml"]
