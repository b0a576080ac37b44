"""What gunicorn loads: the application for the node files named in `BACKSTOP_NODE_FILES`."""

import os

from backstop import starting
from backstop.nodes import load_nodes
from backstop.web import application

starting.loaded()
app = application(load_nodes(os.environ["BACKSTOP_NODE_FILES"].split(os.pathsep)))
