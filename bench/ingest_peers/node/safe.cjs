// A consumer that loses nothing: one message at a time, acknowledged when its row is committed.
"use strict";

const { columns, table, valuesOf, listen, openPool, endWith, pause } = require("./message.cjs");

const pool = openPool();
const statement = {
  name: "store", // prepared once for each connection
  text:
    `insert into ${table} (${columns.join(", ")}) values (${columns.map((_, index) => `$${index + 1}`).join(", ")}) ` +
    "on conflict do nothing",
};

/** Insert one row, however long the database is away; what is no telemetry is said and left out. */
async function store(topic, payload) {
  let values;
  try {
    values = valuesOf(topic, payload);
  } catch (error) {
    console.error(`unreadable: ${error.message}`);
    return;
  }
  for (;;) {
    try {
      await pool.query({ ...statement, values });
      return;
    } catch (error) {
      console.error(error.message);
      await pause(500);
    }
  }
}

const client = listen((one) => {
  // mqtt.js sends the PUBACK, and takes the next message, when this calls back.
  one.handleMessage = (packet, done) => store(packet.topic, packet.payload).then(() => done());
});
endWith(client, () => pool.end());
