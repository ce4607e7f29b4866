"""MQTT: the way between homes and platform; the only package that imports paho."""

from carecircle.mqtt.broker import Broker
from carecircle.mqtt.session import Delivery, Message, Session

__all__ = ["Broker", "Delivery", "Message", "Session"]
