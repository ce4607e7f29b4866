// What both scripts share: a message becomes the values of a row; the connections to broker and database.
"use strict";

const mqtt = require("mqtt");
const { Pool } = require("pg");

const readings = process.env.READINGS.split(",");
const columns = ["measured_at", "received_at", "bed", "device", "boot", "seq", "quality", ...readings];
const table = process.env.TABLE;

/** The values of a row, in the order of `columns`. Throws on what is no telemetry. */
function valuesOf(topic, payload) {
  const [, , , bed, device] = topic.split("/");
  const message = JSON.parse(payload);
  const values = [new Date(message.at).toISOString(), new Date().toISOString(), bed, device];
  values.push(message.boot, message.seq, message.quality ?? null);
  for (const name of readings) values.push(message.readings[name] ?? null);
  return values;
}

/** Connect with a session that the broker keeps while we are away, and subscribe at QoS 1. */
function listen(prepare) {
  const client = mqtt.connect(process.env.MQTT_URL, {
    protocolVersion: 5,
    clientId: process.env.CLIENT_ID,
    clean: false,
    properties: { sessionExpiryInterval: 86400 },
    reconnectPeriod: 500,
  });
  prepare(client); // before the first message of the kept session can come in
  client.on("error", (error) => console.error(error.message));
  client.on("connect", ({ sessionPresent }) => {
    if (sessionPresent) console.log("ready"); // what waited comes before the answer to our subscription
    client.subscribe(process.env.TOPIC, { qos: 1 }, (error) => {
      if (error) throw error;
      if (!sessionPresent) console.log("ready");
    });
  });
  return client;
}

/** One connection is all that one writer needs; a broken one is replaced at the next query. */
function openPool() {
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
  pool.on("error", (error) => console.error(error.message));
  return pool;
}

/** End in order when asked to. */
function endWith(client, finish) {
  process.on("SIGTERM", () => client.end(false, () => finish().finally(() => process.exit(0))));
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

module.exports = { columns, table, readings, valuesOf, listen, openPool, endWith, pause };
