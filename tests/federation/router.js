// Hive Gateway's engine with the configuration of the guide, on a port of the system's choice, which it prints.
import { createServer } from 'node:http'
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'
import { gatewayConfig } from './gateway.config.js'

const server = createServer(createGatewayRuntime({ ...gatewayConfig, logging: false, maskedErrors: false }))
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
