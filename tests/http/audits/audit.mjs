// Every audit of a GraphQL server at a URL, one line of JSON each: id, name, status, reason. Argument: the URL.
import { auditServer } from 'graphql-http'

for (const { id, name, status, reason } of await auditServer({ url: process.argv[2] })) {
  console.log(JSON.stringify({ id, name, status, reason }))
}
