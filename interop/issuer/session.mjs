/** One sign-in over HTTP, which gives one access token after the other. */
export class Session {
  #url;
  #resource;
  #refreshToken;

  constructor(url, resource) {
    this.#url = url;
    this.#resource = resource;
  }

  /** Signs in; the access token. */
  signIn(login, password) {
    return this.#ask("/api/auth/login", { login, password });
  }

  /** Refreshes; the next access token. */
  refresh() {
    return this.#ask("/api/auth/refresh", { refresh_token: this.#refreshToken });
  }

  async #ask(path, body) {
    const answer = await fetch(this.#url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      // Without a resource the token is for Carnet itself.
      body: JSON.stringify({ ...body, resource: this.#resource }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    const tokens = JSON.parse(text);
    this.#refreshToken = tokens.refresh_token;
    return tokens.access_token;
  }
}

/** What a token's header says, unverified. */
export function headerOf(token) {
  return JSON.parse(Buffer.from(token.split(".")[0], "base64url"));
}
