"""One environment, however it is made: pyproject, constraints, conda and CI say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = {"zeromean-autograder": ROOT / "pyproject.toml", "zeromean": ROOT / "utils" / "pyproject.toml"}


def _requirements() -> list[Requirement]:
    found: list[Requirement] = []
    for path in PROJECTS.values():
        project = tomllib.loads(path.read_text())["project"]
        extras = project.get("optional-dependencies", {}).values()
        found += [Requirement(text) for text in [*project["dependencies"], *(t for group in extras for t in group)]]
    return [requirement for requirement in found if requirement.name not in PROJECTS]


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().split()
    return {name.lower().replace("_", "-"): version for name, version in (line.split("==") for line in lines)}


def test_every_requirement_is_pinned_to_a_version_it_allows() -> None:
    """No dependency floats: constraints.txt names a version for each, inside the range asked for."""
    pins = _pins()
    for requirement in _requirements():
        version = pins[requirement.name.lower().replace("_", "-")]
        assert requirement.specifier.contains(version), f"{requirement} does not allow the pin {version}"


def test_constraints_are_plain_pins() -> None:
    """Each line is name==version: no address, no path, no option."""
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+-]+", line), line


def test_environment_yml_is_pyproject_for_conda() -> None:
    """The conda file installs the same two projects with the same constraints and Python range."""
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, pip, extras = environment["dependencies"]
    needs = {tomllib.loads(path.read_text())["project"]["requires-python"] for path in PROJECTS.values()}
    assert {python.removeprefix("python")} == needs
    assert pip == "pip"
    assert extras["pip"] == ["-c constraints.txt", "-e ./utils", "-e ."]


@pytest.mark.parametrize("name", ["README.md", "lectures", "assignments", "solutions", "autograder", "utils"])
def test_the_top_level_has_what_was_promised(name: str) -> None:
    """The names that users of the repository rely on are there."""
    assert (ROOT / name).exists()


def test_the_ci_script_runs_the_command_of_the_readme() -> None:
    """What CI runs is what a newcomer runs."""
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("make test")
    assert "make test" in (ROOT / "README.md").read_text()
