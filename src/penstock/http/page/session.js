// What every form of the page shares: one way to send, one sign-in that lives in memory alone, one line to say things in.
(() => {
  "use strict";
  const part = (id) => document.getElementById(id);
  const place = part("explorer");
  const options = JSON.parse(place.dataset.options);
  const listeners = [];
  let version = options.version;
  let customer = null;
  let bearer = "";
  let bearerName = "";

  // Libraries put style sheets into the page; the policy lets those in that carry this response's nonce.
  const { nonce } = document.querySelector("style");
  const create = document.createElement;
  document.createElement = function (...given) {
    const made = create.apply(this, given);
    if (made.localName === "style") made.nonce = nonce;
    return made;
  };

  let usual = part("said").textContent;
  const say = (text) => {
    part("said").title = part("said").textContent = text || usual;
  };

  const show = () => {
    part("version").textContent = `schema ${version}`;
    part("who").textContent = [customer?.email, bearer && bearerName].filter(Boolean).join(" + ");
    part("sign-out").hidden = !customer && !bearer;
    part("open-session").textContent = customer || bearer ? "Change" : "Sign in";
  };

  // Before the store was read for the first time there is nothing to explore; then the page is made anew.
  const isWaiting = version === "none";

  const noteVersion = (now) => {
    if (!now || now === "none" || now === version) return;
    if (isWaiting) return location.reload();
    version = now;
    show();
    listeners.forEach((listener) => listener(version));
  };

  const headersWith = (given) => {
    // This media type answers a document that does not run with 200: one is typing, the console can stay quiet.
    const all = new Headers({ "content-type": "application/json", accept: "application/json" });
    if (bearer) all.set("authorization", `Bearer ${bearer}`);
    if (customer) all.set("x-moltin-customer-token", customer.token);
    for (const [name, value] of Object.entries(given ?? {})) all.set(name, String(value));
    return all;
  };

  const noteEnd = (body, headers) => {
    const says = (codes) => body?.errors?.some?.((error) => codes.test(error?.extensions?.code));
    if (customer && headers.get("x-moltin-customer-token") === customer.token && says(/^CUSTOMER_TOKEN_(EXPIRED|INVALID)$/)) {
      customer = null;
      show();
      say("The customer's sign-in has ended. Sign in again.");
    }
    if (bearer && headers.get("authorization") === `Bearer ${bearer}` && says(/^UNAUTHENTICATED$/)) {
      bearer = bearerName = "";
      show();
      say("The access token is not accepted any more. Sign in again.");
    }
  };

  const send = async (request, own, signal) => {
    const headers = headersWith(own);
    // GraphiQL takes a moment to see that an operation is gone: what was pasted and run at once has the old one's name.
    const isNamed = !request.operationName || request.query.includes(request.operationName);
    const body = JSON.stringify(isNamed ? request : { ...request, operationName: null });
    const given = { method: "POST", headers, body, signal: signal ?? null, cache: "no-store" };
    const answer = await fetch(location.pathname, given).catch((error) => {
      throw error.name === "AbortError" ? error : new Error("The gateway cannot be reached.");
    });
    noteVersion(answer.headers.get("schema-version"));
    const text = await answer.text();
    let decoded;
    try {
      decoded = JSON.parse(text);
    } catch {
      throw new Error(`${answer.status} ${answer.statusText}: the answer is no JSON. ${text.slice(0, 200)}`);
    }
    noteEnd(decoded, headers);
    return decoded;
  };

  // The token that a mutation makes, or an error with everything that was said against it.
  const makeToken = async (name, request, headers) => {
    const { data, errors } = await send(request, headers);
    const payload = data?.[name];
    const token = Object.values(payload ?? {}).find((part) => part?.token)?.token;
    if (token) return token;
    throw new Error([...(errors ?? []), ...(payload?.userErrors ?? [])].map(({ message }) => message).join(" ") || "No token came back.");
  };

  const signIn = async (email, password) => {
    const query = `mutation SignIn($email: Email!, $password: String!) {
      customerTokenCreate(input: {password: {email: $email, password: $password}}) {
        customerToken { token }
        userErrors { message }
      }
    }`;
    const request = { query, variables: { email, password } };
    customer = { email, token: await makeToken("customerTokenCreate", request, { "x-moltin-customer-token": "" }) };
  };

  const becomeVisitor = async () => {
    const query = "mutation Visit { accessTokenCreate { accessToken { token } userErrors { message } } }";
    bearer = await makeToken("accessTokenCreate", { query }, { authorization: "", "x-moltin-customer-token": "" });
    bearerName = "visitor";
  };

  part("open-session").addEventListener("click", () => part("session").showModal());
  part("close-session").addEventListener("click", () => part("session").close());
  part("session").addEventListener("click", (event) => {
    if (event.target === part("session")) part("session").close();
  });
  part("session").addEventListener("close", () => {
    part("password").value = "";
    for (const refused of part("session").querySelectorAll("[role=alert]")) refused.textContent = "";
  });
  // One try at a time; the dialog stays open with what went wrong in it.
  const onSubmit = (form, refused, attempt) =>
    part(form).addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = event.target.querySelector("[type=submit]");
      if (button.ariaDisabled === "true") return;
      part(refused).textContent = "";
      button.ariaDisabled = "true";
      try {
        await attempt();
        show();
        say("");
        part("session").close();
      } catch (error) {
        part(refused).textContent = error.message;
      } finally {
        button.ariaDisabled = null;
      }
    });
  onSubmit("customer", "refused", () => signIn(part("email").value, part("password").value));
  onSubmit("visitor", "visitor-refused", becomeVisitor);
  onSubmit("staff", "staff-refused", () => {
    const token = part("bearer").value.trim().replace(/^bearer\s+/i, "");
    if (/[^\x21-\x7e]/.test(token)) throw new Error("This is no token: a token has neither spaces nor accents.");
    bearer = token;
    bearerName = "access token";
  });
  part("visitor").hidden = !options.givesTokens;
  part("sign-out").addEventListener("click", () => {
    customer = null;
    bearer = bearerName = part("bearer").value = "";
    show();
    say("Signed out.");
    part("open-session").focus();
  });

  // The gateway tells of a new schema. Only to the tab one looks at: a browser has few connections to a host.
  let events = null;
  const listen = () => {
    if (!options.eventsUrl || events) return;
    events = new EventSource(options.eventsUrl);
    // "version" is what serves now, "swap" what serves from now on.
    for (const kind of ["version", "swap"]) {
      events.addEventListener(kind, ({ data }) => noteVersion(JSON.parse(data).version));
    }
    if (isWaiting) setTimeout(listenAnew, 2000);
  };
  const stopListening = () => {
    events?.close();
    events = null;
  };
  // No event tells of the first schema, but every stream begins with what serves now.
  const listenAnew = () => {
    if (!events) return;
    stopListening();
    listen();
  };
  // A tab that was left for a while may have missed a change; a HEAD costs the store nothing.
  const look = () =>
    fetch(options.schemaUrl, { method: "HEAD", cache: "no-store" }).then(
      (answer) => noteVersion(answer.headers.get("schema-version")),
      () => {},
    );
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") return stopListening();
    if (!isWaiting) look();
    listen();
  });
  addEventListener("pagehide", stopListening);
  addEventListener("pageshow", listen);

  // GraphiQL's history would write headers down, tokens and all: what is stored here has none.
  const inMemory = (texts = {}) => ({
    getItem: (name) => texts[name] ?? null,
    setItem: (name, text) => void (texts[name] = text),
    removeItem: (name) => void delete texts[name],
    keys: () => Object.keys(texts),
  });
  const inBrowser = ({ localStorage } = window) => ({
    getItem: (name) => localStorage.getItem(name),
    setItem: (name, text) => localStorage.setItem(name, text),
    removeItem: (name) => localStorage.removeItem(name),
    keys: () => Object.keys(localStorage).filter((name) => name.startsWith("graphiql:")),
  });
  const kept = (() => {
    try {
      return inBrowser();
    } catch {
      return inMemory();
    }
  })();
  const withoutHeaders = (text) => {
    try {
      return JSON.stringify(JSON.parse(text), (key, value) => (key === "headers" ? null : value));
    } catch {
      return text;
    }
  };
  const storage = {
    getItem: kept.getItem,
    setItem: (name, text) => name === "graphiql:headers" || kept.setItem(name, withoutHeaders(text)),
    removeItem: kept.removeItem,
    clear: () => kept.keys().forEach(kept.removeItem),
    get length() {
      return kept.keys().length;
    },
  };

  let isTaken = false;
  let isTouched = false;
  part("operation").addEventListener("input", () => (isTouched = true));
  const takeOver = () => {
    if (isTouched || isWaiting) return null;
    isTaken = true;
    part("small").hidden = true;
    return place;
  };
  const fallBack = () => {
    if (isTaken || isWaiting || !part("small").hidden) return;
    part("small").hidden = false;
    part("query").setSelectionRange(0, 0);
    part("query").focus();
    usual = "GraphiQL could not be loaded; this is the small explorer.";
    say("");
  };

  show();
  if (isWaiting) {
    place.innerHTML = "<p>No schema yet: the gateway has not been able to read the store's.</p><p>This page goes on by itself.</p>";
  }
  window.penstock = Object.freeze({ options, storage, takeOver, fallBack, send, say, onSchemaChange: (callback) => listeners.push(callback) });
})();
