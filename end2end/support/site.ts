import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** A server of static files, under two origins: `http://127.0.0.1` and `http://localhost`, with a port of its own. */
export class Site {
  /** What is written instead of a text in the files, such as an address. */
  readonly replaced = new Map<string, string>();

  private constructor(private readonly server: Server) {}

  /** Serves folders, each under its prefix; the longest prefix wins. */
  static async open(folders: Record<string, string>): Promise<Site> {
    const prefixes = Object.keys(folders).sort((one, other) => other.length - one.length);
    const site: Site = new Site(
      createServer(async (request, answer) => {
        const { pathname } = new URL(request.url ?? "/", "http://site");
        const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
        const prefix = prefixes.find((it) => path.startsWith(it)) ?? "/";
        try {
          const type = TYPES[extname(path)] ?? "application/octet-stream";
          const file = await readFile(join(folders[prefix]!, path.slice(prefix.length)));
          answer.setHeader("content-type", type).end(type.startsWith("text/html") ? site.replace(file) : file);
        } catch {
          answer.writeHead(404).end();
        }
      }),
    );
    site.server.listen(0, "127.0.0.1");
    await once(site.server, "listening");
    return site;
  }

  origin(host: "127.0.0.1" | "localhost" = "127.0.0.1"): string {
    return `http://${host}:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private replace(file: Buffer): string {
    let text = file.toString();
    for (const [from, to] of this.replaced) text = text.replaceAll(from, to);
    return text;
  }
}
