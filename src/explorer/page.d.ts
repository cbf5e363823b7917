// What the page's own script offers (`http/page/session.js`): one way to send, one sign-in, for every form of the page.

interface GraphQLRequest {
  query: string;
  variables?: unknown;
  operationName?: string | null | undefined;
}

interface PenstockPage {
  readonly options: {
    /** The document of the first tab. */
    readonly query: string;
    /** Where the schema is as text, relative to the page. */
    readonly schemaUrl: string;
    /** Whether answers tell the REST calls they took. */
    readonly showsCalls: boolean;
  };
  /** The browser's storage, which headers never reach; memory where the browser gives none. */
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem" | "clear" | "length">;
  /** Hides the small explorer and gives the element to draw in; null when someone is using it already. */
  takeOver(): HTMLElement | null;
  /** Sends a request with the session's headers; those given here win. */
  send(request: GraphQLRequest, headers?: Record<string, unknown>, signal?: AbortSignal): Promise<unknown>;
  /** Calls back whenever an answer comes from another schema than the last one. */
  onSchemaChange(callback: (version: string) => void): void;
  /** Says something short at the top of the page. */
  say(text: string): void;
}

interface Window {
  readonly penstock: PenstockPage;
}
