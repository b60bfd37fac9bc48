import pytest

from service.ids import new_id, well_formed


def test_ids_sort_by_the_time_they_were_made():
    made = [new_id("job") for _ in range(200)]
    # Two made in one microsecond may stand in either order
    stamps = [an_id[:16] for an_id in made]
    assert stamps == sorted(stamps)
    assert len(set(made)) == 200


def test_an_id_is_well_formed_for_its_own_kind_only():
    an_id = new_id("job")
    assert len(an_id) == 30
    assert well_formed("job", an_id)
    assert not well_formed("ds", an_id)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "job_",
        "job_" + "0" * 25,
        "job_" + "0" * 27,
        "job_" + "I" * 26,
        "job_" + "0" * 25 + "\x00",
        "job_" + "٣" * 26,
        "job_" + "0" * 26 + "\n",
    ],
)
def test_other_text_is_not_well_formed(text):
    assert not well_formed("job", text)
