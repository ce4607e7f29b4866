"""Judging: results of drills into the verdict on a person and the order of their contacts (I/O)."""

from datetime import datetime

from carecircle_alerts.drills.reach import Outcome, Reachability, Result, bad_in_a_row, reachability
from carecircle_alerts.store import Connection, fetch, run


async def judge_reach(connection: Connection, responder_id: str, now: datetime) -> Reachability:
    """Settle what has run out of time, and write the verdict; the transaction holds this person until it ends."""
    await fetch(connection, "hold_reachability", responder_id=responder_id)
    await run(connection, "settle_drills", responder_id=responder_id, now=now)
    results: dict[int, list[Result]] = {}
    for row in await fetch(connection, "drill_results", responder_id=responder_id):
        of_contact = results.setdefault(row["contact_id"], [])
        if row["state"] is not None:
            of_contact.append(Result(Outcome(row["state"]), row["settled_at"]))
    (accepted,) = await fetch(connection, "last_accepted", responder_id=responder_id)
    verdict = reachability(results, now, accepted["at"])
    for contact_id, of_contact in sorted(results.items()):
        failed = bad_in_a_row(of_contact, now)
        await run(connection, "write_failed_drills", contact_id=contact_id, failed=failed)
    await run(
        connection, "write_reachability", responder_id=responder_id, state=verdict.state.value,
        evidence=verdict.evidence.value, at=verdict.at, valid_until=verdict.valid_until, now=now,
    )  # fmt: skip
    return verdict


async def take_receipt(
    connection: Connection, channel: str, ref: object, now: datetime, *, came: bool, reason: str
) -> bool:
    """A channel's later word; False where no drill goes by that name. `ref` is our id or the channel's own name."""
    is_ours = not isinstance(ref, str)
    rows = await fetch(
        connection, "take_drill_receipt", channel=channel, id=ref if is_ours else None, ref=None if is_ours else ref,
        came=came, reason=reason, now=now,
    )  # fmt: skip
    for responder_id in sorted({row["responder_id"] for row in rows if row["responder_id"] is not None}):
        await judge_reach(connection, responder_id, now)
    if rows:
        return True
    return bool(
        await fetch(
            connection, "take_bed_test_receipt", channel=channel, id=ref if is_ours else None,
            ref=None if is_ours else ref, came=came, now=now,
        )
    )  # fmt: skip
