"""The settings of who is let in: by which key, from where, and how often."""

from __future__ import annotations

from service.parsing import hosts, hours, integer, one_of, origins, prefix, seconds
from service.setting import Setting

ENTRY: tuple[Setting, ...] = (
    Setting(
        "auth",
        "off",
        one_of("off", "keys"),
        "`keys` asks every request for an API key; `off` is allowed on a loopback address only",
    ),
    Setting(
        "allowed_hosts",
        "localhost,127.0.0.1,[::1]",
        hosts,
        "With keys off, the `Host` names that are answered, with commas between",
    ),
    Setting(
        "key_cache_seconds",
        "2",
        seconds(0, 60),
        "How long a key that was good is taken without asking the database again, in seconds; "
        "so long a revoked one may live on",
    ),
    Setting(
        "session_hours",
        "12",
        hours(0.01, 8760),
        "How long a browser stays signed in, in hours; no longer than its key",
    ),
    Setting(
        "url_prefix",
        "",
        prefix,
        "The path below which a proxy shows the service, such as `/descentd`",
    ),
    Setting(
        "trusted_proxies",
        "0",
        integer(0, 16),
        "How many proxies in a row stand before the service, whose `X-Forwarded-` headers are "
        "believed",
    ),
    Setting(
        "cors_origins",
        "",
        origins,
        "The sites whose pages may use the service with a key, such as `https://ml.example`, "
        "with commas between",
    ),
    Setting(
        "max_requests_per_minute",
        "0",
        integer(0, 10**9),
        "How many requests one key may send in a minute; 0 sets no limit",
    ),
)
