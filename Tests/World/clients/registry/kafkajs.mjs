// @kafkajs/confluent-schema-registry: api REGISTRY NAME | write BOOTSTRAP REGISTRY NAME FILE | read BOOTSTRAP REGISTRY COUNT TOPIC...
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { formatOf, fromShape, schema, toShape } from './flights.mjs';
import { receive, send } from './transport.mjs';

const { COMPATIBILITY, SchemaRegistry, SchemaType } = createRequire(import.meta.url)('@kafkajs/confluent-schema-registry');
const [, , verb, ...words] = process.argv;
const clientOf = registry => new SchemaRegistry({ host: registry, retry: { retries: 0 } });
const formats = ['avro', 'avro-ref', 'protobuf', 'json', 'json-ref'];

const refused = (promise, status, message) => assert.rejects(promise, error => {
  assert.equal(error.status, status, error.message);
  assert.match(error.message, message);
  return true;
});

async function api(registry, name) {
  const namespace = name.replaceAll('-', '_');
  const avro = fields => ({ type: SchemaType.AVRO, schema: JSON.stringify({ type: 'record', name: 'Order', namespace, fields }) });
  const id = { name: 'id', type: 'int' };
  const note = { name: 'note', type: 'string', default: '' };
  const v1 = avro([id]);
  const subject = `${namespace}.Order`;

  // The subject comes from the schema. A first registration looks for settings, does not find them, and sets them.
  const first = await clientOf(registry).register(v1, { compatibility: COMPATIBILITY.FULL });
  assert.deepEqual(Object.keys(first), ['id']);
  assert.deepEqual(await clientOf(registry).register(v1, { compatibility: COMPATIBILITY.FULL }), first);
  await assert.rejects(clientOf(registry).register(v1, { compatibility: COMPATIBILITY.NONE }), /Compatibility does not match the configuration \(NONE != FULL\)/);
  assert.equal(await clientOf(registry).getRegistryIdBySchema(subject, v1), first.id);
  const second = await clientOf(registry).register(avro([id, note]), { compatibility: COMPATIBILITY.FULL });
  assert.equal(await clientOf(registry).getRegistryId(subject, 1), first.id);
  assert.equal(await clientOf(registry).getLatestSchemaId(subject), second.id);
  assert.equal((await clientOf(registry).getSchema(first.id)).fields.length, 1);
  await refused(clientOf(registry).register(avro([{ name: 'id', type: 'string' }]), { compatibility: COMPATIBILITY.FULL }), 409, /incompatible/);
  await refused(clientOf(registry).getSchema(2_000_000_000), 404, /Schema 2000000000 not found/);
  await refused(clientOf(registry).getLatestSchemaId(`${name}-none`), 404, /Subject .* not found/);
  await assert.rejects(clientOf(registry).getRegistryIdBySchema(subject, avro([note])), /Schema not found/);

  // A reader with a schema of its own.
  const bytes = await clientOf(registry).encode(first.id, { id: 7 });
  assert.deepEqual({ ...(await clientOf(registry).decode(bytes, { [SchemaType.AVRO]: { readerSchema: JSON.parse(avro([id, note]).schema) } })) }, { id: 7, note: '' });
}

async function schemaOf(client, name, format) {
  const type = { avro: SchemaType.AVRO, protobuf: SchemaType.PROTOBUF, json: SchemaType.JSON }[format.split('-')[0]];
  const file = { avro: 'avsc', protobuf: 'proto', json: 'schema.json' }[format.split('-')[0]];
  if (format === 'avro' || format === 'json') {
    return { type, schema: schema(`flight.${file}`) };
  }

  const airport = type === SchemaType.PROTOBUF ? 'airport.proto' : `${name}-airport-${type}`;
  await client.register({ type, schema: schema(`airport.${file}`) }, { subject: airport });
  const reference = { avro: 'world.Airport', protobuf: 'airport.proto', json: 'airport.schema.json' }[format.split('-')[0]];
  return { type, schema: schema(`${format === 'protobuf' ? 'flight' : 'leg'}.${file}`), references: [{ name: reference, subject: airport, version: 1 }] };
}

async function write(bootstrap, registry, name, file) {
  const flights = JSON.parse(readFileSync(file, 'utf8'));
  const client = clientOf(registry);
  const batches = [];
  for (const format of formats) {
    const topic = `${name}-${format}`;
    const { id } = await client.register(await schemaOf(client, name, format), { subject: `${topic}-value` });
    const messages = [];
    for (const flight of flights) {
      messages.push({ value: await client.encode(id, toShape(format, flight)), partition: 0 });
    }

    batches.push({ topic, messages });
  }

  await send(bootstrap, batches);
}

async function read(bootstrap, registry, count, ...topics) {
  const client = clientOf(registry);
  await receive(bootstrap, topics, Number(count), async (topic, message) => fromShape(formatOf(topic), await client.decode(message.value)));
}

await { api, write, read }[verb](...words);
process.exit(0);
