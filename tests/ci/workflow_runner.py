"""Runs the steps of an action or of a workflow as GitHub's runner does, without GitHub.

Only what our action and its examples use is here: ``run`` steps of bash, composite actions,
conditions, outputs, summaries and commands on stdout. Whatever else a file asks for is an error.
"""

import os
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from expressions import UnsupportedError, filled, holds

BASH: Final = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
OF_STEP: Final = {"name", "id", "if", "shell", "env", "run", "uses", "with", "continue-on-error"}
COMMAND: Final = re.compile(r"\s*::([a-z-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)")
FILES: Final = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")

Ended = tuple[bool, dict[str, str]]
Action = Callable[["Job", Mapping[str, str]], Ended]


@dataclass(frozen=True)
class Annotation:
    """A notice, warning or error that a step put on a file or on the run."""

    level: str
    message: str
    properties: Mapping[str, str]


@dataclass
class Job:
    """One job: where it runs, what it may use, and what came of it.

    Attributes
    ----------
    workspace
        The checkout that steps run in.
    temporary
        A folder for the runner's own files.
    github
        The context of that name.
    variables
        Environment of every step; nothing is passed on from the test's own.
    actions
        What ``uses`` may name, without its reference: a folder with an action.yml, or a function.
    inside
        A program that runs bash, such as one that takes the network away.
    log, summary, annotations, outcomes
        What steps printed and wrote, and how each ended, by id or name.
    """

    workspace: Path
    temporary: Path
    github: Mapping[str, object] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    actions: Mapping[str, Path | Action] = field(default_factory=dict)
    inside: Sequence[str] = ()
    log: str = ""
    summary: str = ""
    annotations: list[Annotation] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)
    failed: bool = False

    def functions(self) -> dict[str, Callable[..., object]]:
        """Return the functions of expressions."""
        return {
            "always": lambda: True,
            "cancelled": lambda: False,
            "success": lambda: not self.failed,
            "failure": lambda: self.failed,
            "hashFiles": lambda *patterns: "-".join(("hash", *patterns)),
        }

    def steps(
        self, steps: Sequence[Mapping[str, Any]], inputs: Mapping[str, str]
    ) -> dict[str, Any]:
        """Run steps in turn; return the context of their outputs, by id."""
        done: dict[str, Any] = {}
        for number, step in enumerate(steps, 1):
            if unknown := set(step) - OF_STEP:
                raise UnsupportedError(f"{sorted(unknown)} in a step")
            context = {
                "inputs": inputs,
                "steps": done,
                "github": self.github,
                "runner": {"os": "Linux", "temp": str(self.temporary)},
            }
            name = str(step.get("id") or step.get("name") or step.get("uses") or number)
            if not holds(str(step.get("if", "success()")), context, self.functions()):
                self.outcomes[name] = "skipped"
                continue
            values = self.texts(step.get("with", {}), context)
            variables = self.texts(step.get("env", {}), context)
            if "uses" in step:
                ended, outputs = self.use(step["uses"], values)
            else:
                ended, outputs = self.run(step, variables)
            self.outcomes[name] = "success" if ended else "failure"
            if step.get("continue-on-error") is not True:
                self.failed = self.failed or not ended
            done[name] = {"outputs": outputs, "outcome": self.outcomes[name]}
        return done

    def texts(self, values: Mapping[str, Any], context: Mapping[str, object]) -> dict[str, str]:
        """Return values of a mapping of the file as the runner hands them on: all are texts."""
        as_texts = {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in values.items()
        }
        return {name: filled(text, context, self.functions()) for name, text in as_texts.items()}

    def run(self, step: Mapping[str, Any], variables: Mapping[str, str]) -> Ended:
        """Run a script by bash; return whether it ended well, and its outputs."""
        if step.get("shell", "bash") != "bash" or "${{" in step["run"]:
            raise UnsupportedError("a shell but bash, or an expression inside a script")
        self.temporary.mkdir(exist_ok=True)
        script = self.temporary / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        files = {name: self.temporary / name.lower() for name in FILES}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        ran = subprocess.run(
            [*self.inside, *BASH, str(script)],
            cwd=self.workspace,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.temporary),
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_WORKSPACE": str(self.workspace),
                "RUNNER_TEMP": str(self.temporary),
                "RUNNER_OS": "Linux",
                **{name: str(file) for name, file in files.items()},
                **self.variables,
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=600,
        )
        self.log += ran.stdout
        self.annotations += annotations(ran.stdout)
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        if any(files[name].read_text() for name in ("GITHUB_ENV", "GITHUB_PATH")):
            raise UnsupportedError("a step that changes the environment of others")
        return ran.returncode == 0, outputs(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))

    def use(self, uses: str, values: Mapping[str, str]) -> Ended:
        """Run an action; return whether it ended well, and its outputs."""
        name = uses.partition("@")[0]
        if name not in self.actions:
            raise UnsupportedError(f"the action {uses}")
        action = self.actions[name]
        return self.composite(action, values) if isinstance(action, Path) else action(self, values)

    def composite(self, folder: Path, values: Mapping[str, str]) -> Ended:
        """Run the steps of a composite action; its outputs are there even where it fails."""
        said = yaml.safe_load((folder / "action.yml").read_text(encoding="utf-8"))
        if unknown := set(values) - set(said["inputs"]):
            raise UnsupportedError(f"the inputs {sorted(unknown)}")
        defaults = {name: str(each.get("default", "")) for name, each in said["inputs"].items()}
        context = {"github": self.github}
        inputs = self.texts(defaults, context) | dict(values)
        inside = Job(
            workspace=self.workspace,
            temporary=self.temporary,
            github=self.github,
            variables={**self.variables, "GITHUB_ACTION_PATH": str(folder)},
            inside=self.inside,
        )
        if said["runs"]["using"] != "composite":
            raise UnsupportedError(said["runs"]["using"])
        done = inside.steps(said["runs"]["steps"], inputs)
        self.log += inside.log
        self.summary += inside.summary
        self.annotations += inside.annotations
        self.outcomes |= {f"{folder.name}/{name}": end for name, end in inside.outcomes.items()}
        names = {name: each["value"] for name, each in said.get("outputs", {}).items()}
        return not inside.failed, self.texts(names, {"steps": done, "inputs": inputs})


