// What both Node servers share: the schema with the store's custom fields, resolvers, loaders, undici.
import DataLoader from 'dataloader'
import { Pool } from 'undici'

const pool = new Pool(process.env.UPSTREAM, { connections: 128 })
const SCALARS = { string: 'String', integer: 'Int', boolean: 'Boolean', float: 'Float', date: 'String' }

async function ask(method, path, token, document) {
  const headers = { accept: 'application/json' }
  if (token) headers['x-moltin-customer-token'] = token
  if (document) headers['content-type'] = 'application/json'
  const answer = await pool.request({ method, path, headers, body: document ? JSON.stringify(document) : null })
  const { data } = await answer.body.json()
  if (answer.statusCode >= 400) throw new Error(`The store answered ${answer.statusCode}.`)
  return data
}

const fields = await ask('GET', '/v2/flows/customers/fields')
const custom = fields.map(field => `${field.slug}: ${SCALARS[field.field_type]}`).join('\n')

export const schema = `
type Customer {
  id: ID! name: String email: String external_ref: String
  ${custom}
  addresses: [Address!]!
  orders: [Order!]!
}
type Address { id: ID! name: String line_1: String city: String postcode: String country: String }
type Order { id: ID! status: String payment: String }
type Query { customer(id: ID!): Customer customers(limit: Int = 100): [Customer!]! }
type Mutation { updateCustomer(id: ID!, name: String!): Customer! }
`

export const resolvers = {
  Query: {
    customer: (_root, { id }, context) => context.customers.load(id),
    customers: (_root, { limit }, context) => ask('GET', `/v2/customers?page[limit]=${limit}`, context.token),
  },
  Mutation: {
    updateCustomer: (_root, { id, name }, context) =>
      ask('PUT', `/v2/customers/${id}`, context.token, { data: { type: 'customer', id, name } }),
  },
  Customer: {
    addresses: (row, _arguments, context) => context.addresses.load(row.id),
    orders: (row, _arguments, context) => context.orders.load(row.id),
  },
}

export function contextOf(token) {
  const each = path => new DataLoader(ids => Promise.all(ids.map(id => ask('GET', path(id), token))))
  const customers = new DataLoader(async ids => {
    if (ids.length === 1) return [await ask('GET', `/v2/customers/${ids[0]}`, token)]
    const rows = await ask('GET', `/v2/customers?filter=in(id,${ids.join(',')})&page[limit]=100`, token)
    const found = new Map(rows.map(row => [row.id, row]))
    return ids.map(id => found.get(id))
  })
  return {
    token,
    customers,
    addresses: each(id => `/v2/customers/${id}/addresses`),
    orders: each(id => `/v2/orders?filter=eq(customer_id,${id})`),
  }
}
