const readings = global.get("readings");
const columns = ["measured_at", "received_at", "bed", "device", "boot", "seq", "quality", ...readings];
const [, , , bed, device] = msg.topic.split("/");
const { boot, seq, at, quality, readings: measured } = msg.payload;
const values = [new Date(at).toISOString(), new Date().toISOString(), bed, device, boot, seq, quality ?? null];
for (const name of readings) values.push(measured[name] ?? null);
try {
  await global.get("pool").query({
    name: "store", // prepared once for each connection
    text:
      `insert into ${global.get("table")} (${columns.join(", ")}) ` +
      `values (${columns.map((_, index) => `$${index + 1}`).join(", ")}) on conflict do nothing`,
    values,
  });
} catch (error) {
  node.error(error.message, msg);
}
return null;
