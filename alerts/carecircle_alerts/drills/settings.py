"""Settings of drills."""

from pydantic import Field

from carecircle.settings import ProcessSettings


class DrillSettings(ProcessSettings):
    """A process that sends drills. All of these are engineering proposals; `drill_others_days` 30 is once a month."""

    drill_staff_days: int = Field(7, ge=1, le=30, description="days between two drills of a member of staff")
    drill_others_days: int = Field(30, ge=1, le=30, description="days between two drills of a neighbour or volunteer")
    drill_from_h: int = Field(9, ge=6, le=20, description="no drill is sent before this hour, Beijing time")
    drill_until_h: int = Field(18, ge=7, le=21, description="no drill is sent from this hour on, Beijing time")
    drill_answer_h: int = Field(24, ge=1, le=168, description="hours to confirm a drill; after that it has no answer")
    bed_test_days: int = Field(
        0, ge=0, le=366, description="days between two scheduled end-to-end tests of a bed; 0: only those people start"
    )
    bed_tests_per_day: int = Field(
        20, ge=0, le=2000, description="end-to-end tests that the schedule starts a day at most"
    )
    drills_per_minute: int = Field(
        20, ge=0, le=600, description="test messages a minute at most, by all processes together; 0: no drills"
    )
