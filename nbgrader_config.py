"""Settings of nbgrader: the folders of the course and of a class, and our steps in nbgrader's lists.

The class folder and its gradebook come from ZEROMEAN_CLASS and ZEROMEAN_DB.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from autograder.gradebook import steps
from autograder.gradebook.alembic import find_alembic
from autograder.gradebook.registration import prepare
from autograder.gradebook.timestamps import let_nbgrader_read_times

ROOT = Path(__file__).resolve().parent
CLASS = ROOT / os.environ.get("ZEROMEAN_CLASS", "class")

c = get_config()  # noqa: F821 - traitlets defines it while it reads this file

c.CourseDirectory.course_id = "zeromean"
c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.db_url = os.environ.get("ZEROMEAN_DB", f"sqlite:///{CLASS}/gradebook.db")
c.CourseDirectory.source_directory = str(ROOT / "build" / "source")
c.CourseDirectory.release_directory = str(ROOT / "build" / "release")
c.CourseDirectory.submitted_directory = str(CLASS / "submitted")
c.CourseDirectory.autograded_directory = str(CLASS / "autograded")
c.CourseDirectory.feedback_directory = str(CLASS / "feedback")

find_alembic()
let_nbgrader_read_times()
built = {"db_url": c.CourseDirectory.db_url, "release": ROOT / "build" / "release"}
c.Autograde.pre_convert_hook = partial(prepare, **built)
c.Autograde.exporter_class = steps.EXPORTER
c.Autograde.sanitize_preprocessors = steps.SANITIZE
c.Autograde.autograde_preprocessors = steps.AUTOGRADE
c.GenerateFeedback.preprocessors = steps.FEEDBACK
c.GenerateFeedback.exporter_class = "autograder.reports.feedback.FeedbackExporter"
c.HTMLExporter.preprocessors = steps.FORMGRADER  # what formgrader shows in the instructor's browser
