"""English (pure)."""

from carecircle_alerts.notify.wording.language import Language

ENGLISH = Language(
    kinds={
        "sos": "call for help",
        "fall": "suspected fall",
        "smoke": "smoke alarm",
        "gas": "gas alarm",
        "carbon_monoxide": "carbon monoxide alarm",
        "water": "water leak",
        "unreadable": "unreadable call for help",
        "heart_rate": "unusual heart rate",
        "respiratory_rate": "unusual breathing rate",
        "spo2": "low blood oxygen",
        "temperature": "unusual temperature",
        "apnoea": "pauses in breathing at night (advisory)",
        "news2": "early warning score (advisory)",
        "bed_exit": "not back in bed at night",
        "not_in_bed": "not in bed at the usual time",
        "out_of_bed": "bed unused for long",
        "inactivity": "no activity for long",
        "wandering": "out of the house at night",
        "check_in_missed": "check-in missed",
        "lost_signal": "device not heard",
        "unstable_signal": "unstable signal",
        "sensor_error": "sensor fault",
        "low_battery": "low battery",
        "tamper": "device tampered with",
        "mains_lost": "power failure",
        "clock_fault": "device clock wrong",
        "gateway_silent": "home gateway not heard",
        "press_test_overdue": "button test overdue",
    },
    something="something to look at",
    bases={
        "straight_line_model": "straight-line estimate",
        "nightly_list": "last night's list by road",
        "synthetic_network": "demo roads",
        "": "by road",
    },
    reasons={
        "uncovered": "nobody has accepted, please dispatch",
        "consent": "the helper has withdrawn consent, please check whether they go on",
        "short": "not enough people on the way, please send more",
        "unclaimed": "nobody has acknowledged",
        "supervisor": "no dispatcher has acknowledged, supervisors please act",
        "unplaced": "the bed has no position, please check the address and call people",
        "stalled": "the helper has not set out, asking others",
        "overdue": "the helper is later than expected",
        "breach": "nobody there in time, consider calling 120",
        "escalated": "escalated by a dispatcher",
        "check": "more than 20 minutes on site, please check",
        "close": "handed over, waiting to be closed",
        "attention": "needs attention",
    },
    personal={
        "drill": "[Drill] This is a test, nobody needs help. Please confirm that it came: {url}",
        "drill_group": "[Drill] This is a test, nobody needs help.",
        "bed_test_invite": "[Drill] Test of bed {bed}: please press the call button once within {minutes} min, then "
        "confirm that it was the test: {url}",
        "bed_test": "[Drill] The press of bed {bed} has come; {people} people would be asked. Help is sent "
        "unless somebody confirms within {seconds} s that it was the test: {url}",
        "offer": "[Help] {kind} in {area}, about {km} km from you, about {minutes} min ({basis}). "
        "Please accept or decline now.",
        "offer_unplaced": "[Help] {kind} in {area}, distance unknown (the bed has no position). "
        "Please accept or decline now; the address follows.",
        "nudge": "[Help] Please set out now; if you cannot go, tell the dispatcher at once.",
        "withdrawn": "[Help] Somebody else has taken it. Thank you, you need not go.",
        "family_opened": "{kind} at {resident}'s home at {at}. The nearest helper is being sent.",
        "family_accepted": "{helper} is on the way to {resident}, expected at {eta} ({basis}; {kind} at {at}).",
        "family_coming": "{helper} is on the way to {resident} ({kind} at {at}).",
        "family_arrived": "A carer has arrived at {resident}'s home ({kind} at {at}).",
        "family_closed": "{kind} at {resident}'s home at {at} has been dealt with. Call the care centre for details.",
        "family_progress": "There is news about {kind} at {resident}'s home at {at}; the care centre is on it.",
        "dispatcher": "[P{priority}] {area}, {kind}: {why}.",
    },
    brief={
        "drill": "[Drill] This is a test, nobody needs help. Please confirm that it came: {url}",
        "drill_group": "[Drill] This is a test, nobody needs help.",
        "bed_test_invite": "[Drill] Test of bed {bed}: please press the call button once within {minutes} min, then "
        "confirm that it was the test: {url}",
        "bed_test": "[Drill] The press of bed {bed} has come; {people} people would be asked. Help is sent "
        "unless somebody confirms within {seconds} s that it was the test: {url}",
        "offer": "[Help] {kind} in {area}, about {km} km from you, about {minutes} min ({basis}). "
        "Please accept or decline now.",
        "offer_unplaced": "[Help] {kind} in {area}, distance unknown (the bed has no position). "
        "Please accept or decline now; the address follows.",
        "nudge": "[Help] Please set out now; if you cannot go, tell the dispatcher at once.",
        "withdrawn": "[Help] Somebody else has taken it. Thank you, you need not go.",
        "family_opened": "At your relative's home at {at}: {kind}. The nearest helper is being sent.",
        "family_accepted": "Somebody is on the way to your relative, expected at {eta} ({basis}).",
        "family_coming": "Somebody is on the way to your relative.",
        "family_arrived": "A carer has arrived at your relative's home.",
        "family_closed": "What happened at your relative's home at {at} has been dealt with. Call the care centre.",
        "family_progress": "There is news from your relative's home ({at}); the care centre is on it.",
        "dispatcher": "[P{priority}] {area}, {kind}: {why}.",
    },
    spoken={
        "drill": "The care centre tests this telephone. Nobody needs help. You need not go. Thank you.",
        "drill_group": "The care centre makes a test. Nobody needs help. Thank you.",
        "bed_test_invite": "The care centre tests a bed. Please press the call button once within {minutes} minutes, "
        "then confirm by the link.",
        "bed_test": "The care centre tests a bed. The press has come. If nobody confirms by the link within {seconds} "
        "seconds that it was the test, help is sent.",
        "offer": "The care centre asks for help. There is a {kind} in {area}, about {minutes} minutes from you. "
        "Please open your phone and accept or decline.",
        "offer_unplaced": "The care centre asks for help. There is a {kind} in {area}. "
        "Please open your phone and accept or decline.",
        "nudge": "The care centre reminds you. Please set out now. If you cannot go, tell the dispatcher.",
        "withdrawn": "The care centre tells you. Somebody else has taken it. You need not go. Thank you.",
        "family_opened": "The care centre tells you. At your relative's home at {at} there was a {kind}. "
        "Somebody is being sent.",
        "family_accepted": "The care centre tells you. Somebody is on the way to your relative, expected at {eta}.",
        "family_coming": "The care centre tells you. Somebody is on the way to your relative.",
        "family_arrived": "The care centre tells you. A carer has arrived at your relative's home.",
        "family_closed": "The care centre tells you. What happened at your relative's home has been dealt with.",
        "family_progress": "The care centre tells you. There is news from your relative's home. Please look at your "
        "phone.",
        "dispatcher": "The care centre reminds you. {area}, {kind}, {why}. Please open the console.",
    },
    subjects={
        "drill": "Drill: please confirm",
        "offer": "Help wanted: please answer",
        "withdrawn": "Help is no longer wanted",
        "family": "News of your relative",
        "dispatcher": "Dispatch reminder",
    },
    clock="{hour:02d}:{minute:02d}",
    spoken_clock="{hour}:{minute:02d}",
    answer="Accept or decline: ",
)
