import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

/** A start takes a fraction of a second; this is for a machine that is busy with other things. */
const START_MS = 30_000;

/** The program `carnet`, on data in a folder of its own. */
export class Carnet {
  #binary;
  #folder;
  #settings;
  #child;

  /** `settings` by `section.key`. */
  constructor(binary, folder, settings) {
    this.#binary = binary;
    this.#folder = folder;
    this.#settings = settings;
  }

  /** Serves, with these settings besides, until `stop`. */
  async serve(settings = {}) {
    const child = spawn(this.#binary, ["serve", ...this.#flags(settings)], {
      ...this.#place(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#child = child;
    process.once("exit", () => child.kill("SIGKILL"));
    await new Promise((fulfil, reject) => {
      const fail = (why) => reject(new Error(`Carnet did not start: ${why}`));
      setTimeout(() => fail(`not ready after ${START_MS} ms`), START_MS).unref();
      child.once("error", (error) => fail(error.message));
      child.once("close", (code) => fail(`exit code ${code}`));
      createInterface({ input: child.stdout }).on("line", (line) => {
        if (line.startsWith("Carnet is ready on ")) fulfil();
      });
    });
  }

  /** Stops as an operator does, and keeps the data. */
  async stop() {
    const closed = once(this.#child, "close");
    this.#child.kill("SIGTERM");
    await closed;
  }

  /** Runs one of its commands on the same data, and gives what it says. */
  run(command, { input = "", settings = {} } = {}) {
    const flags = [...command, ...this.#flags(settings)];
    return new Promise((fulfil, reject) => {
      const child = execFile(this.#binary, flags, this.#place(), (error, said) => {
        if (error) reject(error);
        else fulfil(said);
      });
      // A program that ends before it has read everything says so with its exit status.
      child.stdin.on("error", () => {});
      child.stdin.end(input);
    });
  }

  #flags(settings) {
    const all = { ...this.#settings, ...settings };
    return Object.entries(all).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  }

  #place() {
    // Nothing of the caller's settings.
    return { cwd: this.#folder, env: { PATH: process.env.PATH, RUST_LOG: "warn" } };
  }
}

/** A port that nobody listens on at the moment. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
