"""Accounts over HTTP: made once, given within what one has, ended without locking anybody out, all of it on record."""

import threading
from datetime import timedelta

import httpx
import pytest

from tests.console_world import FAR_COUNTY, PASSWORD, World
from tests.scene import COUNTY

WHY = {"reason": "新员工"}
OWN = "a sentence that nobody guesses"


def make(client: httpx.Client, login: str = "new-one", **more: object) -> httpx.Response:
    body = {"login": login, "name": "李新", "role": "dispatcher", "area_code": COUNTY, "way": "password", **WHY}
    return client.post("/api/accounts", json=body | more)


def account_id(world: World, login: str) -> int:
    return int(str(world.scene.value("select id from account where login = %s", login)))


def sign_in(client: httpx.Client, login: str, password: str) -> httpx.Response:
    return client.post("/api/session", json={"login": login, "password": password})


def log(world: World) -> list[tuple[object, ...]]:
    return world.scene.rows("select change, by_name, reason from register_change where kind = 'account' order by id")


def test_a_one_time_password_is_shown_once_and_opens_nothing_but_the_way_to_an_own_one(world: World) -> None:
    made = make(world.signed_in("administrator")).json()
    secret = made["opening"]["secret"]
    assert made["account"]["state"] == "one_time"
    rows = world.scene.rows("select password_hash from account where login = 'new-one'")
    assert secret not in str(rows) + str(log(world)), "only its hash is kept"
    client = world.client()
    assert sign_in(client, "new-one", secret).json()["pending"] == "password"
    answer = client.get("/api/incidents")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "password_change_needed")
    weak = client.put("/api/my/password", json={"password": secret, "new_password": "short"}).json()["error"]
    assert (weak["code"], weak["facts"]) == ("password_short", {"field": "password"})
    assert client.put("/api/my/password", json={"password": "no", "new_password": OWN}).status_code == 401
    assert client.put("/api/my/password", json={"password": secret, "new_password": OWN}).status_code == 204
    assert client.get("/api/incidents").status_code == 200
    assert client.get("/api/me").json()["pending"] is None
    assert sign_in(world.client(), "new-one", secret).status_code == 401
    assert sign_in(world.client(), "new-one", OWN).status_code == 200


def test_a_one_time_password_ends_by_itself(world: World) -> None:
    secret = make(world.signed_in("administrator")).json()["opening"]["secret"]
    world.clock.shift = timedelta(days=4)
    assert sign_in(world.client(), "new-one", secret).status_code == 401
    (found,) = world.signed_in("administrator").get("/api/accounts", params={"search": "new-"}).json()["accounts"]
    assert found["state"] == "expired"


def test_an_invitation_is_used_once_by_whoever_has_its_link(world: World) -> None:
    made = make(world.signed_in("administrator"), way="invitation").json()
    assert made["account"]["state"] == "invited"
    token = made["opening"]["secret"].rsplit("/", 1)[1]
    assert "#" in made["opening"]["secret"].split(token)[0], "no log of a server has the token"
    anybody = world.client()
    assert anybody.post("/api/invitations/look", json={"token": token}).json()["login"] == "new-one"
    weak = anybody.post("/api/invitations/accept", json={"token": token, "password": "new-one-password"})
    assert weak.json()["error"]["code"] == "password_weak", "the login stands in it"
    answer = anybody.post("/api/invitations/accept", json={"token": token, "password": OWN})
    assert answer.json() == {"login": "new-one"}, "a refused password does not use the link up"
    assert anybody.post("/api/invitations/accept", json={"token": token, "password": OWN}).status_code == 403
    assert sign_in(anybody, "new-one", OWN).json()["pending"] is None
    late = make(world.signed_in("administrator"), "late-one", way="invitation").json()["opening"]["secret"]
    world.clock.shift = timedelta(days=8)
    assert anybody.post("/api/invitations/look", json={"token": late.rsplit("/", 1)[1]}).status_code == 403


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"area_code": FAR_COUNTY}, 403),
        ({"area_code": "6301"}, 403),
        ({"area_code": "63"}, 403),
        ({"role": "administrator", "area_code": "63"}, 403),
        ({"role": "administrator"}, 201),
        ({"area_code": COUNTY + "999"}, 422),
        ({"area_code": None}, 422),
        ({"role": "responder"}, 422),
        ({"role": "responder", "area_code": None, "responder_id": "far-r"}, 422),
        ({"role": "responder", "area_code": None, "responder_id": "r-2"}, 201),
        ({"role": "family", "area_code": None, "family_member_id": "far-f"}, 422),
        ({"role": "family", "area_code": None, "family_member_id": "f-1"}, 201),
        ({"role": "dispatcher", "responder_id": "r-1"}, 422),
        ({"login": "Dispatcher"}, 422),
        ({"login": "有中文"}, 422),
        ({"reason": ""}, 422),
    ],
)
def test_nobody_gives_more_than_they_have(world: World, wanted: dict[str, object], status: int) -> None:
    answer = make(world.signed_in("administrator"), **wanted)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    assert len(log(world)) == (status == 201)


