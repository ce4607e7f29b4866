"""The errors of the platform: one base class whose docstring is the default message (pure)."""


class CareCircleError(Exception):
    """Something in CareCircle went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])


class Conflict(CareCircleError):  # noqa: N818 - named as the field says it
    """Somebody else was first, or the state does not allow this step.

    `code` is a stable word for the pages and `facts` what goes into their own sentence; times are RFC 3339. Where it
    is about one field of a form, `facts` name it as `field`.
    """

    def __init__(self, message: str | None = None, *, code: str = "conflict", **facts: str) -> None:
        super().__init__(message)
        self.code = code
        self.facts = facts


class Invalid(CareCircleError):  # noqa: N818
    """Something that was filled in cannot be right. `field` names it, `code` says what is wrong with it.

    `facts` are what goes into the sentence of a page in another language, `also` what else is wrong with the form.
    """

    def __init__(self, field: str, code: str, message: str, **facts: str) -> None:
        super().__init__(message)
        self.field, self.code, self.facts = field, code, facts
        self.also: tuple[Invalid, ...] = ()


class NotFound(CareCircleError):  # noqa: N818
    """There is no such thing, or it is outside what you may see."""


class Forbidden(CareCircleError):  # noqa: N818
    """Your role, area or relation does not allow this."""


class Unavailable(CareCircleError):  # noqa: N818
    """Something that this needs does not answer; try again with backoff."""


class Misconfigured(CareCircleError):  # noqa: N818
    """A setting is missing or wrong; the message names it and says what to do."""
