"""What gunicorn loads: the application for the node files named in `BACKSTOP_NODE_FILES`."""

import os

from backstop.nodes import load_nodes
from backstop.web import application

app = application(load_nodes(os.environ["BACKSTOP_NODE_FILES"].split(os.pathsep)))