def test_an_account_of_another_county_does_not_exist(world: World) -> None:
    client = world.signed_in("administrator")
    logins = {one["login"] for one in client.get("/api/accounts", params={"limit": 200}).json()["accounts"]}
    assert {"dispatcher", "responder", "family", "family-silent"} <= logins
    assert not {one for one in logins if one.startswith("far-")}
    for login in ("far-dispatcher", "far-responder", "far-family"):
        path = f"/api/accounts/{account_id(world, login)}"
        change = {"name": "x", "role": "dispatcher", "area_code": COUNTY, **WHY}
        for answer in (
            client.get(path),
            client.put(path, json=change),
            client.post(f"{path}/disable", json=WHY),
            client.post(f"{path}/enable", json=WHY),
            client.post(f"{path}/reset", json=WHY),
            client.post(f"{path}/second-factor/remove", json=WHY),
            client.get(f"{path}/sessions"),
            client.post(f"{path}/sessions/revoke", json=WHY),
        ):
            assert answer.status_code == 404, answer.text
            assert answer.json() == client.get("/api/accounts/999999").json()
    for role in ("dispatcher", "supervisor", "auditor", "responder", "family"):
        assert make(world.signed_in(role)).status_code == 403
    assert log(world) == []


def test_a_change_counts_at_once_and_a_stale_one_is_told_who_was_first(world: World) -> None:
    admin, other = world.signed_in("administrator"), world.signed_in("dispatcher")
    path = f"/api/accounts/{account_id(world, 'dispatcher')}"
    seen = admin.get(path).json()
    change = {"name": seen["name"], "role": "auditor", "area_code": COUNTY, "version": seen["version"], **WHY}
    assert admin.put(path, json=change).json()["role"] == "auditor"
    assert other.get("/api/me").json()["role"] == "auditor"
    late = admin.put(path, json=change | {"role": "supervisor"})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "changed_meanwhile")
    assert "账号administrator" in late.json()["error"]["message"]
    assert world.scene.value("select detail->'role' from register_change") == ["dispatcher", "auditor"]


def test_nobody_locks_themselves_out_and_the_last_administrator_stays(world: World) -> None:
    client = world.signed_in("administrator")
    me = account_id(world, "administrator")
    assert client.post(f"/api/accounts/{me}/disable", json=WHY).status_code == 409
    demotion = {"name": "x", "role": "dispatcher", "area_code": COUNTY, **WHY}
    assert client.put(f"/api/accounts/{me}", json=demotion).status_code == 409
    narrower = {"name": "x", "role": "administrator", "area_code": COUNTY + "001", **WHY}
    assert client.put(f"/api/accounts/{me}", json=narrower).status_code == 409
    assert client.post(f"/api/accounts/{me}/reset", json=WHY).status_code == 409
    second = make(client, "second", role="administrator").json()
    again = world.client()
    sign_in(again, "second", second["opening"]["secret"])
    again.put("/api/my/password", json={"password": second["opening"]["secret"], "new_password": OWN})
    assert again.post(f"/api/accounts/{me}/disable", json=WHY).status_code == 200, "the second one is left"
    assert client.get("/api/me").status_code == 401, "whoever is disabled is out at once"
    assert sign_in(world.client(), "administrator", PASSWORD).status_code == 401


