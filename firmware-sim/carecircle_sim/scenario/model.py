"""A scenario's file: which homes, which faults, and what happens when; read from TOML with helpful errors (I/O)."""

import tomllib
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from carecircle.errors import Misconfigured
from carecircle_sim.device.firmware import Defect

_Share = Annotated[float, Field(ge=0, le=1)]
_Rate = Annotated[float, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Group(_Strict):
    """Homes of one kind. The first are those of the demo town; `altitude_m` stands for theirs where it is given."""

    homes: Annotated[int, Field(ge=1, le=200_000)]
    circle: Literal["urban", "rural"]
    altitude_m: Annotated[int, Field(ge=0, le=5500)] | None = None


class Life(_Strict):
    """How often people do what has to be noticed.

    A third of the people above 65 fall in a year (WHO Global Report on Falls Prevention 2007: 28 to 35 %). How many of
    the falls a radar sees, and how often anybody presses, are guesses to be replaced by a centre's own figures.
    """

    presses_a_month: _Rate = 0.5
    falls_a_year: _Rate = 0.4
    radar_sees_falls: _Share = 0.85
    false_falls_a_month: _Rate = 0.2
    long_exits_a_month: Annotated[float, Field(ge=0, description="nights up for longer than a visit to the toilet")] = (
        0.0
    )
    wanders_a_month: Annotated[float, Field(ge=0, description="nights on which the door is used")] = 0.0
    apnoea: Annotated[float, Field(ge=0, le=1, description="share of residents whose breath pauses asleep")] = 0.0
    tests_button: Annotated[bool, Field(description="the button is tried every week")] = False
    forgets_test: Annotated[float, Field(ge=0, le=1, description="share of residents who stop trying it")] = 0.0


class Faults(_Strict):
    """What goes wrong by itself. Rates are of one home; shares are of messages."""

    radio_loss: _Share = 0.01
    duplicates: _Share = 0.003
    reordered: _Share = 0.01
    router_outages_a_week: _Rate = 0.3
    outage_hours: Annotated[float, Field(gt=0)] = 2.0
    clock_jumps_a_month: _Rate = 0.05
    restarts_a_month: _Rate = 1.0
    ghost_presses_a_month: _Rate = 0.1
    stuck_buttons_a_year: _Rate = 0.1
    devices_die_a_year: _Rate = 0.0
    battery_days: Annotated[float, Field(gt=0, description="life of a button's battery")] = 500.0
    buffer_hours: Annotated[float, Field(gt=0, description="what a home keeps while its router is out")] = 168.0


class _Happening(_Strict):
    """`after_h`: hours after the scenario's start. It meets a `share` of the homes, or `homes` of them."""

    after_h: Annotated[float, Field(ge=0)]
    share: _Share | None = None
    homes: Annotated[int, Field(ge=1)] | None = None


class PowerCut(_Happening):
    """Mains fail; what has a battery goes on alone."""

    kind: Literal["power_cut"]
    lasts_min: Annotated[float, Field(gt=0)]


class Earthquake(_Happening):
    """Many press within seconds; each home that it meets once."""

    kind: Literal["earthquake"]
    within_s: Annotated[float, Field(gt=0)] = 60.0


class CarbonMonoxide(_Happening):
    """A stove draws badly: the concentration rises to `peak_ppm` and stays until somebody airs the room."""

    kind: Literal["carbon_monoxide"]
    peak_ppm: Annotated[float, Field(gt=0)]
    rises_min: Annotated[float, Field(gt=0)] = 40.0
    airing: _Share = 0.7


class Pneumonia(_Happening):
    """An illness that takes `half_days` to half of its worst."""

    kind: Literal["pneumonia"]
    half_days: Annotated[float, Field(gt=0)] = 3.0


class FirmwareUpdate(_Happening):
    """A batch of mats gets `version` over the air, spread over `rollout_min`; it may bring a `defect`."""

    kind: Literal["firmware"]
    version: Annotated[str, Field(max_length=64)]
    defect: Defect | None = None
    rollout_min: Annotated[float, Field(ge=0)] = 60.0


Happening = Annotated[PowerCut | Earthquake | CarbonMonoxide | Pneumonia | FirmwareUpdate, Field(discriminator="kind")]


class Scenario(_Strict):
    """One scenario. `mat_every_s` is how often a bed mat reports."""

    title: str
    start: AwareDatetime
    hours: Annotated[float, Field(gt=0, le=24 * 366)]
    mat_every_s: Annotated[float, Field(ge=1)] = 60.0
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    life: Life = Life()
    faults: Faults = Faults()
    happenings: tuple[Happening, ...] = ()

    @property
    def start_ms(self) -> int:
        """Unix time."""
        return round(self.start.timestamp() * 1000)

    @property
    def end_ms(self) -> int:
        """Unix time."""
        return round((self.start + timedelta(hours=self.hours)).timestamp() * 1000)


def known_scenarios() -> dict[str, Scenario]:
    """Those that come with the simulator, by name."""
    folder = files("carecircle_sim") / "scenarios"
    texts = {entry.name.removesuffix(".toml"): entry.read_text("utf-8") for entry in folder.iterdir()}
    return {name: parse_scenario(text, name) for name, text in sorted(texts.items())}


def load_scenario(name: str) -> Scenario:
    """By the name of one that comes with the simulator, or by the path of a file; raises `Misconfigured`."""
    path = Path(name)
    if path.suffix == ".toml":
        try:
            return parse_scenario(path.read_text("utf-8"), name)
        except OSError as error:
            raise Misconfigured(f"{name} cannot be read: {error.strerror}") from error
    known = known_scenarios()
    if name not in known:
        raise Misconfigured(f"no scenario {name!r}; known are {', '.join(known)}, or give a .toml file")
    return known[name]


def parse_scenario(text: str, name: str) -> Scenario:
    """Read a scenario; raises `Misconfigured` with the place and the reason of every mistake."""
    try:
        return Scenario.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{name}: {error}") from error
    except ValidationError as error:
        mistakes = [f"  {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False)]
        raise Misconfigured("\n".join([f"{name}:", *mistakes])) from error
