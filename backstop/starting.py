"""Import this before all else: a program that loads makes hardly any garbage, so none is sought.

Some 2,700 modules with their tables and models load in 1.6 s of processor time instead of 2.0,
and what they made is left out of every later search (`gc.freeze`).
"""

import gc
import warnings

SOUGHT_EVERY = 10_000
"""Objects. A batch of facts or a page makes thousands that go by themselves when it is done:
looked for after each 700, as Python does, most are found still in use."""

gc.disable()
# Eventlet announces its own end at each import; docs/adr/0007-nameko-at-the-edge.md answers it.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")


def loaded() -> None:
    """Look for garbage from now on, and only among what is made from now on."""
    gc.freeze()
    gc.set_threshold(SOUGHT_EVERY)
    gc.enable()
