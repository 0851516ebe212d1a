import type { BrowserContext, Request } from "@playwright/test";

/** Takes note of what all pages of a browser ask and are answered. */
export class Traffic {
  private readonly requests: Request[] = [];
  private readonly answers: { status: number; path: string }[] = [];

  constructor(context: BrowserContext) {
    context.on("request", (request) => this.requests.push(request));
    context.on("response", (response) => {
      this.answers.push({ status: response.status(), path: pathOf(response.url()) });
    });
  }

  /** Everything that was refused, such as `401 /api/me`. */
  refusals(): string[] {
    return this.answers.filter((it) => it.status >= 400).map((it) => `${it.status} ${it.path}`);
  }

  /** How often something was asked for. */
  count(method: string, path: string): number {
    return this.sent(method, path).length;
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
