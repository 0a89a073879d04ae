import json
from importlib.resources import files

import numpy as np
import pytest

from kcbx_cli.match import COMPARISONS, OTHERS, ModelError, build_model, load_model, model_text, to_body
from kcbx_cli.match.model import ALONE, SIBLINGS, TWIN, UNKNOWN

MODEL = load_model()


def test_a_model_survives_its_file(tmp_path):
    file = tmp_path / "model.json"
    file.write_text(model_text(to_body(MODEL, {"kind": "test"})), "utf-8")
    again = load_model(str(file))
    for comparison in COMPARISONS:
        assert np.allclose(again.m[comparison], MODEL.m[comparison], rtol=1e-5)
        assert np.allclose(again.u[comparison], MODEL.u[comparison], rtol=1e-5)
    assert (again.link, again.review, again.twins) == (MODEL.link, MODEL.review, MODEL.twins)
    assert again.digest != MODEL.digest


def test_missing_says_nothing():
    for comparison in COMPARISONS:
        assert (MODEL.weights(comparison)[:, -1] == 0).all()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda b: b.update(format=99), "format"),
        (lambda b: b["comparisons"].pop("name"), "name"),
        (lambda b: b["comparisons"]["sex"]["same"].update(m=0.2), "add up"),
        (lambda b: b["comparisons"]["sex"]["same"].update(twin=0.0), "above 0"),
        (lambda b: b["thresholds"].pop("link"), "link"),
    ],
)
def test_a_model_that_cannot_be_right_is_refused(change, says):
    body = json.loads(model_text(to_body(MODEL, {})))
    change(body)
    with pytest.raises(ModelError, match=says):
        build_model(body)


def test_a_file_that_is_no_model_is_refused(tmp_path):
    with pytest.raises(ModelError):
        load_model(str(tmp_path / "none.json"))
    (tmp_path / "text.json").write_text("姓名", "utf-8")
    with pytest.raises(ModelError):
        load_model(str(tmp_path / "text.json"))


def test_costs_move_the_thresholds():
    strict, loose = MODEL.with_costs(10000, 0.5), MODEL.with_costs(20, 0.5)
    assert strict.link > loose.link > strict.review
    assert MODEL.with_costs(0, 0).link == MODEL.link
    assert 2**strict.link + 1 == pytest.approx(10000 / 0.5)


def test_a_listed_twin_is_the_likeliest_other_person():
    bits = MODEL.family_priors(plain=False)[OTHERS.index("twin")]
    assert bits[TWIN] < MODEL.family_priors(plain=True)[OTHERS.index("twin"), TWIN]
    assert bits[TWIN] < bits[UNKNOWN] < bits[ALONE] == bits[SIBLINGS]
    assert MODEL.for_rows(100).priors()[0] > MODEL.priors()[0]


def test_the_shipped_model_keeps_the_priors_and_thresholds_of_its_base():
    base = load_model(str(files("kcbx_cli.match").joinpath("base.json")))
    assert (base.link, base.review, base.claim, base.near) == (MODEL.link, MODEL.review, MODEL.claim, MODEL.near)
    assert (base.twins, base.caution, base.unlisted) == (MODEL.twins, MODEL.caution, MODEL.unlisted)
    assert MODEL.provenance["kind"] == "estimated"
