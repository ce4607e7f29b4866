"""App: puts the console together (I/O while it runs)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from carecircle.clock import Clock, SystemClock
from carecircle_console.context import running_console
from carecircle_console.routes import (
    accounts,
    alarms,
    audit,
    bed_past,
    bed_tests,
    beds,
    consents,
    contacts,
    coverage,
    dashboards,
    drills,
    erasures,
    family,
    health,
    history,
    homes,
    imports,
    incidents,
    maps,
    my_account,
    offers,
    people,
    person_exports,
    plans,
    push,
    quarantine,
    receipts,
    register,
    responders,
    roads,
    rules,
    session,
    shifts,
    stream,
    visits,
)
from carecircle_console.settings import ConsoleSettings
from carecircle_console.static import page_routes
from carecircle_console.web import Edge, handle_errors
from carecircle_console.wire import Failure

_ROUTES = (
    session, shifts, stream, incidents, alarms, rules, offers, family, beds, bed_past, history, homes, responders,
    people, drills, bed_tests, plans, roads, maps, coverage, quarantine, receipts, push, contacts, visits, dashboards,
    health, accounts, my_account, consents, register, audit, imports, erasures,
    person_exports,
)  # fmt: skip


def create_app(settings: ConsoleSettings, clock: Clock | None = None) -> FastAPI:
    """The application; its parts live from start to stop of the server."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running_console(settings, clock or SystemClock()) as console:
            app.state.console = console
            yield

    app = FastAPI(
        title="CareCircle console",
        version="1",
        lifespan=lifespan,
        # The interface is described by docs/api/openapi.json; the interactive pages would load scripts from elsewhere.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        routes=list(_routes()),
    )
    handle_errors(app)
    app.add_middleware(Edge, is_secure=settings.is_secure)
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """All routes; they hold nothing of a console and ask the application that serves them (`context.console_of`).

    FastAPI works out each one's parameters and answers where it is first asked for: half a second of processor time
    for all of them, spent once a process here, and again for every application otherwise.
    """
    routes = APIRouter(responses={"default": {"model": Failure, "description": "what went wrong, in one sentence"}})
    for resource in _ROUTES:
        routes.include_router(resource.router)
    routes.include_router(page_routes())
    return tuple(routes.routes)
