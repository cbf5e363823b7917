// The founding guides' steps, done by the official SDK. Arguments: host, client id, client secret.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import sdk from '@moltin/sdk'

const [host, client_id, client_secret] = process.argv.slice(2)

class MemoryStorage {
  #kept = new Map()
  get(key) { return this.#kept.get(key) ?? null }
  set(key, value) { this.#kept.set(key, value) }
  delete(key) { this.#kept.delete(key) }
}

const connect = (name, secret) => sdk.gateway({
  name, client_id, client_secret: secret, host, protocol: 'http', storage: new MemoryStorage(),
  fetchMaxAttempts: 1,
})
const staff = connect('staff', client_secret)
const shopper = connect('shopper', undefined)
const refused = async (promise, status) => {
  const answer = await promise.then(() => assert.fail(`expected ${status}`), error => error)
  assert.equal(Number(answer.errors?.[0]?.status), status, JSON.stringify(answer))
}
const step = async (name, run) => {
  const result = await run()
  console.log(`ok ${name}`)
  return result
}

await step('calls: those that the guide to migrating starts from', async () => {
  const calls = JSON.parse(readFileSync('calls.json', 'utf8'))
  const missing = calls.filter(call => {
    const [group, method] = call.split('.')
    const owner = group === 'Cart()' ? shopper.Cart('any') : method ? shopper[group] : shopper
    return typeof owner?.[method ?? group] !== 'function'
  })
  assert.deepEqual(missing, [])
})

await step('tokens: client_credentials and implicit', async () => {
  assert.equal((await staff.Authenticate()).identifier, 'client_credentials')
  assert.equal((await shopper.Authenticate()).identifier, 'implicit')
})

const flow = await step('flow: the core flow customers is there, another is made', async () => {
  const flows = (await staff.Flows.All()).data
  assert.ok(flows.some(one => one.slug === 'customers'))
  const made = (await staff.Flows.Create({ name: 'Pets', slug: 'pets', description: 'Their pets', enabled: true })).data
  assert.equal((await staff.Flows.Get(made.id)).data.slug, 'pets')
  await refused(shopper.Flows.Create({ name: 'No', slug: 'no', description: 'no', enabled: true }), 403)
  return flows.find(one => one.slug === 'customers')
})

await step('fields: delivery details as the guide makes them, with the number 0 as a default of a text', async () => {
  const field = {
    name: 'Drop-off note', slug: 'drop_off_note', field_type: 'string', description: 'customers delivery details',
    required: false, unique: false, default: 0, enabled: true, order: 1,
    relationships: { flow: { data: { type: 'flow', id: flow.id } } },
  }
  const made = (await staff.Fields.Create(field)).data
  assert.equal(made.default, 0)
  assert.equal('unique' in made, false)
  assert.equal((await staff.Fields.Update(made.id, { order: 2 })).data.order, 2)
  await refused(staff.Fields.Create(field), 422)
  assert.ok((await shopper.Flows.GetFields('customers')).data.some(one => one.id === made.id))
})

const email = 'ron.swanson@example.test'
const customer = await step('customers: created, read and updated with the custom field', async () => {
  const made = (await staff.Customers.Create({ name: 'Ron Swanson', email, password: 'bacon-and-eggs', drop_off_note: 'Leave at porch' })).data
  assert.equal(made.drop_off_note, 'Leave at porch')
  assert.equal(made.password, true)
  const changed = (await staff.Customers.Update(made.id, { drop_off_note: 'Leave behind bin' })).data
  assert.equal(changed.name, 'Ron Swanson')
  assert.equal((await staff.Customers.Get(made.id)).data.drop_off_note, 'Leave behind bin')
  await refused(staff.Customers.Create({ name: 'Again', email }), 409)
  return made
})

await step('filters, sorting and paging', async () => {
  const found = await staff.Customers.Filter({ eq: { email } }).All()
  assert.deepEqual(found.data.map(one => one.id), [customer.id])
  const like = await staff.Customers.Filter({ like: { name: '*Swanson' } }).Limit(1).Sort('-name').All()
  assert.equal(like.data.length, 1)
  assert.equal(like.meta.results.total, 1)
  await refused(shopper.Customers.All(), 403)
})

const token = await step('customer token: signs in, reads and updates itself only', async () => {
  const login = (await shopper.Customers.TokenViaPassword(email, 'bacon-and-eggs')).data
  assert.equal(login.customer_id, customer.id)
  assert.equal((await shopper.Customers.Get(customer.id, login.token)).data.email, email)
  await shopper.Customers.Update(customer.id, { drop_off_note: 'Ring twice' }, login.token)
  await refused(shopper.Customers.Get(customer.id), 403)
  await refused(shopper.Customers.TokenViaPassword(email, 'wrong'), 401)
  return login.token
})

const address = {
  first_name: 'Ron', last_name: 'Swanson', line_1: '1 Sunny Street', county: 'Sunnyville', postcode: 'SU33 1YY', country: 'US',
}
await step('addresses: by the customer itself', async () => {
  const made = (await shopper.CustomerAddresses.Create({ customer: customer.id, body: address, token })).data
  assert.equal(made.city, '')
  const body = { ...address, id: made.id, city: 'Sunny Town' }
  assert.equal((await shopper.CustomerAddresses.Update({ customer: customer.id, address: made.id, body, token })).data.city, 'Sunny Town')
  assert.equal((await shopper.CustomerAddresses.All({ customer: customer.id, token })).data.length, 1)
  await refused(shopper.CustomerAddresses.All({ customer: customer.id }), 403)
  await shopper.CustomerAddresses.Delete({ customer: customer.id, address: made.id, token })
})

await step('entries and their relationships', async () => {
  const entry = (await staff.Flows.CreateEntry('wishlists', { title: 'Cabin' })).data
  await staff.Flows.CreateEntryRelationship('wishlists', entry.id, 'owner', { type: 'customer', id: customer.id })
  await staff.Flows.CreateEntryRelationship('wishlists', entry.id, 'products', [{ type: 'product', id: 'p1' }])
  const read = (await shopper.Flows.GetEntry('wishlists', entry.id)).data
  assert.equal(read.relationships.owner.data.id, customer.id)
  assert.equal((await staff.Flows.UpdateEntry('wishlists', entry.id, { wish_count: 3 })).data.title, 'Cabin')
  await staff.Flows.DeleteEntryRelationship('wishlists', entry.id, 'products')
  await staff.Flows.DeleteEntry('wishlists', entry.id)
  await refused(staff.Flows.GetEntry('wishlists', entry.id), 404)
})

const order = await step('carts: filled, discounted, associated, checked out as the customer', async () => {
  const cart = shopper.Cart('sdk-cart')
  assert.deepEqual((await cart.Get()).data.meta.display_price.with_tax.amount, 0)
  await cart.AddCustomItem({ name: 'Moustache wax', sku: 'WAX', quantity: 2, price: { amount: 1000 } })
  await cart.AddPromotion('WELCOME10')
  assert.equal((await cart.Get()).data.meta.display_price.with_tax.amount, 1800)
  await cart.AddCustomerAssociation(customer.id, token)
  const items = (await cart.Items()).data
  await cart.UpdateItem(items[0].id, 1)
  const placed = await cart.Checkout({ id: customer.id }, address)
  assert.equal(placed.data.customer.name, 'Ron Swanson')
  assert.equal(placed.data.meta.display_price.with_tax.amount, 900)
  assert.equal((await cart.RemoveAllItems()).data.length, 0)
  return placed.data
})

await step('checkout as a guest is linked to nobody', async () => {
  const cart = shopper.Cart('guest-cart')
  await cart.AddCustomItem({ name: 'Moustache wax', quantity: 1, price: { amount: 1000 } })
  const placed = await cart.Checkout({ name: 'A guest', email }, address)
  assert.equal('customer' in placed.data.relationships, false)
})

await step('orders: paid, read with items, listed for the customer only', async () => {
  await shopper.Orders.Payment(order.id, { gateway: 'manual', method: 'authorize' })
  const [transaction] = (await staff.Orders.Transactions(order.id)).data
  await staff.Transactions.Capture({ order: order.id, transaction: transaction.id })
  const paid = await staff.Orders.With('items').Get(order.id)
  assert.equal(paid.data.payment, 'paid')
  assert.ok(paid.included.items.length > 0)
  const mine = (await shopper.Orders.All(token)).data
  assert.deepEqual(mine.map(one => one.id), [order.id])
  assert.equal((await staff.Orders.Update(order.id, { gift_message: 'Enjoy' })).data.gift_message, 'Enjoy')
})

await step('the customer goes once its cart is let go, its token with it, its order stays', async () => {
  await refused(staff.Customers.Delete(customer.id), 422)
  const reference = [{ type: 'customer', id: customer.id }]
  await staff.Cart('sdk-cart').request.send('carts/sdk-cart/relationships/customers', 'DELETE', reference)
  await staff.Customers.Delete(customer.id)
  await refused(shopper.Customers.Get(customer.id, token), 401)
  assert.equal((await staff.Orders.Get(order.id)).data.id, order.id)
})
