"""Private PostgreSQL and RabbitMQ servers, started for this program and ended with it."""
