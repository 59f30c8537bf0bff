"""Write MUTANTS.md: how many small changes of the statistics the tests notice.

Reads what the last `mutmut run` left in ``mutants/``, and the reasons in ``justified.toml`` why a
change that no test notices cannot matter. Ends with 1 where one has no reason.

    python tests/mutation/mutants_table.py
"""

import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = HERE / "MUTANTS.md"
REASONS = HERE / "justified.toml"
NOTICED = ("killed", "timeout")  # a loop that never ends is noticed too
HEAD = """\
# Mutants

How many small changes ("mutants": a sign, a limit, a default, a word of a message) of the
statistics their own tests notice. Made by `make mutation`, which takes about half
an hour on two cores; a survivor without a reason makes it fail.

"""

Survivor = tuple[str, str, str]


def results() -> dict[str, str]:
    """What became of every mutant, by its name."""
    lines = mutmut("results", "--all", "true").splitlines()
    pairs = (line.strip().rpartition(": ") for line in lines if "__mutmut_" in line)
    return {name: status for name, _, status in pairs}


def mutmut(*arguments: str) -> str:
    """What the tool prints."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def function_of(name: str) -> str:
    """The dotted name of the function that a mutant is of."""
    module, _, mangled = name.rpartition("__mutmut_")[0].rpartition(".")
    own = mangled.removeprefix("x_") if mangled.startswith("x_") else mangled[1:].strip("ǁ")
    return f"{module}.{own.replace('ǁ', '.')}"


def change(name: str) -> Survivor:
    """A mutant as its function, the lines taken away and the lines put in their place."""
    lines = mutmut("show", name).splitlines()
    body = [line for line in lines if not line.startswith(("---", "+++", "#"))]
    was, now = (
        " / ".join(line[1:].strip() for line in body if line.startswith(sign)) for sign in "-+"
    )
    return function_of(name), was, now


def reasons() -> dict[Survivor, str]:
    """Why survivors cannot matter."""
    listed = tomllib.loads(REASONS.read_text(encoding="utf-8"))["survivor"]
    return {(one["function"], one["was"], one["now"]): one["why"] for one in listed}


def page(found: dict[str, str], survivors: dict[str, Survivor], why: dict[Survivor, str]) -> str:
    """The table of scores, and of what survived."""
    total, noticed, justified = Counter[str](), Counter[str](), Counter[str]()
    for name, status in found.items():
        for module in (re.sub(r"\.[^.]+$", "", function_of(name)).split(".")[1], "all"):
            total[module] += 1
            noticed[module] += status in NOTICED
            justified[module] += name in survivors and survivors[name] in why
    rows = ["| part | mutants | noticed | score | survived, with a reason | without |"]
    rows.append("|---|--:|--:|--:|--:|--:|")
    for module in sorted(total, key=lambda part: (part == "all", part)):
        left = total[module] - noticed[module] - justified[module]
        score = f"{noticed[module] / total[module]:.1%}"
        counts = f"{noticed[module]:,} | {score} | {justified[module]} | {left}"
        rows.append(f"| {module} | {total[module]:,} | {counts} |")
    rows += ["", "## Survivors", "", "| function | the change | why no test notices it |"]
    rows.append("|---|---|---|")
    for function, was, now in sorted(set(survivors.values())):
        told = why.get((function, was, now), "**no reason given**")
        rows.append(f"| `{function.removeprefix('care_study.')}` | {diff(was, now)} | {told} |")
    return HEAD + "\n".join(rows) + "\n"


def diff(was: str, now: str) -> str:
    """Both lines as code within a table."""
    return " → ".join(f"`{line.replace('|', chr(92) + '|')}`" for line in (was, now))


def main() -> int:
    """Write the page; say which survivors have no reason, and which reasons no survivor."""
    found = results()
    unchecked = [name for name, status in found.items() if status == "not checked"]
    if unchecked or not found:
        print(f"{len(unchecked)} mutants are not checked yet: run `make mutation` to its end.")
        return 1
    survivors = {name: change(name) for name, status in found.items() if status not in NOTICED}
    why = reasons()
    TARGET.write_text(page(found, survivors, why), encoding="utf-8")
    idle = sorted(set(why) - set(survivors.values()))
    for function, was, now in idle:
        print(f"justified.toml: no such survivor of {function}: {was} -> {now}")
    bare = sorted(name for name, one in survivors.items() if one not in why)
    for name in bare:
        print(f"{found[name]}, without a reason: {name}")
    print(
        f"{TARGET.name}: {len(found)} mutants, {len(survivors)} survived, {len(bare)} unexplained"
    )
    return 1 if bare or idle else 0


if __name__ == "__main__":
    sys.exit(main())
