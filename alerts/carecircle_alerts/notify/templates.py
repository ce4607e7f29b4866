"""Templates: providers that send only what they have approved: which of theirs says what, filled with facts (pure)."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from carecircle_alerts.notify.channel import Failed, Outgoing

NO_TEMPLATE = Failed("no template of the provider says this", again=False)
"""Says nothing about the person: this installation cannot say this in that way."""
LINK_TOO_LONG = Failed("the link does not fit into the provider's template", again=False)
"""The same: half a link opens nothing, and whoever got it would look like somebody who does not answer."""
UNSAYABLE = (NO_TEMPLATE, LINK_TOO_LONG)


class Template(BaseModel):
    """An approved template: its code, and for each of its variables, in their order, the fact that goes there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, Field(min_length=1, max_length=128)]
    # `text` stands for the whole sentence.
    variables: dict[str, str] = Field(default_factory=dict)
    longest: Annotated[int, Field(ge=1, le=500)] = 35

    def filled(self, message: Outgoing) -> dict[str, str] | None:
        """Every variable with its value, cut to what the provider takes; None where that would cut a link."""
        values, url = self._values(message), str(message.content.get("url", ""))
        if url and any(url in value and url not in value[: self.longest] for value in values.values()):
            return None
        return self.cut(message)

    def cut(self, message: Outgoing) -> dict[str, str]:
        """The same for a channel that carries the link beside its template."""
        return {name: value[: self.longest] for name, value in self._values(message).items()}

    def _values(self, message: Outgoing) -> dict[str, str]:
        facts = message.content.get("facts")
        known: Mapping[str, object] = facts if isinstance(facts, dict) else {}
        whole = {"text": message.text, **known}
        return {name: str(whole.get(fact, "")) for name, fact in self.variables.items()}


def template_for(templates: Mapping[str, Template], message: Outgoing) -> Template | None:
    """The template for what is said, or the one named `*` that takes any sentence; None where there is neither."""
    return templates.get(str(message.content.get("say", ""))) or templates.get("*")
