"""What a code host reads says the same as the project, and pins what it runs."""

import json
import os
import re
import tomllib

import pytest
import yaml

from care_study import paths

HOST = paths.ROOT / ".github"
PROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted((HOST / "workflows").glob("*.yml"))


def read(name: str):
    return yaml.safe_load((paths.ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_actions_are_pinned_to_a_commit_and_named_with_their_version(file):
    used = re.findall(r"uses: (\S+)(.*)", file.read_text(encoding="utf-8"))
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_the_host_runs_what_everybody_runs_and_may_write_nothing_by_default():
    book = read(".github/workflows/book.yml")
    steps = [step.get("run", "") for step in book["jobs"]["build"]["steps"]]
    assert ".ci/run" in steps and "make atlas" in steps
    assert book["permissions"] == {"contents": "read"}
    assert os.access(paths.ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("name", ["claim", "data"])
def test_forms_have_what_a_form_needs(name):
    form = read(f".github/ISSUE_TEMPLATE/{name}.yml")
    assert form["name"] and form["description"]
    names = [field["id"] for field in form["body"]]
    assert len(names) == len(set(names))
    assert any(field.get("validations", {}).get("required") for field in form["body"])


def test_archive_and_citation_describe_the_same_work():
    archive = json.loads((paths.ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    citation = read("CITATION.cff")
    assert archive["title"] == citation["title"]
    assert archive["version"] == citation["version"] == PROJECT["version"]
    assert archive["license"].upper() == citation["license"] == PROJECT["license"]
    assert archive["keywords"] == citation["keywords"]
    assert archive["description"] == " ".join(citation["abstract"].split())


def test_binder_and_the_container_install_from_the_lock():
    script = paths.ROOT / "binder" / "postBuild"
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    assert "--require-hashes --no-deps -r requirements.lock" in text
    container = json.loads((paths.ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    assert container["postCreateCommand"] == "make setup"


def test_the_image_runs_as_nobody_in_particular():
    lines = (paths.ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    users = [number for number, line in enumerate(lines) if line.startswith("USER ")]
    start = next(number for number, line in enumerate(lines) if line.startswith("ENTRYPOINT"))
    assert users and lines[users[-1]] != "USER root" and users[-1] < start
