"""Deployment in containers: secrets, certificates and broker accounts, made once and handed out one by one."""
