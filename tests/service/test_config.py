import pytest

from service.config import SETTINGS, Config
from service.errors import ConfigError


def faults_of(**environ: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        Config.from_environment(environ)
    return caught.value.faults


def test_an_empty_environment_makes_the_embedded_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = Config.from_environment({})
    assert config.data_dir == tmp_path / ".descentd"
    assert config.database_url == f"sqlite:///{tmp_path}/.descentd/descentd.db"
    assert (config.broker_url, config.auth, config.host) == ("embedded", "off", "127.0.0.1")
    assert config.max_body_bytes == 16_777_216


def test_what_is_meant_for_clients_is_no_setting_and_no_fault():
    given = {"DESCENTD_URL": "http://127.0.0.1:1", "DESCENTD_API_KEY": "dsk_1"}
    assert Config.from_environment(given) == Config.from_environment({})


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgres_is_spoken_to_through_psycopg_3(scheme):
    config = Config.from_environment({"DESCENTD_DATABASE_URL": f"{scheme}://me:secret@db/jobs"})
    assert config.database_url == "postgresql+psycopg://me:secret@db/jobs"


def test_every_bad_setting_is_named_at_once():
    faults = faults_of(
        DESCENTD_PORT="65536",
        DESCENTD_MAX_WAITS="1_0",
        DESCENTD_LEASE_SECONDS="nan",
        DESCENTD_AUTH="maybe",
        DESCENTD_DATABASE_URL="mysql://db",
        DESCENTD_BROKER_URL="amqp://broker",
        DESCENTD_ALLOWED_HOSTS=" , ",
        DESCENTD_TYPO="1",
        PATH="/bin",
    )
    assert sorted(fault.split(":")[0] for fault in faults) == [
        "DESCENTD_ALLOWED_HOSTS",
        "DESCENTD_AUTH",
        "DESCENTD_BROKER_URL",
        "DESCENTD_DATABASE_URL",
        "DESCENTD_LEASE_SECONDS",
        "DESCENTD_MAX_WAITS",
        "DESCENTD_PORT",
        "DESCENTD_TYPO",
    ]
    assert "DESCENTD_PORT: must be an integer from 0 to 65535, not '65536'" in faults


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "api.example.org"])
def test_keys_can_be_off_on_a_loopback_address_only(host):
    (fault,) = faults_of(DESCENTD_HOST=host)
    assert fault.startswith("DESCENTD_AUTH: off is allowed on a loopback address only")
    keys = Config.from_environment({"DESCENTD_HOST": host, "DESCENTD_AUTH": "keys"})
    assert keys.host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_addresses_need_no_keys(host):
    assert Config.from_environment({"DESCENTD_HOST": host}).host == host


@pytest.mark.parametrize("url", ["mysql://me:secret@db/jobs", "postgresql://me:secret@db:x/jobs"])
def test_a_bad_address_is_named_without_its_password(url):
    assert faults_of(DESCENTD_DATABASE_URL=url) == (
        "DESCENTD_DATABASE_URL: must be an sqlite:///… or postgresql://… address",
    )


def test_an_open_address_without_keys_is_named_beside_other_faults():
    faults = faults_of(DESCENTD_HOST="0.0.0.0", DESCENTD_PORT="x")
    assert [fault.split(":")[0] for fault in faults] == ["DESCENTD_PORT", "DESCENTD_AUTH"]


def test_the_default_text_of_every_setting_is_itself_accepted():
    defaults = {setting.name: setting.default for setting in SETTINGS}
    assert Config.from_environment(defaults) == Config.from_environment({})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("URL_PREFIX", "/"),
        ("URL_PREFIX", "ml"),
        ("URL_PREFIX", "/ml/"),
        ("URL_PREFIX", "/../ml"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://ml.example/"),
        ("CORS_ORIGINS", "https://*.example"),
        ("CORS_ORIGINS", "null"),
        ("TRUSTED_PROXIES", "10.0.0.1"),
        ("KEY_CACHE_SECONDS", "61"),
        ("SESSION_HOURS", "0"),
        ("MAX_REQUESTS_PER_MINUTE", "-1"),
    ],
)
def test_what_would_let_in_too_much_is_refused(name, text):
    (fault,) = faults_of(**{f"DESCENTD_{name}": text})
    assert fault.startswith(f"DESCENTD_{name}: must be ")


def test_edges_are_read():
    config = Config.from_environment(
        {
            "DESCENTD_URL_PREFIX": "/ml/descentd",
            "DESCENTD_CORS_ORIGINS": "https://ml.example, http://localhost:3000",
        }
    )
    assert config.url_prefix == "/ml/descentd"
    assert config.cors_origins == ("https://ml.example", "http://localhost:3000")
