"""Says which models are installed and whether they can run: `manage.py models`."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from dam.core import command
from generation import model_register


class Command(command.Command):
    help = (
        "List the generator and the encoder of this installation, with licence, folder and what speaks"
        " against using them. Loads neither. Exit status 0 when both can run. With --json, a list of {kind,"
        " folder, name, version, licence, ability, problem, caution} on standard output."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        models = model_register.installed()
        if options["json"]:
            lines = [asdict(model) | {"folder": str(model.folder)} for model in models]
            self.stdout.write(json.dumps(lines, indent=2, ensure_ascii=False))
        else:
            for model in models:
                self._print(model)
        if any(model.problem for model in models):
            raise SystemExit(1)

    def _print(self, model: model_register.InstalledModel) -> None:
        self.stdout.write(f"{model.kind:<9}  {model.name} {model.version}".rstrip())
        for text in (model.problem, model.ability, model.licence, model.caution, str(model.folder)):
            if text:
                self.stdout.write(f"{'':<9}  {text}")
