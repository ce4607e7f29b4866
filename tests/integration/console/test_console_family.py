"""Relatives: what has happened, whom they may call, who is told, how they are reached; nothing of anybody else."""

from tests.console_world import World


def closed(world: World, bed: str = "bed-1") -> None:
    incident = world.incident(bed)
    world.offer(incident, "r-1")
    world.scene.run(
        "update incident set state = 'CLOSED', arrived_at = now(), closed_at = now(), closed_by = '调度员张三', "
        "outcome_code = 'helped_on_site' where id = %s",
        incident,
    )
    world.scene.run(
        "insert into assignment (id, incident_id, responder_id, state, eta_at, accepted_at, arrived_at, released_at) "
        "values (gen_random_uuid(), %s, 'r-1', 'RELEASED', now(), now(), now(), now())",
        incident,
    )


def test_history_says_what_happened_who_came_and_how_it_ended(world: World) -> None:
    closed(world)
    closed(world, "far-bed")
    client = world.signed_in("family")
    (happened,) = client.get("/api/family/resident-bed-1/history").json()
    assert (happened["kind"], happened["outcome_code"], happened["came"]) == ("sos", "helped_on_site", ["人员r-1"])
    assert "张三" not in client.get("/api/family/resident-bed-1/history").text
    assert ("family", "resident-bed-1", "family") in world.accesses()
    for resident in ("resident-far-bed", "resident-bed-2", "nobody"):
        for what in ("history", "sharing"):
            assert client.get(f"/api/family/{resident}/{what}").status_code == 404
    assert world.signed_in("family-silent").get("/api/family/resident-bed-1/history").status_code == 404
    assert world.signed_in("dispatcher").get("/api/family/resident-bed-1/history").status_code == 403


def test_the_centre_may_be_called_and_a_helper_who_allows_it_while_on_the_way(world: World) -> None:
    world.scene.run("update responder set phone = '13900000001' where id = 'r-1'")
    world.scene.run(
        "insert into provider (id, name, kind, area_code, lat, lon, phone) "
        "values ('centre', '照护中心', 'call_centre', '6301', 36.6, 101.7, '0971-1')"
    )
    client = world.signed_in("family")
    centre = {"whose": "centre", "name": "照护中心", "phone": "0971-1"}
    assert client.get("/api/family").json()[0]["calls"] == [centre]
    offer = world.offer(world.incident(), "r-1")
    responder = world.signed_in("responder")
    responder.post(f"/api/offers/{offer}/accept")
    assert "13900000001" not in client.get("/api/family").text
    responder.put("/api/my/phone", json={"allowed": True})
    helper = {"whose": "helper", "name": "人员r-1", "phone": "13900000001"}
    assert client.get("/api/family").json()[0]["calls"] == [centre, helper]
    world.scene.run("update assignment set state = 'RELEASED'")
    assert client.get("/api/family").json()[0]["calls"] == [centre]


def test_who_is_told_and_who_has_looked_is_no_secret_to_who_is_told(world: World) -> None:
    world.signed_in("dispatcher").get("/api/beds/bed-1")
    shared = world.signed_in("family").get("/api/family/resident-bed-1/sharing").json()
    assert [(one["name"], one["is_me"], one["consented_at"] is not None) for one in shared["told"]] == [
        ("家属f-1", True, True),
        ("家属f-silent", False, False),
    ]
    assert {"role": "dispatcher", "purpose": "bed", "times": 1} in [
        {name: one[name] for name in ("role", "purpose", "times")} for one in shared["looked"]
    ]


def test_contacts_are_tried_in_the_persons_own_order(world: World) -> None:
    world.scene.run("delete from contact where person_id = 'f-1'")
    for place, (channel, address) in enumerate((("sms", "13900001234"), ("email", "li@example.org")), 1):
        world.scene.run(
            "insert into contact (person_kind, person_id, channel, address, place) "
            "values ('family_member', 'f-1', %s, %s, %s)",
            channel, address, place,
        )  # fmt: skip
    client = world.signed_in("family")
    shown = client.get("/api/my/contacts")
    assert [one["shown"] for one in shown.json()["contacts"]] == ["••••1234", "l•••@example.org"]
    assert "13900001234" not in shown.text
    ids = [one["id"] for one in shown.json()["contacts"]]
    turned = client.put("/api/my/contacts/order", json={"ids": ids[::-1]}).json()
    assert [one["id"] for one in turned["contacts"]] == ids[::-1]
    assert world.scene.rows("select place from contact where person_id = 'f-1' order by place") == [(1,), (2,)]
    for wrong in (ids[:1], [*ids, ids[0]], [ids[0], 10**9]):
        assert client.put("/api/my/contacts/order", json={"ids": wrong}).status_code == 409


