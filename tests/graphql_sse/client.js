// Subscribes as a storefront does, and prints a line of JSON for whatever happens.
import { createClient } from 'graphql-sse';

const { urls, headers, request } = JSON.parse(process.argv[2]);
let attempts = 0;
const say = (what, detail) => console.log(JSON.stringify({ what, detail }));

const client = createClient({
  url: () => urls[Math.min(attempts++, urls.length - 1)],
  headers,
  retry: () => new Promise((resolve) => setTimeout(resolve, 20)),
  on: { connected: (again) => say('connected', again) },
});

client.subscribe(request, {
  next: (result) => say('next', result),
  complete: () => say('complete', null),
  error: (error) => say('error', String(error)),
});
