"""What the engine writes in the live path, it writes in transactions that find their rows by key."""

from datetime import timedelta

from carecircle_alerts.notify.channel import Failed, Unknown
from tests.acceptance.telling import Answering, Telling, press, send, two_ways

_RECORDER = """
create table way (relation text, step text, seqscan text, plans text);
create function record_way() returns trigger language plpgsql security definer as $$
begin
    if session_user = 'carecircle_alerts' then
        insert into way values (
            tg_table_name, tg_op, current_setting('enable_seqscan'), current_setting('plan_cache_mode')
        );
    end if;
    return null;
end $$;
create trigger record_way after insert or update on incident for each statement execute function record_way();
create trigger record_way after insert or update on offer for each statement execute function record_way();
create trigger record_way after insert or update on message for each statement execute function record_way();
create trigger record_way after insert or update on due for each statement execute function record_way();
"""


async def test_calls_decisions_and_messages_go_by_key(telling: Telling) -> None:
    story = telling.story
    two_ways(story)
    story.scene.run(_RECORDER)
    await press(story)
    fails, silent = Answering(result=Failed("no such number", again=False)), Answering(result=Unknown("silence"))
    again = Answering(result=Failed("busy", again=True))
    for first, second in ((again, silent), (fails, silent), (fails, Answering())):
        await send(telling.outbox(webhook=first, email=second))
        story.clock.forward(seconds=timedelta(minutes=2).total_seconds())
        await story.decide()
    ways = story.scene.rows("select distinct relation, step, seqscan, plans from way")
    assert {(relation, step) for relation, step, _seqscan, _plans in ways} >= {
        ("incident", "INSERT"), ("offer", "INSERT"), ("message", "INSERT"), ("message", "UPDATE"), ("due", "INSERT")
    }  # fmt: skip
    assert {(seqscan, plans) for _relation, _step, seqscan, plans in ways} == {("off", "force_generic_plan")}
