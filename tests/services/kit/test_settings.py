"""Every knob of a deployment."""

from pathlib import Path

import pytest

from services.kit.settings import KNOBS, Settings, SettingsRefused, variable

PRODUCTION = {
    "PIIRI_DATABASE_URL": "postgresql://piiri@db/piiri",
    "PIIRI_NATS_URL": "nats://n1:4222, nats://n2:4222",
    "PIIRI_SECRET_KEY": "k" * 32,
}


def test_a_deployment_needs_a_database_a_stream_and_a_key():
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_env({})
    lines = str(refused.value).splitlines()
    assert [line.split()[0] for line in lines] == list(PRODUCTION)
    assert all("accepted:" in line for line in lines)


def test_the_driver_of_postgresql_is_named():
    settings = Settings.from_env(PRODUCTION)
    assert settings.database_url == "postgresql+psycopg://piiri@db/piiri"
    assert settings.nats_url == "nats://n1:4222,nats://n2:4222"
    assert not settings.demo


def test_the_demo_needs_nothing():
    settings = Settings.for_demo({})
    assert settings.demo
    assert settings.database_url == "sqlite:///var/demo/piiri.db"
    assert settings.nats_url == ""
    assert settings.letters_dir == Path("var/demo/letters")
    assert len(settings.secret_key) >= 32


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PIIRI_PORT", "65536"),
        ("PIIRI_PORT", "eighty"),
        ("PIIRI_DATABASE_URL", "mysql://x/y"),
        ("PIIRI_DATABASE_URL", "sqlite://"),
        ("PIIRI_DATABASE_URL", "sqlite:///:memory:"),
        ("PIIRI_NATS_URL", "http://localhost:4222"),
        ("PIIRI_NATS_URL", "nats://localhost:99999"),
        ("PIIRI_BASE_URL", "piiri.fi"),
        ("PIIRI_SECRET_KEY", "short"),
        ("PIIRI_SMTP_URL", "mail.example.org"),
        ("PIIRI_MAIL_FROM", "nobody"),
        ("PIIRI_DIGEST_AT", "half past seven"),
        ("PIIRI_RETENTION_DAYS", "0"),
        ("PIIRI_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_accepted(name, value):
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_env(PRODUCTION | {name: value})
    (line,) = str(refused.value).splitlines()
    accepted = next(form for field, (_, form) in KNOBS.items() if variable(field) == name)
    assert line.startswith(name)
    assert accepted in line


def test_a_password_is_never_repeated():
    wrong = {"PIIRI_DATABASE_URL": "mysql://u:hunter2@db/x", "PIIRI_SECRET_KEY": "hunter2"}
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_env(PRODUCTION | wrong)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "more",
    [
        {"PIIRI_HOST": "10.0.0.7"},
        {"PIIRI_HOST": "piiri.example.org"},
        {"PIIRI_BASE_URL": "https://piiri.example.org"},
        {"PIIRI_HOST": "127.0.0.1", "PIIRI_BASE_URL": "http://10.0.0.7:8000"},
    ],
)
def test_the_demo_stays_on_this_computer(more):
    with pytest.raises(SettingsRefused, match="anyone choose a role"):
        Settings.for_demo(PRODUCTION | more)


def test_the_command_line_wins_over_the_variables():
    env = {"PIIRI_PORT": "9000", "PIIRI_NATS_URL": "nats://127.0.0.1:4222"}
    settings = Settings.for_demo(env, port=0, data_dir=Path("here"), database_url=None)
    assert (settings.port, settings.nats_url) == (0, "nats://127.0.0.1:4222")
    assert settings.database_url == "sqlite:///here/piiri.db"


@pytest.mark.parametrize("value", ["1", "true", "yes", "on", "0"])
def test_no_variable_makes_a_deployment_a_demo(value):
    with pytest.raises(SettingsRefused, match="PIIRI_DEMO is set"):
        Settings.from_env(PRODUCTION | {"PIIRI_DEMO": value})


def test_nobody_makes_a_demo_that_others_reach():
    with pytest.raises(SettingsRefused, match="PIIRI_HOST"):
        Settings(
            demo=True,
            host="0.0.0.0",  # noqa: S104  # that it is refused is the point
            database_url="sqlite:///x.db",
            base_url="http://127.0.0.1:8000",
            secret_key="k" * 32,
        )


def test_settings_do_not_change():
    with pytest.raises(ValueError, match="frozen"):
        Settings.from_env(PRODUCTION).port = 1


def test_every_field_has_a_variable():
    assert set(KNOBS) == set(Settings.model_fields) - {"demo"}


def test_a_certificate_comes_with_its_key_and_whom_to_trust():
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_env(PRODUCTION | {"PIIRI_NATS_CERT_FILE": "/etc/web.pem"})
    assert refused.value.facts == (
        "PIIRI_NATS_CERT_FILE and PIIRI_NATS_KEY_FILE go together",
        "PIIRI_NATS_CERT_FILE needs PIIRI_NATS_CA_FILE beside it",
    )
