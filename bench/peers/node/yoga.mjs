import { createServer } from 'node:http'
import { createSchema, createYoga } from 'graphql-yoga'
import { contextOf, resolvers, schema } from './store.mjs'

const context = ({ request }) => contextOf(request.headers.get('x-moltin-customer-token'))
const yoga = createYoga({ schema: createSchema({ typeDefs: schema, resolvers }), context, logging: false })
createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1')
