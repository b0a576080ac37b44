"""Private servers: PostgreSQL and RabbitMQ that this process starts, owns and ends.

Nothing here touches a server that it did not start; what it starts ends with this process,
also when this process is killed.
"""
