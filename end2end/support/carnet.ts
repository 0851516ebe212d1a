import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "./free_port.ts";

/** By `section.key`. */
export type Settings = Record<string, string>;

/** A start takes a fraction of a second; this is for a machine that is busy with other things. */
const START_MS = 20_000;
const ATTEMPTS = 3;

const BUILT = fileURLToPath(new URL("../../target/release/carnet", import.meta.url));
const CARNET = process.env.CARNET_BINARY ? resolve(process.env.CARNET_BINARY) : BUILT;

/** What is started, how it greets, and how it is told to stop. */
export interface Program {
  path: string;
  greeting: string;
  stop: NodeJS.Signals;
  /** What its environment holds, beside the search path. */
  environment?: Record<string, string>;
}

const SERVE: Program = { path: CARNET, greeting: "Carnet is ready on ", stop: "SIGTERM" };

/** As `cargo leptos watch` runs it. */
export const WATCHED: Program = { ...SERVE, environment: { LEPTOS_WATCH: "true" } };

/** The example of an app with Carnet inside, where `cargo xtask e2e` builds it. */
export const OWN_APP: Program = {
  path: join(dirname(CARNET), "../debug/own-app"),
  greeting: "The app is ready on ",
  stop: "SIGINT",
};

const LEPTOS_SITE = fileURLToPath(new URL("../../examples/leptos_app/target/site", import.meta.url));

/** The example of a Leptos app with Carnet inside, where `cargo xtask e2e` builds it. */
export const LEPTOS_APP: Program = {
  path: join(dirname(CARNET), "../debug/todos"),
  greeting: "The app is ready on ",
  stop: "SIGINT",
  environment: { LEPTOS_OUTPUT_NAME: "todos", LEPTOS_SITE_ROOT: LEPTOS_SITE },
};

/** The examples that are not of one program with Carnet, where `cargo xtask e2e` builds them. */
export const BUILT_EXAMPLES = {
  axumApi: join(dirname(CARNET), "../debug/axum-api"),
  spa: join(dirname(CARNET), "../spa"),
};

/** `carnet serve`, on a port and in a folder of its own. */
export class Carnet {
  private child: ChildProcess | undefined;
  private log = "";

  private constructor(
    private readonly folder: string,
    private readonly settings: Settings,
    private readonly port: number,
    private readonly program: Program,
  ) {}

  /** Makes a new folder and serves from it. */
  static async start(settings: Settings, program = SERVE): Promise<Carnet> {
    const folder = await mkdtemp(join(tmpdir(), "carnet-end2end-"));
    for (let attempt = 1; ; attempt += 1) {
      const carnet = new Carnet(folder, settings, await freePort(), program);
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
    const child = spawn(this.program.path, ["serve", ...this.flags], {
      ...this.surroundings,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    process.once("exit", () => child.kill("SIGKILL"));
    child.stderr.on("data", (text) => (this.log += text));
    await this.ready(child);
  }

  /** Runs a command of `carnet` as an operator does, beside the server, and gives what it prints. */
  async command(...command: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(CARNET, [...command, ...this.flags], this.surroundings);
    return stdout;
  }

  private get flags(): string[] {
    const all: Settings = { "server.address": `127.0.0.1:${this.port}`, ...this.settings };
    return Object.entries(all).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  }

  private get surroundings() {
    // Nothing of the caller's settings.
    return { cwd: this.folder, env: { PATH: process.env.PATH, RUST_BACKTRACE: "1", ...this.program.environment } };
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
      const hear = (line: string) => {
        if (!line.startsWith(this.program.greeting + this.url)) return;
        clearTimeout(patience);
        child.removeAllListeners("close");
        fulfil();
      };
      createInterface({ input: child.stdout! }).on("line", hear);
      createInterface({ input: child.stderr! }).on("line", hear);
    });
  }

  /** Stops as an operator does, and keeps the data. Fails if anything went wrong meanwhile. */
  async stop(): Promise<void> {
    const child = this.child;
    if (!child) return;
    this.child = undefined;
    const closed = once(child, "close");
    child.kill(this.program.stop);
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
