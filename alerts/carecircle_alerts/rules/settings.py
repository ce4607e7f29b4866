"""Settings of rules: defaults, overridden by area, overridden by bed; with helpful errors (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from carecircle.errors import Misconfigured
from carecircle_alerts.rules.catalogue import BY_NAME, RULES
from carecircle_alerts.rules.rule import ANY, TICK, Rule, Settings

_MOST_REMEMBERED = 500  # combinations of names; a hostile device may invent any


@dataclass(frozen=True, slots=True)
class Override:
    """Settings of one rule for an area (a division code) or a bed; fields that are not named stay as they are."""

    rule: str
    scope: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one bed with their settings, found by what they hear."""

    settings: Mapping[str, Settings]
    by_token: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    on: Mapping[str, Rule] = field(default_factory=dict)
    heard: dict[tuple[str, ...], tuple[Rule, ...]] = field(default_factory=dict)
    """What was asked before: messages of one device name the same quantities again and again."""

    @classmethod
    def of(cls, settings: Mapping[str, Settings]) -> "RuleSet":
        """Index the rules that are switched on."""
        on = [rule for rule in RULES if settings[rule.name].enabled]
        tokens = {token for rule in on for token in rule.hears}
        by_token = {token: tuple(rule for rule in on if token in rule.hears) for token in tokens}
        return cls(settings, by_token, {rule.name: rule for rule in on})

    def hearing(self, tokens: tuple[str, ...]) -> tuple[Rule, ...]:
        """The rules that hear one of these, in the catalogue's order."""
        found = self.heard.get(tokens)
        if found is None:
            wanted = set(tokens)
            found = tuple(rule for rule in self.on.values() if wanted & rule.hears)
            if len(self.heard) < _MOST_REMEMBERED:
                self.heard[tokens] = found
        return found

    def rule(self, name: str) -> Rule | None:
        """A rule by its name; None for one that is switched off or gone."""
        return self.on.get(name)

    def ticked(self) -> tuple[Rule, ...]:
        """Those that judge silence."""
        return self.by_token.get(TICK, ())

    def endings(self) -> tuple[Rule, ...]:
        """Those that every message may end."""
        return self.by_token.get(ANY, ())


DEFAULTS: dict[str, Settings] = {rule.name: rule.settings() for rule in RULES}
STANDARD = RuleSet.of(DEFAULTS)


def checked(rule: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the rule reads them; raises `Misconfigured` for a rule or a setting that there is not."""
    if rule not in BY_NAME:
        raise Misconfigured(f"no rule {rule!r}; known are {', '.join(BY_NAME)}")
    try:
        whole = BY_NAME[rule].settings.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise Misconfigured(f"{rule}.{place}: {first['msg']}") from error
    return {name: getattr(whole, name) for name in values}


def overrides_for(division_code: str, bed: str, overrides: Iterable[Override]) -> tuple[Override, ...]:
    """Those that concern a bed, the strongest last: the smaller the area the stronger its word, the bed's own wins."""
    mine = (one for one in overrides if one.scope == bed or division_code.startswith(one.scope))
    return tuple(sorted(mine, key=lambda one: (one.scope == bed, len(one.scope))))


def rule_set_of(overrides: Iterable[Override]) -> RuleSet:
    """The defaults with these laid over them in order."""
    settings = dict(DEFAULTS)
    for one in overrides:
        if one.rule in settings:  # a rule may be gone whose settings are still in the books
            settings[one.rule] = settings[one.rule].model_copy(update=checked(one.rule, one.values))
    return RuleSet.of(settings) if settings != DEFAULTS else STANDARD
