"""The last step before a server's own program: ties its life to ours and gives up root, then becomes the program (I/O).

Run by path as a script of its own, single-threaded, so that nothing of the parent process is shared:
`python -I -S launch.py PARENT_PID SIGNAL OWNED_FOLDER -- PROGRAM ARGUMENT...`. An empty OWNED_FOLDER keeps the user as
it is. With one, and started as root, the program runs as an unprivileged user who owns that folder: PostgreSQL refuses
root, and Mosquitto would switch to a user who cannot read its files.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_CAP_DAC_OVERRIDE = 1
_CAP_SETPCAP = 8
_NOBODY = 65534


def main(arguments: list[str]) -> None:
    """Become the program; ends with 3 where the parent is already gone."""
    parent, signal_number, owned = int(arguments[0]), int(arguments[1]), arguments[2]
    program = arguments[4:]
    _end_with(parent, signal_number)
    if owned and os.geteuid() == 0:
        if _may_map_users():
            _give(Path(owned), 0)
            _map_root_to_nobody()
        else:
            _give(Path(owned), _NOBODY)
            program = [*_step_down(signal_number), *program]
        _end_with(parent, signal_number)  # a change of credentials may have cleared it
    os.execvp(program[0], program)  # noqa: S606 - becoming the program is the purpose


def _end_with(parent: int, signal_number: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(3)


def _may_map_users() -> bool:
    child = os.fork()
    if child == 0:
        try:
            _map_root_to_nobody()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _map_root_to_nobody() -> None:
    """Enter a user namespace in which our own files belong to `nobody`, who is then this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_NOBODY} 0 1")
    Path("/proc/self/gid_map").write_text(f"{_NOBODY} 0 1")


def _give(folder: Path, user: int) -> None:
    """Make `folder` and all below it belong to `user`; free where it does already."""
    if not folder.exists() or folder.stat().st_uid == user:
        return
    for path in [*folder.rglob("*"), folder]:
        os.chown(path, user, user, follow_symlinks=False)


def _step_down(signal_number: int) -> list[str]:
    """Where namespaces are forbidden (most containers): become `nobody`, who may still pass through root's folders."""
    capabilities = []
    allowed = _bounding_set()
    if allowed >> _CAP_DAC_OVERRIDE & 1 and allowed >> _CAP_SETPCAP & 1:
        # Without the secure bit access(2) would answer as if the capability were not there, and initdb asks it.
        capabilities = [
            "--securebits=+no_setuid_fixup",
            "--inh-caps=-all,+dac_override",
            "--ambient-caps=-all,+dac_override",
        ]
    return [
        "setpriv",
        f"--reuid={_NOBODY}",
        f"--regid={_NOBODY}",
        "--clear-groups",
        *capabilities,
        f"--pdeathsig={signal.Signals(signal_number).name}",
        "--",
    ]


def _bounding_set() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapBnd:"):
            return int(line.split()[1], 16)
    return 0


if __name__ == "__main__":
    main(sys.argv[1:])
