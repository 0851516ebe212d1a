import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "./free_port.ts";

/** By `section.key`. */
export type Settings = Record<string, string>;

/** A start takes a fraction of a second; this is for a machine that is busy with other things. */
const START_MS = 20_000;
const ATTEMPTS = 3;

const BUILT = fileURLToPath(new URL("../../target/release/carnet", import.meta.url));

/** `carnet serve`, on a port and in a folder of its own. */
export class Carnet {
  private child: ChildProcess | undefined;
  private log = "";

  private constructor(
    private readonly folder: string,
    private readonly settings: Settings,
    private readonly port: number,
  ) {}

  /** Makes a new folder and serves from it. */
  static async start(settings: Settings): Promise<Carnet> {
    const folder = await mkdtemp(join(tmpdir(), "carnet-end2end-"));
    for (let attempt = 1; ; attempt += 1) {
      const carnet = new Carnet(folder, settings, await freePort());
      try {
        await carnet.serve();
        return carnet;
      } catch (error) {
        // Somebody else may have taken the port between the look and the start.
        if (attempt === ATTEMPTS || !carnet.log.includes("cannot listen")) throw error;
      }
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts with the data that is there, and waits until it says that it is ready. */
  async serve(): Promise<void> {
    const all: Settings = { "server.address": `127.0.0.1:${this.port}`, ...this.settings };
    const flags = Object.entries(all).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
    const child = spawn(process.env.CARNET_BINARY ? resolve(process.env.CARNET_BINARY) : BUILT, ["serve", ...flags], {
      cwd: this.folder,
      // Nothing of the caller's settings.
      env: { PATH: process.env.PATH, RUST_BACKTRACE: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    process.once("exit", () => child.kill("SIGKILL"));
    child.stderr.on("data", (text) => (this.log += text));
    await this.ready(child);
  }

  private ready(child: ChildProcess): Promise<void> {
    return new Promise((fulfil, reject) => {
      const fail = (why: string) => {
        clearTimeout(patience);
        this.child = undefined;
        child.kill("SIGKILL");
        reject(new Error(`Carnet did not start: ${why}\n${this.log}`));
      };
      const patience = setTimeout(() => fail(`not ready after ${START_MS} ms`), START_MS);
      child.once("error", (error) => fail(error.message));
      // Unlike "exit", this comes after its last words.
      child.once("close", (code) => fail(`exit code ${code}`));
      createInterface({ input: child.stdout! }).on("line", (line) => {
        if (!line.startsWith(`Carnet is ready on ${this.url}`)) return;
        clearTimeout(patience);
        child.removeAllListeners("close");
        fulfil();
      });
    });
  }

  /** Stops as an operator does, and keeps the data. Fails if anything went wrong meanwhile. */
  async stop(): Promise<void> {
    const child = this.child;
    if (!child) return;
    this.child = undefined;
    const closed = once(child, "close");
    child.kill("SIGTERM");
    const [code, signal] = await closed;
    if (code !== 0) throw new Error(`Carnet ended with ${signal ?? code}:\n${this.log}`);
    const fault = this.log.split("\n").find((line) => / ERROR |panicked/.test(line));
    if (fault) throw new Error(`Carnet has logged a fault: ${fault}`);
  }

  /** Stops and starts again with the same data, as an update does. */
  async restart(): Promise<void> {
    await this.stop();
    await this.serve();
  }

  /** Stops for good and removes the data. */
  async remove(): Promise<void> {
    try {
      await this.stop();
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }
}