def outputs(written: str) -> dict[str, str]:
    """Return what a step wrote to GITHUB_OUTPUT, by name."""
    found = {}
    lines = iter(written.splitlines())
    for line in lines:
        if match := re.fullmatch(r"([\w-]+)<<(.+)", line):
            held = []
            while (following := next(lines)) != match[2]:
                held.append(following)
            found[match[1]] = "\n".join(held)
        elif match := re.fullmatch(r"([\w-]+)=(.*)", line):
            found[match[1]] = match[2]
        else:
            raise UnsupportedError(f"the output {line!r}")
    return found


def annotations(printed: str) -> list[Annotation]:
    """Return the annotations that the lines of a step ask for."""
    found = []
    for line in printed.splitlines():
        if not (match := COMMAND.match(line)):
            continue
        level, properties, message = match[1], match[2] or "", match[3]
        if level not in {"notice", "warning", "error"}:
            raise UnsupportedError(f"the command {line!r}")
        pairs = (pair.partition("=") for pair in properties.split(",") if pair)
        found.append(
            Annotation(
                level=level,
                message=unescaped(message),
                properties={name.strip(): unescaped(value) for name, _, value in pairs},
            )
        )
    return found


def unescaped(text: str) -> str:
    """Return what a text of a command stands for."""
    for escape, character in (
        ("%0D", "\r"),
        ("%0A", "\n"),
        ("%3A", ":"),
        ("%2C", ","),
        ("%25", "%"),
    ):
        text = text.replace(escape, character)
    return text
