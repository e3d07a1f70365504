"""The web server of `benchmarks.desk --browser`: the product, with nobody to take up what a save leaves to do."""

from workbench.wsgi import application

from .desk import without_broker

without_broker()

__all__ = ["application"]
