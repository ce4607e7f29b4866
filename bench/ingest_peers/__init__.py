"""Peers of the ingest bench: other people's ways from a broker into a database, on the same messages as ours."""

from bench.ingest_peers.esphome import EsphomeIngestor
from bench.ingest_peers.node_red import NodeRed
from bench.ingest_peers.node_script import BATCHED, SAFE
from bench.ingest_peers.peer import Connection, Peer, Running

PEERS: tuple[Peer, ...] = (NodeRed(), SAFE, BATCHED, EsphomeIngestor())

__all__ = ["PEERS", "Connection", "Peer", "Running"]
