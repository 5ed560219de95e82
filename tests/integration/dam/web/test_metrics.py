"""/metrics: who gets it, and what it says."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dam.core import queues
from dam.ingest.models import Step, StepState
from dam.ingest.steps import whose
from tests.factories import VersionFactory

pytestmark = pytest.mark.django_db
BASE_DIR = Path(__file__).resolve().parents[4]
COUNT = """
import os, sys
from dam.core import metrics
for _ in range(3):
    metrics.request_answered(method="GET", route="library", status=200, seconds=0.03)
metrics.task_ended("sign.release", state="success", seconds=2.0)
"""


def scrape(**headers: str) -> tuple[int, str]:
    answer = Client().get(reverse("metrics"), headers=headers)
    return answer.status_code, answer.content.decode()


def test_there_is_no_such_page_until_somebody_may_ask() -> None:
    assert scrape()[0] == 404


def test_a_token_opens_it_and_another_one_does_not(settings: Any) -> None:
    settings.METRICS_TOKEN = "correct"
    assert scrape(Authorization="Bearer correct")[0] == 200
    assert scrape(Authorization="Bearer wrong")[0] == 404
    assert scrape()[0] == 404


def test_a_listed_network_opens_it_and_a_made_up_address_does_not(settings: Any) -> None:
    settings.METRICS_FROM = ["10.0.0.0/8"]
    assert scrape(X_Forwarded_For="10.1.2.3")[0] == 404
    settings.METRICS_FROM = ["127.0.0.1"]
    assert scrape()[0] == 200


def test_it_says_what_lies_in_queues_and_what_failed(settings: Any, servers: None) -> None:
    settings.METRICS_FROM = ["127.0.0.1"]
    version = VersionFactory.create(size=1234)
    Step.objects.create(name="poster", position=0, state=StepState.FAILED, **whose(version))
    _, text = scrape()
    assert "reelproof_broker_up 1.0" in text
    assert 'reelproof_queue_messages{queue="gpu"}' in text
    assert 'reelproof_failed_steps{step="poster"} 1.0' in text
    assert f'reelproof_stored_bytes{{brand="{version.brand_id}",kind="master"}} 1234.0' in text


def test_without_a_broker_it_says_so_and_makes_no_depth_up(settings: Any) -> None:
    settings.METRICS_FROM = ["127.0.0.1"]
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    try:
        _, text = scrape()
    finally:
        queues._breaker.worked()
    assert "reelproof_broker_up 0.0" in text
    assert "reelproof_queue_messages{" not in text


def test_what_several_processes_counted_is_added_up(settings: Any, tmp_path: Path) -> None:
    settings.METRICS_FROM = ["127.0.0.1"]
    settings.METRICS_DIR = tmp_path / "metrics"
    for _ in range(2):
        count_in_a_process(tmp_path)
    _, text = scrape()
    assert 'reelproof_requests_total{method="GET",route="library",status="200"} 6.0' in text
    assert 'reelproof_tasks_total{state="success",task="sign.release"} 2.0' in text


def count_in_a_process(data_dir: Path) -> None:
    import os

    environment = {**os.environ, "DATA_DIR": str(data_dir), "METRICS_TOKEN": "t", "DATABASE_POOL_SIZE": "0"}
    environment["DATABASE_URL"] = "postgres://nobody@localhost:1/none"
    start = f"import django; django.setup()\n{COUNT}"
    subprocess.run([sys.executable, "-c", start], env=environment, cwd=BASE_DIR, check=True, timeout=120)
