"""The root of all exceptions."""

from typing import Any, ClassVar

__all__ = ["KgError"]


class KgError(Exception):
    """
    A failure that Agon can explain.

    ``exit_code`` is what ``kg`` ends with; ``title`` names the kind of failure in a few words.
    """

    exit_code: ClassVar[int] = 4
    title: ClassVar[str] = "Internal fault"

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes with all facts, whatever the parameters of the class."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[KgError], arguments: tuple[object, ...], facts: dict[str, object]) -> KgError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(facts)
    return error
