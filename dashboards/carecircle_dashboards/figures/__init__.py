"""Definitions: what each figure means, in one place, as the panels' descriptions and docs/figures.md show them.

Thresholds cite where they come from; one without a source is a proposal that the bureau has to confirm.
"""
