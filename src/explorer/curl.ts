// A REST call as a command for a shell: credentials, the store's address and the body are variables to be set.

/** A call as `extensions.upstream` tells it. */
export interface Call {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly path: string;
  /** Milliseconds from the operation's beginning. */
  readonly at: number;
  readonly ms: number;
  /** Names of the headers that came along. */
  readonly headers: readonly string[];
  readonly status?: number;
  /** The kind of failure, where there is no status. */
  readonly error?: string;
}

const LINES: Readonly<Record<string, string>> = {
  authorization: "Authorization: Bearer $ACCESS_TOKEN",
  "x-moltin-customer-token": "X-Moltin-Customer-Token: $CUSTOMER_TOKEN",
  "ep-account-management-authentication-token": "EP-Account-Management-Authentication-Token: $ACCOUNT_TOKEN",
};
const TOKENS = "/oauth/access_token";

/** The command; it holds no secret, for none came along. */
export function asCurl({ method, path, headers }: Call): string {
  const parts = [`curl${method === "GET" ? "" : ` -X ${method}`} "$STORE_URL"${quoted(path)}`];
  for (const name of headers) parts.push(`-H "${line(name)}"`);
  if (path === TOKENS) {
    parts.push('--data "grant_type=$GRANT_TYPE&client_id=$CLIENT_ID&client_secret=$CLIENT_SECRET"');
  } else if (method === "POST" || method === "PUT") {
    parts.push('-H "Content-Type: application/json"', '--data "$BODY"');
  }
  return parts.join(" \\\n  ");
}

function line(name: string): string {
  return LINES[name.toLowerCase()] ?? `${name}: $${name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
