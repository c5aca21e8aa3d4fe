// @confluentinc/schemaregistry: api REGISTRY NAME | write BOOTSTRAP REGISTRY NAME FILE | read BOOTSTRAP REGISTRY COUNT TOPIC...
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, createFileRegistry, createMutableRegistry, fromJson } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { api } from './confluent_api.mjs';
import { formatOf, fromShape, schema, toShape } from './flights.mjs';
import { receive, send } from './transport.mjs';

const library = createRequire(import.meta.url)('@confluentinc/schemaregistry');
const {
  AvroDeserializer, AvroSerializer, HeaderSchemaIdSerializer, JsonDeserializer, JsonSerializer, ProtobufDeserializer, ProtobufSerializer,
  SchemaRegistryClient, SerdeType,
} = library;
const [, , verb, ...words] = process.argv;
const clientOf = registry => new SchemaRegistryClient({ baseURLs: [registry], maxRetries: 0, cacheCapacity: 1000 });

const formats = ['avro', 'avro-ref', 'avro-guid', 'protobuf', 'protobuf-guid', 'json', 'json-ref', 'json-guid'];
const files = createFileRegistry(fromJson(FileDescriptorSetSchema, JSON.parse(schema('flight.descriptors.json'))));
const flightMessage = files.getMessage('world.Flight');

function serializerOf(client, format) {
  const header = format.endsWith('-guid') ? { schemaIdSerializer: HeaderSchemaIdSerializer } : {};
  switch (format.split('-')[0]) {
    case 'avro': return new AvroSerializer(client, SerdeType.VALUE, { useLatestVersion: true, ...header });
    case 'json': return new JsonSerializer(client, SerdeType.VALUE, { useLatestVersion: true, validate: true, ...header });
    default: return new ProtobufSerializer(client, SerdeType.VALUE, { autoRegisterSchemas: true, registry: createMutableRegistry(flightMessage), ...header });
  }
}

async function register(client, name, topic, format) {
  const [schemaType, type] = format.startsWith('avro') ? ['AVRO', 'avsc'] : ['JSON', 'schema.json'];
  if (!format.endsWith('-ref')) {
    await client.register(`${topic}-value`, { schemaType, schema: schema(`flight.${type}`) }, false);
    return;
  }

  const airport = `${name}-airport-${schemaType}`;
  await client.register(airport, { schemaType, schema: schema(`airport.${type}`) }, false);
  const references = [{ name: schemaType === 'AVRO' ? 'world.Airport' : 'airport.schema.json', subject: airport, version: 1 }];
  await client.register(`${topic}-value`, { schemaType, schema: schema(`leg.${type}`), references }, false);
}

async function write(bootstrap, registry, name, file) {
  const flights = JSON.parse(readFileSync(file, 'utf8'));
  const batches = [];
  for (const format of formats) {
    const client = clientOf(registry);
    const topic = `${name}-${format}`;
    if (!format.startsWith('protobuf')) {
      await register(client, name, topic, format);
    }

    const serializer = serializerOf(client, format);
    const messages = [];
    for (const flight of flights) {
      const shape = toShape(format.replace('-guid', ''), flight);
      const headers = {};
      const value = await serializer.serialize(topic, format.startsWith('protobuf') ? create(flightMessage, shape) : shape, headers);
      messages.push({ value, headers, partition: 0 });
    }

    batches.push({ topic, messages });
  }

  await send(bootstrap, batches);
}

async function read(bootstrap, registry, count, ...topics) {
  const deserializers = new Map(topics.map(topic => {
    const client = clientOf(registry);
    const kind = formatOf(topic).split('-')[0];
    const Deserializer = { avro: AvroDeserializer, json: JsonDeserializer, protobuf: ProtobufDeserializer }[kind];
    return [topic, new Deserializer(client, SerdeType.VALUE, kind === 'json' ? { validate: true } : {})];
  }));
  await receive(bootstrap, topics, Number(count), async (topic, message) =>
    fromShape(formatOf(topic), await deserializers.get(topic).deserialize(topic, message.value, message.headers)));
}

await { api: (registry, name) => api(library, registry, name), write, read }[verb](...words);
process.exit(0);
