"""The demonstration: plausible cases brought to life through the API by the roles that may."""

from backstop.demo.catalogue import DemoAccount
from backstop.demo.loading import DemoReport, load_demo

__all__ = ["DemoAccount", "DemoReport", "load_demo"]
