"""docker/ stays in step with the settings, the queues and the dependency groups."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from dam.core.tasks import QUEUES
from dam.embedded import processes

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DOCKER = BASE_DIR / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
# Read by Python, pip and the numeric libraries, not by the settings.
# And by boto3, where storage is a bucket.
FOREIGN = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
FOREIGN |= {"PYTHONUNBUFFERED", "PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_CACHE_DIR", "OMP_WAIT_POLICY"}


def settings_read() -> set[str]:
    """The environment variables that the settings ask for."""
    files = [*(BASE_DIR / "dam/settings").glob("*.py"), BASE_DIR / "dam/environment.py"]
    source = "".join(path.read_text() for path in files)
    return set(re.findall(r'(?:env\.\w+|environ\.get)\(\s*"([A-Z0-9_]+)"', source))


def stages() -> dict[str, str]:
    """Each stage of the Dockerfile and its instructions."""
    parts = re.split(r"^FROM \S+ AS (\S+)$", DOCKERFILE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def queues_of(command: list[str]) -> list[str]:
    return command[command.index("--queues") + 1].split(",") if "--queues" in command else []


def test_the_web_image_serves_as_one_machine_does() -> None:
    """Without an access log above all: a link that sets a new password is an address."""
    web = next(each for each in processes.plan(host="", port=0, cores=8) if each.name == "web")
    flags = {word for word in web.command.split() if word.startswith("--no-")}
    assert "--no-access-log" in flags
    command = next(line for line in DOCKERFILE.splitlines() if line.startswith('CMD ["uvicorn"'))
    assert all(f'"{flag}"' in command for flag in flags)


def test_every_queue_has_one_service() -> None:
    served = [queue for service in OURS.values() for queue in queues_of(service.get("command", []))]
    assert sorted(served) == sorted(QUEUES)


def test_the_images_serve_every_queue_by_default() -> None:
    defaults = re.findall(r'"--queues", "([\w,]+)"', DOCKERFILE)
    assert sorted(",".join(defaults).split(",")) == sorted(QUEUES)


def test_one_service_sends_what_is_due() -> None:
    assert [name for name, service in OURS.items() if "--beat" in service.get("command", [])] == ["default"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_compose_sets_only_what_the_settings_read(name: str) -> None:
    assert set(OURS[name].get("environment", {})) - FOREIGN <= settings_read()


def test_the_images_set_only_what_the_settings_read() -> None:
    # Continuation lines of ENV are the indented ones.
    set_here = set(re.findall(r"^(?:ENV |    )([A-Z_]+)=", DOCKERFILE, flags=re.MULTILINE))
    assert set_here - FOREIGN <= settings_read()


def test_the_example_names_what_compose_asks_for() -> None:
    variables = set(re.findall(r"\$\{([A-Z0-9_]+)", (DOCKER / "compose.yaml").read_text()))
    offered = set(re.findall(r"^([A-Z0-9_]+)=", (DOCKER / "example.env").read_text(), flags=re.MULTILINE))
    assert offered == variables


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_service_is_built_from_a_stage_that_exists(name: str) -> None:
    assert OURS[name]["build"]["target"] in stages()


def test_the_web_image_has_no_torch() -> None:
    assert "--group web" in stages()["base"]
    assert not re.search(r"torch|--group (worker|local|dev)", stages()["base"] + stages()["web"])


def test_the_images_install_groups_that_exist_at_exact_versions() -> None:
    groups = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["dependency-groups"]
    installs = re.findall(r"pip install (.*?)(?: \\)?$", DOCKERFILE, flags=re.MULTILINE)
    assert installs
    assert all("--constraint constraints.txt" in install for install in installs)
    assert set(re.findall(r"--group (\w+)", DOCKERFILE)) <= set(groups)


def test_the_cpu_image_installs_the_torch_of_the_constraints() -> None:
    pinned = set((BASE_DIR / "constraints.txt").read_text().split())
    assert set(re.findall(r"torch(?:vision)?==[\d.]+", DOCKERFILE)) <= pinned


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_services_wait_for_what_they_need(name: str) -> None:
    needs = OURS[name]["depends_on"]
    assert needs["postgres"]["condition"] == "service_healthy"
    assert name == "prepare" or needs["prepare"]["condition"] == "service_completed_successfully"


def test_the_services_share_one_volume_of_masters() -> None:
    assert all("data:/data" in service["volumes"] for service in OURS.values())
    assert "STORAGE=/data/storage" in DOCKERFILE


def test_the_health_check_passes_with_the_settings_of_the_example() -> None:
    example = dict(
        re.findall(r"^([A-Z0-9_]+)=(.+)$", (DOCKER / "example.env").read_text(), flags=re.MULTILINE)
    )
    address = re.search(r"urlopen\('http://([\d.]+:\d+)/healthz'", DOCKERFILE)
    assert address is not None
    ask = (
        "import django; django.setup();"
        "from django.test import RequestFactory;"
        f"print(RequestFactory().get('/healthz', headers={{'Host': {address[1]!r}}}).get_host())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", ask],
        env={**os.environ, **example, "SECRET_KEY": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout.strip() == address[1], answer.stderr


def test_the_server_leaves_forwarded_addresses_to_us() -> None:
    assert "--no-proxy-headers" in stages()["web"]


def test_the_first_person_is_made_with_a_brand() -> None:
    page = (BASE_DIR / "docs/deployment.md").read_text()
    assert "createsuperuser" not in page
    assert "manage.py brand" in page
    assert "manage.py member" in page


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"prepare"}))
def test_every_service_comes_back_after_a_restart_of_the_host(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
