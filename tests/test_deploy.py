"""The files in ``deploy/``: each is held against its schema, and what they start exists."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from harness import REPOSITORY, Kg
from httpx import Client
from proxies import DEPLOY, require_nginx, write_configuration

_BIN = Path(sys.executable).parent
_COMPOSE = [_BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
_KUBERNETES = [_BIN / "kubernetes-validate", "--strict"]
_LINTED = {
    "Containerfile": ([_BIN / "hadolint"], "WORKDIR /src", "WORKDIR src"),
    "compose.yaml": (_COMPOSE, "read_only:", "readonly:"),
    "kubernetes/agon.yaml": (_KUBERNETES, "failureThreshold:", "failures:"),
    "kubernetes/proxy.yaml": (_KUBERNETES, "containerPort: 8080", "containerPort: http"),
}
"""Each file, the linter that knows its schema, and a fault that the linter must find."""


def _lint(command: list[Any], path: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*command, path], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", _LINTED)
def test_linter_accepts_the_file_and_would_find_a_fault(name: str, tmp_path: Path) -> None:
    command, right, wrong = _LINTED[name]
    result = _lint(command, DEPLOY / name)
    assert result.returncode == 0, result.stdout + result.stderr
    text = (DEPLOY / name).read_text()
    assert right in text
    faulty = tmp_path / Path(name).name
    faulty.write_text(text.replace(right, wrong))
    assert _lint(command, faulty).returncode != 0


def test_every_manifest_is_linted() -> None:
    files = [path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix in {"", ".yaml"}]
    assert {path.relative_to(DEPLOY).as_posix() for path in files} == set(_LINTED)


@pytest.mark.parametrize("name", ["replicas.conf", "kubernetes/replicas.conf"])
def test_nginx_accepts_its_configuration(name: str, tmp_path: Path) -> None:
    path = write_configuration(tmp_path, 8080, ["127.0.0.1:1", "127.0.0.1:2"], name)
    command = [require_nginx(), "-t", "-q", "-p", tmp_path, "-e", "stderr", "-c", path]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def _containers() -> list[dict[str, Any]]:
    manifests = [
        one for path in sorted(DEPLOY.glob("kubernetes/*.yaml")) for one in yaml.safe_load_all(path.read_text())
    ]
    return [
        container
        for manifest in manifests
        if manifest["kind"] == "Deployment"
        for container in manifest["spec"]["template"]["spec"]["containers"]
    ]


def _services() -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    return services


def test_commands_are_those_of_kg(kg: Kg) -> None:
    last = (DEPLOY / "Containerfile").read_text().splitlines()[-1].removeprefix("CMD ")
    commands = [json.loads(last), _services()["agon-1"]["command"], _containers()[0]["args"]]
    for command in commands:
        result = kg(*(REPOSITORY if word == "/graph" else word for word in command), "--help")
        assert (result.returncode, result.stderr) == (0, "")
        assert command[command.index("serve") :][:3] == ["serve", "--host", "0.0.0.0"]


def test_probes_ask_what_the_server_answers(client: Client) -> None:
    probes = [probe for one in _containers() for name, probe in one.items() if name.endswith("Probe")]
    paths = {probe["httpGet"]["path"] for probe in probes if "httpGet" in probe}
    assert paths == {"/healthz", "/readyz"}
    assert [client.get(path).status_code for path in paths] == [200, 200]


def test_everything_runs_without_rights_on_a_read_only_file_system() -> None:
    for container in _containers():
        rights = container["securityContext"]
        assert (rights["readOnlyRootFilesystem"], rights["allowPrivilegeEscalation"]) == (True, False)
    assert {service["read_only"] for service in _services().values()} == {True}


def test_files_that_are_mounted_exist() -> None:
    mounted = [volume.partition(":")[0] for volume in _services()["proxy"]["volumes"]]
    assert [(DEPLOY / name).is_file() for name in mounted] == [True, True]