def test_quiet_hours_are_for_relatives_and_may_pass_midnight(world: World) -> None:
    client = world.signed_in("family")
    quiet = {"begins": "22:00", "ends": "07:00"}
    assert client.put("/api/my/contacts/quiet", json=quiet).status_code == 409, "there is nothing to be quiet about"
    world.scene.run(
        "insert into contact (person_kind, person_id, channel, address, place) "
        "values ('family_member', 'f-1', 'sms', '13900001234', 10)"
    )
    told = client.put("/api/my/contacts/quiet", json=quiet).json()
    assert (told["quiet_from"], told["quiet_until"], told["has_quiet_hours"]) == ("22:00", "07:00", True)
    urgent = (
        "select due_at <= '2026-01-01T15:00Z' from next_contact('family_member', 'f-1', '2026-01-01T15:00Z', %s, '{}')"
    )
    assert world.scene.rows(urgent, True) == [(True,)], "what is urgent is told at night as well"
    assert world.scene.rows(urgent, False) == [(False,)]
    subscription = {"endpoint": "https://push.example/1", "keys": {"p256dh": "B" + "x" * 86, "auth": "y" * 22}}
    client.post("/api/my/push", json=subscription)
    assert world.scene.rows("select count(*) from contact where quiet_from = '22:00'") == [(2,)], (
        "on a new phone as well"
    )
    assert client.put("/api/my/contacts/quiet", json={"begins": "07:00", "ends": "07:00"}).status_code == 409
    assert client.put("/api/my/contacts/quiet", json={"begins": "7 o'clock", "ends": "08:00"}).status_code == 422
    assert client.put("/api/my/contacts/quiet", json={}).json()["quiet_from"] is None
    assert world.signed_in("responder").put("/api/my/contacts/quiet", json=quiet).status_code == 403
    assert world.client().get("/api/my/contacts").status_code == 401


def test_a_relative_sends_themselves_a_test_through_their_own_contact_alone(world: World) -> None:
    world.scene.contact("family_member", "f-1", "sms", "13800000001")
    world.scene.contact("responder", "r-1", "sms", "13900000001")
    (mine,), (others,) = (
        world.scene.rows("select max(id) from contact where person_id = %s", person) for person in ("f-1", "r-1")
    )
    family = world.signed_in("family")
    said = family.post(f"/api/my/contacts/{mine[0]}/test")
    assert said.status_code == 200, said.text
    test = next(one["test"] for one in said.json()["contacts"] if one["id"] == mine[0])
    assert (test["state"], test["came"]) == ("WAITING", False)
    assert family.post(f"/api/my/contacts/{mine[0]}/test").status_code == 200
    assert world.scene.rows("select count(*) from drill where family_member_id = 'f-1'") == [(1,)]
    assert family.post(f"/api/my/contacts/{others[0]}/test").status_code == 404
    assert world.signed_in("responder").post(f"/api/my/contacts/{others[0]}/test").status_code == 403
    log = world.signed_in("auditor").get("/api/audit", params={"kind": "register"}).json()["entries"]
    assert [(one["change"], one["object_kind"], one["object_id"]) for one in log] == [
        ("test_asked_for", "contact", "f-1")
    ]


def test_a_receipt_is_said_and_no_arrival_made_up_where_there_are_none(world: World) -> None:
    world.scene.contact("family_member", "f-1", "email", "chen@care.test")
    ((mine,),) = world.scene.rows("select max(id) from contact where person_id = 'f-1'")
    family = world.signed_in("family")
    family.post(f"/api/my/contacts/{mine}/test")
    world.scene.run(
        "update drill set state = 'DELIVERED', came = true, sent_at = now(), settled_at = now() where contact_id = %s",
        mine,
    )
    (test,) = [one["test"] for one in family.get("/api/my/contacts").json()["contacts"] if one["id"] == mine]
    assert (test["state"], test["came"]) == ("NO_ANSWER", False)
    world.scene.run(
        "update drill set state = 'FAILED', reason = 'HTTP 410', contact_id = null where contact_id = %s", mine
    )
    world.scene.run("delete from contact where id = %s", mine)
    assert family.get("/api/my/contacts").json()["dropped"]["channel"] == "email"
    world.scene.contact("family_member", "f-1", "email", "chen@other.test")
    assert family.get("/api/my/contacts").json()["dropped"] is None
