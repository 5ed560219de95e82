"""Settings of the queues and of what is looked after from time to time (dam/celery.py)."""

from celery.schedules import crontab
from kombu import Queue

from dam.core.tasks import QUEUES

# Celery: one queue for each kind of machine a task wants (dam/celery.py).
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = [Queue(name) for name in QUEUES]
# A person waits for the meaning of a search, so it goes before what waits in the queue (0 is first).
CELERY_TASK_ROUTES = {
    "index.embed_text": {"queue": "index", "priority": 0},
    "index.embed_picture": {"queue": "index", "priority": 0},
    "index.embed_saved_picture": {"queue": "index", "priority": 0},
    "index.embed_region": {"queue": "index", "priority": 0},
    "index.embed_prompt": {"queue": "index", "priority": 0},
    "index.warm_up": {"queue": "index", "priority": 0},
    **{f"{queue}.*": {"queue": queue, "priority": 6} for queue in QUEUES},
}
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A task that runs longer than this is delivered again, so it must exceed the longest job.
# A broker that hangs is as good as one that is gone: nobody's page waits for it for long.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 6 * 3600,
    "socket_timeout": 5.0,
    "socket_connect_timeout": 5.0,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.1}
CELERY_TIMEZONE = "UTC"
# What is looked after from time to time. The schedule is kept in memory: each of these may run too often.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "recover-releases": {"task": "default.recover_releases", "schedule": 60.0, "options": {"expires": 60}},
    "stamp-releases": {"task": "sign.stamp_releases", "schedule": 600.0, "options": {"expires": 600}},
    "renew-releases": {
        "task": "sign.renew_releases",
        "schedule": crontab(hour="*/6", minute=40),
        "options": {"expires": 6 * 3600},
    },
    "sign-captions": {"task": "sign.captions", "schedule": 60.0, "options": {"expires": 60}},
    "sign-all-captions": {"task": "sign.all_captions", "schedule": 3600.0, "options": {"expires": 3600}},
    "stamp-ledgers": {"task": "sign.stamp_ledgers", "schedule": 3600.0, "options": {"expires": 3600}},
    "recover-downloads": {"task": "default.recover_downloads", "schedule": 60.0, "options": {"expires": 60}},
    "recover-attachments": {
        "task": "default.recover_attachments",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "recover-comment-pdfs": {
        "task": "default.recover_comment_pdfs",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "recover-evidence-packs": {
        "task": "default.recover_evidence_packs",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "spread-recalls": {"task": "default.spread_recalls", "schedule": 60.0, "options": {"expires": 60}},
    "recall-stopped": {
        "task": "default.recall_stopped",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "recall-ended": {"task": "default.recall_ended", "schedule": 60.0, "options": {"expires": 60}},
    "tend-guest-links": {"task": "default.tend_guest_links", "schedule": 60.0, "options": {"expires": 60}},
    "recover-jobs": {"task": "default.recover_jobs", "schedule": 10.0, "options": {"expires": 10}},
    "fetch-models": {"task": "default.fetch_models", "schedule": 60.0, "options": {"expires": 60}},
    "bring-on-demo": {"task": "default.bring_on_demo", "schedule": 30.0, "options": {"expires": 30}},
    "tidy-evidence": {"task": "default.tidy_evidence", "schedule": 3600.0, "options": {"expires": 3600}},
    "look-at-releases": {
        "task": "index.look_at_releases",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "tidy-review-sets": {
        "task": "default.tidy_review_sets",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "forget-jobs": {"task": "default.forget_jobs", "schedule": 3600.0, "options": {"expires": 3600}},
    "recover-steps": {"task": "default.recover_steps", "schedule": 30.0, "options": {"expires": 30}},
    "fill-renditions": {
        "task": "default.fill_renditions",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "look-at-uploads": {"task": "check.look_at_uploads", "schedule": 30.0, "options": {"expires": 30}},
    "sweep": {"task": "default.sweep", "schedule": 900.0, "options": {"expires": 900}},
    "remove-brands": {"task": "default.remove_brands", "schedule": 3600.0, "options": {"expires": 3600}},
    "anchor-trails": {"task": "default.anchor_trails", "schedule": 900.0, "options": {"expires": 900}},
    "match-alerts": {"task": "default.match_alerts", "schedule": 15.0, "options": {"expires": 15}},
    "follow-trails": {"task": "default.follow_trails", "schedule": 30.0, "options": {"expires": 30}},
    "mail-notifications": {
        "task": "default.mail_notifications",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "deliver-webhooks": {"task": "default.deliver_webhooks", "schedule": 60.0, "options": {"expires": 60}},
    "remind-of-rights": {
        "task": "default.remind_of_rights",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "spread-model-licences": {
        "task": "default.spread_model_licences",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "judge-model-licences": {
        "task": "default.judge_model_licences",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "tell-of-consents": {"task": "default.tell_of_consents", "schedule": 300.0, "options": {"expires": 300}},
    "remind-of-reviews": {
        "task": "default.remind_of_reviews",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "erase-comments": {"task": "default.erase_comments", "schedule": 600.0, "options": {"expires": 600}},
    "forget-notifications": {
        "task": "default.forget_notifications",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "forget-searches": {"task": "default.forget_searches", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget-collections": {
        "task": "default.forget_collections",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "recover-bulk-edits": {
        "task": "default.recover_bulk_edits",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "forget-bulk-edits": {
        "task": "default.forget_bulk_edits",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "add-steps": {"task": "default.add_steps", "schedule": 60.0, "options": {"expires": 60}},
    "tidy-lexicon": {"task": "default.tidy_lexicon", "schedule": 600.0, "options": {"expires": 600}},
    "build-documents": {"task": "default.build_documents", "schedule": 20.0, "options": {"expires": 20}},
    "catch-up-rows": {"task": "default.catch_up_rows", "schedule": 60.0, "options": {"expires": 60}},
    "fold-stored": {"task": "default.fold_stored", "schedule": 60.0, "options": {"expires": 60}},
    "sample-sizes": {"task": "default.sample_sizes", "schedule": 3600.0, "options": {"expires": 3600}},
    "send-mails": {"task": "default.send_mails", "schedule": 60.0, "options": {"expires": 60}},
    "catch-up": {"task": "default.catch_up", "schedule": 120.0, "options": {"expires": 120}},
}
