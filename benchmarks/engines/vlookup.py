"""The rule of the office: look the ID number up in the registry, then the name. First hit counts; nothing is reviewed."""

from __future__ import annotations

from common import Clock, finish, folders, rows


def main() -> None:
    """Links by number, else by name."""
    county, out = folders()
    clock = Clock()
    listed, registry = rows(county / "listed.csv"), rows(county / "registry.csv")
    with clock("predict"):
        number, name = {}, {}
        for pupil in reversed(registry):
            number[pupil["id_pattern"]], name[pupil["name"]] = pupil["at"], pupil["at"]
        number.pop("", None)
        name.pop("", None)
        found = [(child["at"], number.get(child["id_pattern"], name.get(child["name"]))) for child in listed]
    finish(out, (("ID, then name", int(a), int(b), 1.0, "link") for a, b in found if b is not None), clock)


if __name__ == "__main__":
    main()
