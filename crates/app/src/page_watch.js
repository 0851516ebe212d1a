// Runs in every page before anything else and needs none of the WASM: an extension or a translator
// may have changed the page so that hydration fails. Then the page is what the server rendered,
// with plain forms, and here it learns that its session has ended or is another one.
(() => {
  const { who } = document.currentScript.dataset;
  const KEY = "carnet.who";
  // How long a page that works may take to follow by itself.
  const SIGN_OUT_MS = 1000;
  const CHANGE_MS = 10_000;
  const Panic = self.WebAssembly?.RuntimeError;
  let state = "loading";

  const shown = () => document.querySelector(".who")?.dataset.user ?? "";
  const leave = () => {
    // At once, and also where the page cannot be loaded.
    document.documentElement.hidden = true;
    location.reload();
  };
  // A translator replaces text by elements of this kind, out of the WASM's reach.
  const isOnItsOwn = () => state !== "works" || document.querySelector("font") !== null;
  const fail = () => {
    state = "failed";
    for (const it of document.querySelectorAll("noscript")) it.outerHTML = it.textContent;
  };

  addEventListener("carnet-works", () => (state = "works"));
  for (const type of ["error", "unhandledrejection"]) {
    addEventListener(type, ({ error, reason }) => {
      const isPanic = Panic && (error ?? reason) instanceof Panic;
      if (isPanic || (state === "loading" && type === "unhandledrejection")) fail();
    });
  }
  // Half of the listeners may be there, and would keep a form from being sent or a link from being followed.
  for (const type of ["submit", "click"]) {
    addEventListener(type, (event) => state === "failed" && event.stopImmediatePropagation(), true);
  }

  // A page that comes back from the browser's memory may show somebody who has signed out since.
  addEventListener("pageshow", ({ persisted }) => persisted && leave());

  // Somebody signed out in this browser, or the server ended the session.
  const heardOfSignOut = () => shown() && isOnItsOwn() && leave();
  // A page was loaded, in this browser, for somebody else or for nobody.
  const heardOf = (now) => {
    const before = shown();
    if (!before || before === now) return;
    if (isOnItsOwn()) return leave();
    setTimeout(() => shown() === before && leave(), now ? CHANGE_MS : SIGN_OUT_MS);
  };
  addEventListener("storage", ({ key, newValue }) => {
    if (key === "carnet.epoch") heardOfSignOut();
    if (key === KEY && newValue !== null) heardOf(newValue);
  });
  const channel = self.BroadcastChannel && new BroadcastChannel("carnet");
  channel?.addEventListener("message", ({ data }) => {
    if (String(data).startsWith('{"SignedOut"')) heardOfSignOut();
    if (String(data).startsWith(KEY)) heardOf(data.slice(KEY.length));
  });
  if (who === undefined) return;
  try {
    if (localStorage.getItem(KEY) !== who) localStorage.setItem(KEY, who);
  } catch {
    channel?.postMessage(KEY + who);
  }
})();
