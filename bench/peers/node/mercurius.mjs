import fastify from 'fastify'
import mercurius from 'mercurius'
import { contextOf, resolvers, schema } from './store.mjs'

const app = fastify()
const context = request => contextOf(request.headers['x-moltin-customer-token'])
app.register(mercurius, { schema, resolvers, context, jit: 1 })
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
