// The explorer: GraphiQL over the page's own way of sending, with the schema that the gateway serves as text.
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { buildSchema, type GraphQLSchema } from "graphql";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useEffect, useState, type JSX } from "react";
import { createRoot } from "react-dom/client";
import type { Fetcher } from "@graphiql/toolkit";

import { Calls, takeCalls } from "./calls";
import "./workers";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./main.css";

const { penstock } = window;
const PLUGINS = [HISTORY_PLUGIN];
const TABS = [{ query: penstock.options.query }];

/** What went wrong before there was an answer, in the form of one: GraphiQL would show where in the page's own code. */
function asAnswer(error: unknown): unknown {
  return { errors: [{ message: error instanceof Error ? error.message : String(error) }] };
}

const fetcher: Fetcher = (request, options) => {
  const answer = penstock.send(request, options?.headers).catch(asAnswer);
  return (penstock.options.showsCalls ? answer.then(takeCalls) : answer) as ReturnType<Fetcher>;
};

async function readSchema(): Promise<GraphQLSchema> {
  const answer = await fetch(penstock.options.schemaUrl);
  if (!answer.ok) throw new Error(`The schema cannot be read yet (${answer.status}).`);
  return buildSchema(withoutPictures(await answer.text()));
}

/** The schema with descriptions that show no picture: merchants write them, and the page asks no other host for anything. */
function withoutPictures(text: string): string {
  return text.replace(/"""(?:\\"""|[^])*?"""/g, (description) => description.replaceAll("![", "!\\["));
}

/** Calls back when somebody asks for the schema again, by GraphiQL's button or its key. */
function onAskedAgain(look: () => void): void {
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("button[aria-label*='etch GraphQL schema']")) look();
  });
  document.addEventListener("keydown", ({ ctrlKey, key }) => {
    if (ctrlKey && key === "R") look();
  });
}

/** The schema as it is now, null until it is known. */
function useSchema(): GraphQLSchema | null {
  const [schema, setSchema] = useState<GraphQLSchema | null>(null);
  useEffect(() => {
    let newest = 0;
    const look = (): void => {
      const mine = ++newest;
      readSchema().then(
        (read) => {
          if (mine === newest) setSchema(read);
        },
        (error: unknown) => penstock.say(error instanceof Error ? error.message : String(error)),
      );
    };
    look();
    onAskedAgain(look);
    penstock.onSchemaChange(() => {
      look();
      penstock.say("The schema changed and was read again.");
    });
  }, []);
  return schema;
}

/** Follows the system from light to dark and back, unless one of the two was chosen. */
function FollowSystem(): null {
  const { setTheme } = useGraphiQLActions();
  const theme = useGraphiQL((state) => state.theme);
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const follow = (): void => {
      if (theme === null) setTheme(null);
    };
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, [theme, setTheme]);
  return null;
}

function Explorer(): JSX.Element {
  return (
    <GraphiQL
      fetcher={fetcher}
      schema={useSchema()}
      plugins={PLUGINS}
      storage={penstock.storage}
      defaultTabs={TABS}
      defaultQuery=""
      defaultEditorToolsVisibility={false}
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>{null}</GraphiQL.Logo>
      <FollowSystem />
      {penstock.options.showsCalls && (
        <GraphiQL.Footer>
          <Calls />
        </GraphiQL.Footer>
      )}
    </GraphiQL>
  );
}

const place = penstock.takeOver();
if (place !== null) {
  createRoot(place).render(<Explorer />);
}
