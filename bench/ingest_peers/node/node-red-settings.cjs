// Node-RED without editor, web server, telemetry or installation of nodes; function nodes find the pool in `global`.
"use strict";

const { Pool } = require("pg");

const pool = new Pool({ connectionString: process.env.DATABASE_URL }); // ten connections, pg's default
pool.on("error", (error) => console.error(error.message));

module.exports = {
  disableEditor: true,
  httpAdminRoot: false,
  httpNodeRoot: false,
  uiHost: "127.0.0.1",
  uiPort: Number(process.env.UNUSED_PORT),
  credentialSecret: false,
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
  functionGlobalContext: { pool, table: process.env.TABLE, readings: process.env.READINGS.split(",") },
  mqttReconnectTime: 500,
  logging: { console: { level: "info", metrics: false, audit: false } },
};
