import { type BrowserContext, type ConsoleMessage, expect } from "@playwright/test";
import { SECRET_WORD } from "./person.ts";
import { REFRESH } from "./refresh.ts";

interface Tolerated {
  text: RegExp;
  /** What it is about; anything when absent. */
  path?: string;
}

/**
 * Looks over everything that a browser does: nothing may be said on its console, no answer may be
 * a fault of the server, and no address may hold a password.
 */
export class Watch {
  private readonly faults: string[] = [];
  private readonly tolerated: Tolerated[] = [];
  /** Faults of the server that a test brings about, such as `500 /api/me`. */
  private readonly made = new Set<string>();
  private mayPanic = false;

  over(context: BrowserContext): void {
    context.on("console", (message) => this.hear(message));
    context.on("weberror", (error) => {
      const { message } = error.error();
      if (!(this.mayPanic && message === "unreachable")) this.faults.push(`uncaught: ${message}`);
    });
    context.on("request", (request) => {
      if (request.url().includes(SECRET_WORD)) this.faults.push(`a password in ${request.url()}`);
    });
    context.on("response", (response) => {
      const isMade = this.made.has(`${response.status()} ${new URL(response.url()).pathname}`);
      if (response.status() >= 500 && !isMade) this.faults.push(`${response.status()} for ${response.url()}`);
    });
  }

  /** The test asks for an answer with this status, and the browser reports it by itself. */
  expects(status: number, path: string): void {
    this.made.add(`${status} ${path}`);
    this.tolerated.push({ text: new RegExp(`responded with a status of ${status} `), path });
  }

  /** The test has tokens of a few seconds: where a machine is slow they run out on their way, or a page is left while it refreshes. */
  expectsSlowness(): void {
    this.expects(401, "/api/me");
    this.expects(409, REFRESH);
  }

  /** The test takes the connection away, whatever is asked for, and the browser reports that by itself. */
  expectsNoConnection(): void {
    this.tolerated.push({ text: /net::ERR_(INTERNET_DISCONNECTED|CONNECTION_|EMPTY_RESPONSE)/ });
  }

  /** The test keeps the script from running, and the browser says that it was fetched in vain. */
  expectsUnusedScript(): void {
    this.tolerated.push({ text: /\.wasm was preloaded using link preload but not used/ });
  }

  /** The test keeps a part of the WASM from arriving, and the loader reports it. */
  expectsFailedModule(): void {
    this.tolerated.push({ text: /Failed to fetch|net::ERR_FAILED/ });
  }

  /** The test calls from an origin that may not, and the browser reports that by itself. */
  expectsForeignOrigin(): void {
    this.tolerated.push({ text: /has been blocked by CORS policy|net::ERR_FAILED/ });
  }

  /** The test changes the page so that the WASM cannot take it over, and panics. */
  expectsPanic(): void {
    this.mayPanic = true;
  }

  verify(): void {
    expect(this.faults, "what the browsers had to complain about").toEqual([]);
  }

  private hear(message: ConsoleMessage): void {
    if (!["error", "warning", "assert"].includes(message.type())) return;
    const { url } = message.location();
    const path = URL.canParse(url) ? new URL(url).pathname : "";
    const isTolerated = this.tolerated.some(
      (it) => (it.path === undefined || it.path === path) && it.text.test(message.text()),
    );
    if (!isTolerated) this.faults.push(`${message.type()} at ${url}: ${message.text()}`);
  }
}
