"""Write docs/datamodel.svg and docs/architecture.svg: `python -m tests.diagrams`."""

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dam.settings")
    os.environ["DATABASE_POOL_SIZE"] = "0"  # only the models are read
    django.setup()
    from tests.diagrams import pictures

    for path, draw in pictures.PICTURES.items():
        path.write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
