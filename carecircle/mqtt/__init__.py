"""MQTT: the way between homes and platform; the only package that imports paho."""

from carecircle.mqtt.broker import Broker
from carecircle.mqtt.delivery import Delivery, Message
from carecircle.mqtt.session import Session

__all__ = ["Broker", "Delivery", "Message", "Session"]