def test_two_administrators_who_disable_each_other_at_once_leave_one(world: World) -> None:
    world.scene.account("administrator2", "administrator")
    world.scene.run("update account set password_hash = (select password_hash from account where login = 'dispatcher')")
    pair = [("administrator", "administrator2"), ("administrator2", "administrator")]
    clients = [(world.signed_in(one), account_id(world, other)) for one, other in pair]
    statuses: list[int] = []

    def disable(client: httpx.Client, other: int) -> None:
        statuses.append(client.post(f"/api/accounts/{other}/disable", json=WHY).status_code)

    threads = [threading.Thread(target=disable, args=one) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = "select count(*) from account where role = 'administrator' and disabled_at is null and area_code = %s"
    assert world.scene.value(left, COUNTY) == 1
    assert sorted(statuses) in ([200, 401], [200, 409])


def test_sessions_are_seen_and_ended(world: World) -> None:
    phone, desk, admin = (world.signed_in(login) for login in ("dispatcher", "dispatcher", "administrator"))
    mine = desk.get("/api/my/sessions").json()
    assert [one["is_this"] for one in mine] == [True, False]
    assert "python-httpx" in mine[0]["device"]
    foreign = admin.get("/api/my/sessions").json()[0]["id"]
    assert desk.post(f"/api/my/sessions/{foreign}/revoke").status_code == 404, "nobody ends another's session"
    assert desk.post(f"/api/my/sessions/{mine[1]['id']}/revoke").json() == {"ended": 1}
    assert phone.get("/api/me").status_code == 401
    path = f"/api/accounts/{account_id(world, 'dispatcher')}"
    assert len(admin.get(f"{path}/sessions").json()) == 1
    assert admin.post(f"{path}/sessions/revoke", json={"reason": "手机丢失"}).json() == {"ended": 1}
    assert desk.get("/api/me").status_code == 401
    events = world.scene.rows(
        "select e.event, b.login from session_event e join account a on a.id = e.account_id "
        "left join account b on b.id = e.by_account_id where a.login = 'dispatcher' order by e.id"
    )
    assert events == [
        ("signed_in", None), ("signed_in", None), ("revoked", "dispatcher"), ("revoked", "administrator")
    ]  # fmt: skip


def test_a_reset_ends_what_opened_the_account_before(world: World) -> None:
    admin, other = world.signed_in("administrator"), world.signed_in("dispatcher")
    path = f"/api/accounts/{account_id(world, 'dispatcher')}"
    first = admin.post(f"{path}/reset", json={"way": "invitation", **WHY}).json()["secret"]
    assert other.get("/api/me").status_code == 401
    assert sign_in(world.client(), "dispatcher", PASSWORD).status_code == 401
    second = admin.post(f"{path}/reset", json={"way": "invitation", **WHY}).json()["secret"]
    look = [world.client().post("/api/invitations/look", json={"token": one[-43:]}) for one in (first, second)]
    assert [one.status_code for one in look] == [403, 200], "a newer link ends the older one"
    assert [row[0] for row in log(world)] == ["password_reset", "password_reset"]


def test_pages_of_accounts_hold_each_account_once(world: World) -> None:
    client, seen, after = world.signed_in("administrator"), list[str](), ""
    while True:
        page = client.get("/api/accounts", params={"limit": 3, "after": after}).json()
        seen += [one["login"] for one in page["accounts"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert seen == sorted(set(seen))
    assert len(seen) == 8


def test_the_log_of_administrators_is_only_added_to(world: World) -> None:
    make(world.signed_in("administrator"))
    (row,) = world.signed_in("auditor").get("/api/register-changes", params={"kind": "account"}).json()
    assert (row["change"], row["by_name"], row["reason"]) == ("created", "账号administrator", "新员工")
    assert world.signed_in("far-auditor").get("/api/register-changes").json() == []
    for role in ("carecircle_desk", "carecircle_console"):
        for right in ("update", "delete", "truncate"):
            allowed = world.scene.value("select has_table_privilege(%s, 'register_change', %s)", role, right)
            assert allowed is False, (role, right)
