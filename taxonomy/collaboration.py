"""The six collaboration patterns of the Anthropic Economic Index, and the two halves they form."""

AUTOMATION = ("directive", "feedback loop")
AUGMENTATION = ("task iteration", "learning", "validation")
# `none` belongs to neither half.
COLLABORATIONS = (*AUTOMATION, *AUGMENTATION, "none")
