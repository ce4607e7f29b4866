"""Metrics: a process's figures for Prometheus on a port of its own, off unless a port is set (I/O)."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, start_http_server
from pydantic import Field

from carecircle.errors import Misconfigured
from carecircle.settings import ProcessSettings


class MetricsSettings(ProcessSettings):
    """A process that can be scraped; the port shows figures and no persons, and the network decides who reaches it."""

    metrics_port: int | None = Field(None, ge=1, le=65535, description="port for Prometheus to scrape; none: off")
    metrics_host: str = Field("127.0.0.1", description="address on which that port is opened")


def new_registry() -> CollectorRegistry:
    """A registry with what is worth knowing of every process: memory, CPU, open files, Python's own collector."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


@contextmanager
def serving(settings: MetricsSettings, registry: CollectorRegistry) -> Iterator[None]:
    """Serve the registry meanwhile; raises `Misconfigured` where somebody else has the port."""
    if settings.metrics_port is None:
        yield
        return
    try:
        server, thread = start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as error:
        address = f"{settings.metrics_host}:{settings.metrics_port}"
        raise Misconfigured(f"CARECIRCLE_METRICS_PORT: {address} cannot be opened ({error.strerror})") from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
