import type { BrowserContext, Request } from "@playwright/test";
import { REFRESH } from "./refresh.ts";

/** What the client mends by itself: a token that ran out on its way, a refresh that was left and came again. */
const MENDED = ["401 /api/me", `409 ${REFRESH}`];

/** Takes note of what all pages of a browser ask and are answered. */
export class Traffic {
  private readonly requests: Request[] = [];
  private readonly answers: { status: number; method: string; path: string; at: number }[] = [];

  constructor(context: BrowserContext) {
    context.on("request", (request) => this.requests.push(request));
    context.on("response", (response) => {
      const method = response.request().method();
      this.answers.push({ status: response.status(), method, path: pathOf(response.url()), at: Date.now() });
    });
  }

  /** Everything that was refused, such as `401 /api/me`. */
  refusals(): string[] {
    return this.answers.filter((it) => it.status >= 400).map((it) => `${it.status} ${it.path}`);
  }

  /** How often something was refused that the client mends by itself, with one more refresh. */
  mended(): number {
    return this.refusals().filter((it) => MENDED.includes(it)).length;
  }

  /** Everything else that was refused. */
  lastingRefusals(): string[] {
    return this.refusals().filter((it) => !MENDED.includes(it));
  }

  /** All that was asked for, in order. */
  paths(): string[] {
    return this.requests.map((it) => pathOf(it.url()));
  }

  /** What requests of a kind were answered with, in order. */
  statuses(method: string, path: string): number[] {
    return this.answers.filter((it) => it.method === method && it.path === path).map((it) => it.status);
  }

  /** How often something was asked for. */
  count(method: string, path: string): number {
    return this.sent(method, path).length;
  }

  /** The milliseconds since a request of a kind was last answered. */
  sinceAnswer(method: string, path: string): number {
    const last = this.answers.findLast((it) => it.method === method && it.path === path);
    return last ? Date.now() - last.at : Infinity;
  }

  /** The milliseconds between each request of a kind and the next. */
  gaps(method: string, path: string): number[] {
    const starts = this.sent(method, path).map((request) => request.timing().startTime);
    return starts.slice(1).map((start, before) => start - starts[before]!);
  }

  private sent(method: string, path: string): Request[] {
    return this.requests.filter((it) => it.method() === method && pathOf(it.url()) === path);
  }
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}
