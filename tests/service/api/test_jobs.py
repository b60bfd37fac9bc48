"""One job and lists of jobs."""

import pytest

# What does not depend on the kind of database.
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
UNKNOWN = "job_00000000000000000000000000"


@pytest.fixture
def submit(client):
    def run(**body):
        return client.post("/v1/jobs", json={"dataset": "xor", "epochs": 2} | body).json

    return run


def test_a_finished_job_tells_what_came_of_it(client, trained):
    job = client.get(trained(validation={"fraction": 0.2})).json
    assert (job["status"], job["stop_reason"]) == ("succeeded", "epochs")
    assert (job["epoch"], job["epochs"], job["progress"], job["attempt"]) == (3, 3, 1.0, 1)
    assert job["cost"] > 0
    assert job["validation_cost"] > 0
    assert job["best"]["epoch"] == job["model_epoch"]
    assert len(job["weights_sha256"]) == 64
    assert job["created_at"] <= job["started_at"] <= job["finished_at"]
    assert job["created_at"].endswith("Z")
    assert (job["queue_position"], job["estimated_finish"], job["error"]) == (None, None, None)


def test_an_unchanged_job_is_not_sent_again(client, submit):
    path = submit()["links"]["self"]
    tag = client.get(path).headers["ETag"]
    unchanged = client.get(path, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert unchanged.headers["ETag"] == tag
    client.post(f"{path}/cancel")
    changed = client.get(path, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json["status"]) == (200, "cancelled")


def test_queued_jobs_know_their_place_which_goes_by_priority_then_age(client, submit):
    low, first, second = submit(priority=1), submit(), submit()
    places = [client.get(job["links"]["self"]).json["queue_position"] for job in (first, second)]
    assert places == [1, 2]
    assert client.get(low["links"]["self"]).json["queue_position"] == 3


def test_a_job_can_be_cancelled_and_stays_so(client, submit):
    job = submit()
    for _ in range(2):
        answer = client.post(job["links"]["cancel"])
        assert (answer.status_code, answer.json["status"]) == (200, "cancelled")
    assert answer.json["stop_reason"] == "cancelled"


def test_a_finished_job_cannot_be_cancelled(client, trained):
    assert client.post(f"{trained()}/cancel").status_code == 409


def test_a_finished_job_can_be_deleted_an_unfinished_one_not(client, submit, trained):
    path = submit()["links"]["self"]
    assert client.delete(path).status_code == 409
    client.post(f"{path}/cancel")
    gone = client.delete(path)
    assert (gone.status_code, gone.data) == (204, b"")
    assert "Content-Type" not in gone.headers
    assert client.get(path).status_code == 404
    path = trained()
    assert client.delete(path).status_code == 204
    assert client.get(f"{path}/history").status_code == 404


@pytest.mark.parametrize(
    ("method", "part"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/cancel"),
        ("GET", "/history"),
        ("GET", "/model"),
        ("POST", "/predictions"),
    ],
)
def test_an_unknown_job_is_not_found_on_any_route(client, method, part):
    sent = {"json": {"inputs": [[1]]}} if part == "/predictions" else {}
    for name in (UNKNOWN, "job_x", "iris", "%00", "%ff", "job_" + "9" * 5000):
        answer = client.open(f"/v1/jobs/{name}{part}", method=method, **sent)
        assert answer.status_code == 404, name


def test_a_list_is_walked_newest_first_by_its_links_to_the_last_page(client, submit):
    made = [submit(name=str(number))["id"] for number in range(5)]
    seen, path = [], "/v1/jobs?limit=2"
    while path:
        answer = client.get(path)
        seen.append([job["id"] for job in answer.json["data"]])
        assert answer.json["has_more"] == (answer.json["next"] is not None)
        link = answer.headers.get("Link", "")
        assert bool(link) == answer.json["has_more"]
        path = link.removeprefix("<").partition(">")[0]
    newest_first = made[::-1]
    assert seen == [newest_first[0:2], newest_first[2:4], newest_first[4:]]


def test_a_page_that_is_just_full_is_the_last(client, submit):
    for _ in range(2):
        submit()
    page = client.get("/v1/jobs?limit=2").json
    assert (len(page["data"]), page["has_more"], page["next"]) == (2, False, None)


def test_a_cursor_outlives_the_job_it_names(client, submit):
    jobs = [submit() for _ in range(3)]
    cursor = client.get("/v1/jobs?limit=2").json["next"]
    client.post(f"/v1/jobs/{cursor}/cancel")
    client.delete(f"/v1/jobs/{cursor}")
    rest = client.get(f"/v1/jobs?limit=2&after={cursor}").json
    assert [job["id"] for job in rest["data"]] == [jobs[0]["id"]]


def test_a_list_leaves_the_spec_out_and_holds_fifty_unless_told(client, sessions, submitted):
    for _ in range(51):
        submitted()
    page = client.get("/v1/jobs").json
    assert len(page["data"]) == 50
    assert page["has_more"]
    assert "spec" not in page["data"][0]
    assert len(client.get("/v1/jobs?limit=500").json["data"]) == 51


def test_a_list_can_be_narrowed_by_what_jobs_say_of_themselves(client, submit):
    red = submit(name="a", metadata={"team": "red", 'odd"key': "x"})
    blue = submit(name="b", metadata={"team": "blue", "try": 2})
    client.post(blue["links"]["cancel"])

    def found(query):
        return [job["id"] for job in client.get(f"/v1/jobs?{query}").json["data"]]

    assert found("status=queued") == found("name=a") == [red["id"]]
    assert found("metadata.team=red") == found("metadata.odd%22key=x") == [red["id"]]
    assert found("metadata.try=2") == found("status=cancelled&name=b") == [blue["id"]]
    assert found("metadata.team=red&name=b") == found("metadata.other=red") == []
    assert found("created_after=2020-01-01T00:00:00Z") == [blue["id"], red["id"]]
    assert found("created_after=2999-01-01T00:00:00%2B02:00") == []


@one_database
@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("limit=0", ["limit"]),
        ("limit=501", ["limit"]),
        ("limit=1_0", ["limit"]),
        ("limit=1&limit=2", ["limit"]),
        ("after=yesterday", ["after"]),
        ("status=done", ["status"]),
        ("created_after=2026-01-01", ["created_after"]),
        ("name=%00", ["name"]),
        ("metadata.=x", ["metadata."]),
        ("metadata.a=%00", ["metadata.a"]),
        ("stauts=queued", ["stauts"]),
    ],
)
def test_a_wrong_parameter_is_told_by_its_name(client, query, parameters):
    answer = client.get(f"/v1/jobs?{query}")
    assert answer.status_code == 422
    assert [error["parameter"] for error in answer.json["errors"]] == parameters
