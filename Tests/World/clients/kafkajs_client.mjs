// kafkajs: produce BOOTSTRAP TOPIC FILE | consume BOOTSTRAP TOPIC COUNT. Lines in and out as README.md here says.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [, , verb, bootstrap, topic, argument] = process.argv;
const which = process.env.KAFKA_JS ?? 'kafkajs';
const library = createRequire(import.meta.url)(which === 'kafkajs' ? 'kafkajs' : '@confluentinc/kafka-javascript');
const { Kafka, logLevel } = which === 'kafkajs' ? library : library.KafkaJS;
const native = which !== 'kafkajs';
const settings = { clientId: `world-${which}`, brokers: [bootstrap], logLevel: logLevel.ERROR };
// Standard output carries the records alone.
const toErrors = () => ({ namespace, log }) => console.error(namespace, log.message);
const kafka = new Kafka(native ? { kafkaJS: settings } : { ...settings, logCreator: toErrors });
const text = data => (data === null || data === undefined ? '' : Buffer.from(data).toString('base64'));

async function produce() {
  const producer = kafka.producer(native ? { kafkaJS: { acks: -1 } } : { idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const records = readFileSync(argument, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line));
  for (let at = 0; at < records.length; at += 2000) {
    await producer.send({
      topic,
      ...(native ? {} : { acks: -1, compression: 1 }),
      messages: records.slice(at, at + 2000).map(({ k, v }) => ({ key: k, value: v, headers: { client: which } })),
    });
  }
  await producer.disconnect();
}

async function consume() {
  const count = Number(argument);
  const group = { groupId: `world-${which}-${Date.now()}` };
  const consumer = kafka.consumer(native ? { kafkaJS: { ...group, fromBeginning: true, autoCommit: false } } : group);
  await consumer.connect();
  await consumer.subscribe(native ? { topics: [topic] } : { topics: [topic], fromBeginning: true });
  const lines = [];
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`only ${lines.length} of ${count} records came`)), 60_000);
    const run = {
      eachMessage: async ({ partition, message }) => {
        const headers = Object.entries(message.headers ?? {}).map(([name, data]) => `${name}=${text(data)}`).join(',');
        lines.push([partition, message.offset, message.timestamp, text(message.key), text(message.value), headers].join('\t'));
        if (lines.length === count) {
          clearTimeout(late);
          resolve();
        }
      },
    };
    consumer.run(native ? run : { ...run, autoCommit: false }).catch(reject);
  });
  await new Promise(done => process.stdout.write(lines.join('\n') + '\n', done));
  await consumer.disconnect();
}

await { produce, consume }[verb]();
process.exit(0);
