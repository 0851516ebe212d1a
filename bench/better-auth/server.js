// better-auth as a server on PostgreSQL: all of it, in one file. `node server.js prepare` makes its tables.

import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import pg from "pg";

const { BENCH_DATABASE_URL: connectionString, BENCH_PORT: port } = process.env;

const options = {
  baseURL: `http://127.0.0.1:${port}`,
  secret: "nobody is to be kept out of a benchmark's accounts",
  database: new pg.Pool({ connectionString, max: 16 }),
  emailAndPassword: { enabled: true },
  // Carnet and simplejwt are measured without theirs, too.
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
};

if (process.argv[2] === "prepare") {
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  await options.database.end();
} else {
  createServer(toNodeHandler(betterAuth(options))).listen(Number(port), "127.0.0.1");
}
