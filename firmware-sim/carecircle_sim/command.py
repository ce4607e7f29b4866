"""`carecircle sim`: homes and the outside world, simulated, beside the real thing (I/O)."""

import click

from carecircle_sim.homes_command import homes_command, press_command
from carecircle_sim.load.command import load_command
from carecircle_sim.scenario.command import run_command, scenarios_command
from carecircle_sim.streets_command import streets_command
from carecircle_sim.world_command import world_command


@click.group()
def sim() -> None:
    """Simulate homes and the outside world."""


sim.add_command(homes_command)
sim.add_command(press_command)
sim.add_command(world_command)
sim.add_command(streets_command)
sim.add_command(run_command)
sim.add_command(scenarios_command)
sim.add_command(load_command)
