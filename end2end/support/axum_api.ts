import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { BUILT_EXAMPLES } from "./carnet.ts";

const GREETING = "The API is ready on ";

/** The example of an API in a process of its own. */
export class AxumApi {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Starts it, and waits until it says that it is ready. */
  static async start(...flags: string[]): Promise<AxumApi> {
    const child = spawn(BUILT_EXAMPLES.axumApi, flags, { stdio: ["ignore", "ignore", "pipe"], env: {} });
    process.once("exit", () => child.kill("SIGKILL"));
    let log = "";
    for await (const line of createInterface({ input: child.stderr! })) {
      if (line.startsWith(GREETING)) {
        // What it says later must not fill the pipe.
        child.stderr!.resume();
        return new AxumApi(child, line.slice(GREETING.length));
      }
      log += `${line}\n`;
    }
    throw new Error(`the API did not start:\n${log}`);
  }

  /** Stops as a person does at a terminal. Fails unless it ends well. */
  async stop(): Promise<void> {
    const closed = once(this.child, "close");
    this.child.kill("SIGINT");
    const [code, signal] = await closed;
    if (code !== 0) throw new Error(`the API ended with ${signal ?? code}`);
  }
}
