// The REST calls of the last answer: a strip below it that opens, each call with its share of the time and as a command.
import { useEffect, useRef, useState, useSyncExternalStore, type JSX } from "react";
import { asCurl, type Call } from "./curl";

interface Answer {
  extensions?: { upstream?: Call[] };
}

let calls: readonly Call[] | null = null;
const watchers = new Set<() => void>();

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** The answer without its calls, which the strip shows from now on. */
export function takeCalls<T>(answer: T): T {
  const { extensions, ...rest } = (answer ?? {}) as Answer;
  calls = extensions?.upstream ?? [];
  watchers.forEach((watcher) => watcher());
  if (!extensions?.upstream) return answer;
  const { upstream: _, ...others } = extensions;
  return (Object.keys(others).length ? { ...rest, extensions: others } : rest) as T;
}

/** Milliseconds as people read them. */
function shown(milliseconds: number): string {
  return milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`;
}

function isFailed({ status }: Call): boolean {
  return status === undefined || status >= 400;
}

export function Calls(): JSX.Element | null {
  const made = useSyncExternalStore(watch, () => calls);
  if (made === null) return null;
  if (!made.length) return <p className="calls calls-none">No REST call for this answer.</p>;
  const end = Math.max(...made.map(({ at, ms }) => at + ms), 0.1);
  const failed = made.filter(isFailed).length;
  return (
    <details className="calls">
      <summary>
        <span className="calls-title">REST calls</span>
        <span className="calls-count">{made.length}</span>
        <span className="calls-time">{shown(end)}</span>
        {failed > 0 && <span className="calls-failed">{failed} failed</span>}
      </summary>
      <ol tabIndex={0} aria-label="REST calls of the last answer">
        {made.map((call, place) => (
          <Row key={place} call={call} end={end} />
        ))}
      </ol>
    </details>
  );
}

function Row({ call, end }: { call: Call; end: number }): JSX.Element {
  const { method, path, at, ms, status, error } = call;
  const [route, query] = path.split("?", 2);
  return (
    <li className={isFailed(call) ? "is-failed" : ""}>
      <code className="calls-method">{method}</code>
      <code className="calls-path" title={path}>
        {route}
        {query !== undefined && <span>?{readable(query)}</span>}
      </code>
      <span className="calls-status">{status ?? error}</span>
      <span className="calls-ms">{shown(ms)}</span>
      <Copy call={call} />
      <span className="calls-track" aria-hidden="true">
        <span style={{ marginInlineStart: `${(at / end) * 100}%`, width: `${(ms / end) * 100}%` }} />
      </span>
    </li>
  );
}

function readable(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function Copy({ call }: { call: Call }): JSX.Element {
  const [said, say] = useState("");
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = (): void => {
    write(asCurl(call)).then(
      () => say("Copied"),
      () => say("Not copied"),
    );
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => say(""), 1500);
  };
  return (
    <button type="button" onClick={copy} aria-label={`Copy ${call.method} ${call.path} as curl`}>
      <span role="status">{said || "curl"}</span>
    </button>
  );
}

/** Writes to the clipboard; a page that came over plain HTTP from another machine has only the old way. */
async function write(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  if (!isDone) throw new Error("The browser does not let this page copy.");
}
