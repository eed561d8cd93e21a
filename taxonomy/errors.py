"""Every error this package raises, as one tree.

    TaxonomyError
    ├── SettingsError        (ValueError)    a setting is unknown or out of range
    ├── ConversationError    (ValueError)    the input cannot be read as conversations
    ├── EncoderError         (RuntimeError)  a sentence encoder is missing or damaged
    ├── ClusteringError      (ValueError)    the vectors cannot be clustered as asked
    ├── TooLittleDataError   (ValueError)    not enough is left to make a taxonomy of
    ├── ClaudeError          (RuntimeError)  Claude cannot be asked, or what it says cannot be used
    │   └── BudgetError                      going on could cost more than was allowed
    ├── LedgerError          (RuntimeError)  the ledger of answers is in use, damaged or incomplete
    ├── RunError             (RuntimeError)  a run folder is in use, full or unreadable
    ├── ReleaseError         (ValueError)    a release cannot be written, read or trusted
    ├── OnetError            (ValueError)    O*NET's or the index's tables are missing or damaged
    └── PlotsError           (ImportError)   the packages that draw charts are not installed

Each is also a builtin, so that callers who do not know this package can catch it.
A message says what was found, what was expected, and what to do.
"""


class TaxonomyError(Exception):
    """Root of everything this package raises on purpose."""


class SettingsError(TaxonomyError, ValueError):
    """A setting is unknown, of the wrong type, or out of range."""


class ConversationError(TaxonomyError, ValueError):
    """The input cannot be read as conversations."""


class EncoderError(TaxonomyError, RuntimeError):
    """A sentence encoder is missing, damaged, or gave something that is not unit vectors."""


class ClusteringError(TaxonomyError, ValueError):
    """The vectors cannot be clustered as asked."""


class TooLittleDataError(TaxonomyError, ValueError):
    """Not enough conversations are left to make a taxonomy of."""


class ClaudeError(TaxonomyError, RuntimeError):
    """Claude cannot be asked: no key, a key that is not accepted, or failures without end."""


class BudgetError(ClaudeError):
    """Going on could cost more than was allowed, or nobody knows what it would cost."""


class LedgerError(TaxonomyError, RuntimeError):
    """The ledger of answers is in use by another process, damaged, or lacks an answer."""


class RunError(TaxonomyError, RuntimeError):
    """A run folder is in use by another process, out of space, or unreadable."""


class ReleaseError(TaxonomyError, ValueError):
    """A release cannot be written, read, or trusted."""


class OnetError(TaxonomyError, ValueError):
    """Tables of O*NET or of the Economic Index are missing, damaged, or of another version."""


class PlotsError(TaxonomyError, ImportError):
    """The packages that charts are drawn with are not installed."""

    def __init__(self, missing: str) -> None:
        what, extra = "charts need altair and vl-convert-python", "plots"
        if missing == "datamapplot":
            what, extra = "a labelled map needs datamapplot", "map"
        super().__init__(
            f"{what}, and {missing} is not installed; "
            f"install it, in a checkout with: pip install -e '.[{extra}]'"
        )
