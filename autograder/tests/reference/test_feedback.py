"""nbgrader's own tests of ``generate_feedback``, run with our configuration."""

from nbgrader.tests.apps.test_nbgrader_generate_feedback import TestNbGraderFeedback  # noqa: F401
