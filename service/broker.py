"""How both sides talk to the message broker: one table of settings a side, each with its why."""

from __future__ import annotations

from typing import Any

from service import file_transport
from service.config import EMBEDDED_BROKER, Config

TRAIN_TASK = "descentd.train"
QUEUE_NAME = "descentd"

# Half the wait of a message on average: 25 ms, for 20 looks a second into an empty directory.
EMBEDDED_POLL_SECONDS = 0.05

# A silent Redis must not hold up who sends: the database knows the job, recovery sends again.
SENDER_TIMEOUT_SECONDS = 0.5

# A connection can die without a word, and a read from it would never end. Waiting for messages is
# not such a read: it is done by looking whether there is something.
WORKER_TIMEOUT_SECONDS = 5.0


def sender_settings(config: Config) -> dict[str, Any]:
    """Celery settings of a process that only sends wake-ups: it would rather fail than wait."""
    options = {
        "socket_connect_timeout": SENDER_TIMEOUT_SECONDS,
        "socket_timeout": SENDER_TIMEOUT_SECONDS,
        "max_retries": 0,
    }
    return _shared_settings(config, options)


def worker_settings(config: Config) -> dict[str, Any]:
    """Celery settings of a worker: it waits for its broker as long as that takes."""
    options = {
        "health_check_interval": 10,
        "socket_connect_timeout": WORKER_TIMEOUT_SECONDS,
        "socket_timeout": WORKER_TIMEOUT_SECONDS,
    }
    return _shared_settings(config, options) | {
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        # Early: a message is only a wake-up, and the claim in the database is the truth. Late ones
        # come twice when a job outlasts Redis's visibility timeout.
        "task_acks_late": False,
        # A worker takes no more than it can start; what it holds back another could have begun.
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": not _embedded(config),
        # Forked children share the flag that tells them to hand their jobs back.
        "worker_pool_start_method": "fork",
        # Nobody commands workers over the broker, so nobody can.
        "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
    }


def _shared_settings(config: Config, redis_options: dict[str, Any]) -> dict[str, Any]:
    url, options = _address(config, redis_options)
    return {
        "broker_url": url,
        "broker_transport_options": options,
        "task_default_queue": QUEUE_NAME,
        # Results live in the database, written by the job's own fenced transactions.
        "task_ignore_result": True,
        "result_backend": None,
        # Never pickle: whoever reaches the broker could run code with it.
        "accept_content": ["json"],
        "task_serializer": "json",
    }


def _address(config: Config, redis_options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if not _embedded(config):
        return config.broker_url, redis_options
    file_transport.register()
    options = file_transport.transport_options(config.data_dir / "broker")
    return f"{file_transport.SCHEME}://localhost", {
        **options,
        "polling_interval": EMBEDDED_POLL_SECONDS,
    }


def _embedded(config: Config) -> bool:
    return config.broker_url == EMBEDDED_BROKER
