"""The application that serves a release; it knows HTTP and asks :mod:`kg` for everything else."""
