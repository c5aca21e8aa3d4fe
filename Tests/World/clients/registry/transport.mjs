// Records over kafkajs, and what every reader prints.
import { createRequire } from 'node:module';

const { Kafka, logLevel } = createRequire(import.meta.url)('kafkajs');

const connect = bootstrap => new Kafka({
  clientId: 'world-registry',
  brokers: [bootstrap],
  logLevel: logLevel.ERROR,
  logCreator: () => ({ namespace, log }) => console.error(namespace, log.message),
});

/** Writes messages to partition 0 of topics; returns when all are acknowledged. */
export async function send(bootstrap, topicMessages) {
  const producer = connect(bootstrap).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.sendBatch({ topicMessages, acks: -1 });
  await producer.disconnect();
}

/** Reads topics from the beginning, so many records of each, and prints a line of JSON for each record. */
export async function receive(bootstrap, topics, count, decode) {
  const consumer = connect(bootstrap).consumer({ groupId: `world-registry-${process.pid}-${Date.now()}` });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  const lines = [];
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`only ${lines.length} of ${count * topics.length} records came`)), 60_000);
    consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, message }) => {
        // kafkajs would try again for long what cannot be decoded.
        const value = await decode(topic, message).catch(reject);
        lines.push(line(topic, message, value));
        if (lines.length === count * topics.length) {
          clearTimeout(late);
          resolve();
        }
      },
    }).catch(reject);
  });
  await new Promise(done => process.stdout.write(lines.join('\n') + '\n', done));
  process.exit(0);
}

const line = (topic, { offset, value, headers }, decoded) => JSON.stringify({
  topic,
  offset: Number(offset),
  prefix: value.subarray(0, 5).toString('hex'),
  header: headers?.__value_schema_id?.toString('hex') ?? null,
  flight: decoded,
});
