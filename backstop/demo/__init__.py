"""The demonstration: plausible cases brought to life through the API by the roles that may."""

from backstop.demo.catalogue import DemoAccount
from backstop.demo.loading import load_demo
from backstop.demo.reporting import DemoReport

__all__ = ["DemoAccount", "DemoReport", "load_demo"]
