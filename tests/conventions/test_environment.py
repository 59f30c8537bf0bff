"""pyproject.toml, requirements.lock and environment.yml describe one environment."""

import importlib.metadata
import re
import tomllib

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from care_study import paths

PROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (paths.ROOT / "requirements.lock").read_text(encoding="utf-8")
CONDA = yaml.safe_load((paths.ROOT / "environment.yml").read_text(encoding="utf-8"))
DIRECT = [
    *PROJECT["project"]["dependencies"],
    *(name for names in PROJECT["project"]["optional-dependencies"].values() for name in names),
]
BLOCK = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\\n]+?))?"
    r"(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n",
    re.MULTILINE,
)
PINS = [match.groupdict() for match in BLOCK.finditer(LOCK)]


def versions(name):
    return [Version(pin["version"]) for pin in PINS if pin["name"] == canonicalize_name(name)]


def test_the_lock_holds_pins_with_hashes_and_nothing_else():
    # No address, no option, no comment, no unpinned or editable requirement: what is left after
    # the pins with their hashes have been taken out is nothing.
    assert len(PINS) > 100
    assert BLOCK.sub("", LOCK) == ""


@pytest.mark.parametrize("requirement", DIRECT)
def test_every_direct_dependency_is_locked_at_a_version_it_admits(requirement):
    wanted = Requirement(requirement)
    found = versions(wanted.name)
    assert found, f"{wanted.name} is not in requirements.lock: run `make lock`"
    assert all(wanted.specifier.contains(version, prereleases=True) for version in found)


@pytest.mark.parametrize("requirement", PROJECT["build-system"]["requires"])
def test_the_build_backend_is_locked_because_builds_are_not_isolated(requirement):
    wanted = Requirement(requirement)
    assert any(wanted.specifier.contains(version) for version in versions(wanted.name))


def test_no_package_has_two_versions_for_one_machine():
    for name in {pin["name"] for pin in PINS}:
        here = [pin for pin in PINS if pin["name"] == name and applies(pin)]
        assert len(here) <= 1, name


def applies(pin):
    return pin["marker"] is None or Marker(pin["marker"]).evaluate()


def test_what_is_installed_is_what_is_locked():
    installed = {
        canonicalize_name(found.metadata["Name"]): found.version
        for found in importlib.metadata.distributions()
    }
    differing = {
        pin["name"]: (pin["version"], installed.get(pin["name"]))
        for pin in PINS
        if applies(pin) and installed.get(pin["name"]) != pin["version"]
    }
    assert not differing, "run `make setup`"


def test_conda_users_get_the_same_pins_through_pip():
    *plain, pip = CONDA["dependencies"]
    assert pip == {"pip": ["-r requirements.lock"]}
    names = [re.split(r"[<>=]", text)[0] for text in plain]
    assert names == ["python", "pip"]
    assert CONDA["name"] == PROJECT["project"]["name"]


def test_one_oldest_python_everywhere():
    oldest = PROJECT["project"]["requires-python"]
    assert oldest == ">=3.11"
    assert CONDA["dependencies"][0] == f"python{oldest}"
    number = oldest.removeprefix(">=")
    assert PROJECT["tool"]["mypy"]["python_version"] == number
    makefile = (paths.ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"({number.replace('.', ', ')})" in makefile
    assert f"--python-version {number}" in makefile


def test_the_pinned_pandas_and_jupyter_book_are_those_the_study_was_designed_for():
    assert all(version.major == 3 for version in versions("pandas"))
    assert all(Version("1") <= version < Version("2") for version in versions("jupyter-book"))


def test_the_lock_has_a_version_for_every_supported_python():
    # A pin may be bound to some versions of Python; a direct dependency must not vanish for any.
    for requirement in DIRECT:
        name = canonicalize_name(Requirement(requirement).name)
        markers = [pin["marker"] for pin in PINS if pin["name"] == name]
        for python in ("3.11", "3.12", "3.13"):
            environment = {"python_version": python, "python_full_version": f"{python}.1"}
            assert any(m is None or Marker(m).evaluate(environment) for m in markers), (
                name,
                python,
            )


def test_specifiers_have_a_lower_bound_where_it_matters():
    for requirement in PROJECT["project"]["dependencies"]:
        assert ">=" in str(Requirement(requirement).specifier), requirement
    assert SpecifierSet(PROJECT["project"]["requires-python"])
