"""Certificates: a private authority and the broker's certificate, made with the openssl program (I/O).

The authority's key never leaves the installation's own folder; homes are given its certificate, to know the broker by.
"""

import ipaddress
import subprocess
from collections.abc import Sequence
from pathlib import Path

from carecircle.deployment.shares import Certificates
from carecircle.errors import Misconfigured

_AUTHORITY_DAYS = 3650
# Renewed at any start within the last quarter of its life; browsers' limit of 398 days is a sound custom elsewhere too.
_BROKER_DAYS = 398
_RENEW_BEFORE_S = 100 * 24 * 3600
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def ensure_certificates(folder: Path, names: Sequence[str]) -> Certificates:
    """The installation's certificates, made where they are missing, near their end, or for other names.

    `names` are the host names and addresses under which homes and services reach the broker. Raises `Misconfigured`
    where a name is none or openssl is not there.
    """
    authority, authority_key = folder / "ca.crt", folder / "ca.key"
    broker, broker_key, listed = folder / "broker.crt", folder / "broker.key", folder / "broker.names"
    alternatives = ",".join(_alternative(name) for name in names)
    if not (authority.is_file() and authority_key.is_file()):
        _make_authority(authority, authority_key)
        broker.unlink(missing_ok=True)
    is_current = broker.is_file() and broker_key.is_file() and listed.is_file() and listed.read_text() == alternatives
    if not is_current or _ends_soon(broker):
        _make_broker(broker, broker_key, authority, authority_key, alternatives)
        listed.write_text(alternatives)
    signs, checks = folder / "grafana_jwt.key", folder / "grafana_jwt.pub"
    if not (signs.is_file() and checks.is_file()):
        _make_pair(signs, checks)
    texts = (file.read_text() for file in (authority, broker, broker_key, signs, checks))
    return Certificates(*texts)


def _make_authority(certificate: Path, key: Path) -> None:
    _openssl(
        *("req", "-x509", *_NEW_KEY, "-keyout", str(key), "-out", str(certificate), "-days", str(_AUTHORITY_DAYS)),
        *("-subj", "/CN=CareCircle private authority", "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
    )


def _make_broker(certificate: Path, key: Path, authority: Path, authority_key: Path, alternatives: str) -> None:
    _openssl(
        *("req", "-x509", *_NEW_KEY, "-keyout", str(key), "-out", str(certificate), "-days", str(_BROKER_DAYS)),
        *("-CA", str(authority), "-CAkey", str(authority_key), "-subj", "/CN=CareCircle broker"),
        *("-addext", f"subjectAltName={alternatives}", "-addext", "basicConstraints=critical,CA:FALSE"),
        *("-addext", "keyUsage=critical,digitalSignature", "-addext", "extendedKeyUsage=serverAuth"),
    )


def _make_pair(private: Path, public: Path) -> None:
    """ES256: small, and what Grafana reads as a plain PEM file."""
    _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(private))
    _openssl("pkey", "-in", str(private), "-pubout", "-out", str(public))


def _ends_soon(certificate: Path) -> bool:
    command = ["openssl", "x509", "-checkend", str(_RENEW_BEFORE_S), "-noout", "-in", str(certificate)]
    return subprocess.run(command, capture_output=True, check=False).returncode != 0


def _alternative(name: str) -> str:
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        labels = name.split(".")
        if all(label and label.replace("-", "").isalnum() and label.isascii() for label in labels):
            return f"DNS:{name}"
        raise Misconfigured(f"CARECIRCLE_BROKER_NAMES: {name!r} is neither a host name nor an address") from None


def _openssl(*arguments: str) -> None:
    try:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise Misconfigured("the program openssl is not installed; the server image has it") from None
    except subprocess.CalledProcessError as error:
        raise Misconfigured(f"openssl refused: {error.stderr.strip().splitlines()[-1]}") from error
