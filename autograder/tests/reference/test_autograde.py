"""nbgrader's own tests of ``autograde``, run with our configuration."""

from nbgrader.tests.apps.test_nbgrader_autograde import TestNbGraderAutograde  # noqa: F401
