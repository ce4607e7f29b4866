"""Deploying: pushes folder, data source and dashboards to a Grafana through its HTTP API."""
