import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A site of somebody else, whose one page sends a form of its choice to Carnet. */
export class OtherSite {
  private html = "";
  private constructor(private readonly server: Server) {}

  static async open(): Promise<OtherSite> {
    const site: OtherSite = new OtherSite(
      createServer((_, answer) => {
        answer.setHeader("content-type", "text/html; charset=utf-8").end(site.html);
      }),
    );
    site.server.listen(0, "127.0.0.1");
    await once(site.server, "listening");
    return site;
  }

  /** Its page, with a form that goes to `action`. */
  page(host: "127.0.0.1" | "localhost", action: string, fields: Record<string, string>): string {
    const inputs = Object.entries(fields)
      .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
      .join("");
    this.html = `<!doctype html><link rel="icon" href="data:,"><form method="post" action="${action}">${inputs}<button>Win</button></form>`;
    return `http://${host}:${(this.server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
