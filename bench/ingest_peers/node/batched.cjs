// A fast consumer: mqtt.js acknowledges on arrival, rows are written many at a time. What is in memory is not safe.
"use strict";

const { columns, table, readings, valuesOf, listen, openPool, endWith, pause } = require("./message.cjs");

const ROWS = 500;
const LONGEST_MS = 100;

const types = ["timestamptz", "timestamptz", "text", "text", "int", "bigint", "real"];
const booleans = new Set(process.env.STATEMENTS.split(","));
for (const name of readings) types.push(booleans.has(name) ? "boolean" : "real");

// One prepared statement for every size of batch: a column is an array.
const statement = {
  name: "store",
  text:
    `insert into ${table} (${columns.join(", ")}) ` +
    `select * from unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(", ")}) on conflict do nothing`,
};

const pool = openPool();
let waiting = [];
let timer = null;
let writing = Promise.resolve();

/** Write what waits; batches follow one another, and a batch is repeated as long as the database is away. */
function flush() {
  clearTimeout(timer);
  timer = null;
  if (waiting.length === 0) return;
  const rows = waiting;
  waiting = [];
  writing = writing.then(() => store(rows));
}

async function store(rows) {
  const values = columns.map((_, index) => rows.map((row) => row[index]));
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
  one.on("message", (topic, payload) => {
    try {
      waiting.push(valuesOf(topic, payload));
    } catch (error) {
      console.error(`unreadable: ${error.message}`);
      return;
    }
    if (waiting.length >= ROWS) flush();
    else timer ??= setTimeout(flush, LONGEST_MS);
  });
});
endWith(client, () => {
  flush();
  return writing.then(() => pool.end());
});
