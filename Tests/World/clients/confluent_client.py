"""python3-confluent-kafka (librdkafka): produce BOOTSTRAP TOPIC FILE | consume BOOTSTRAP TOPIC COUNT. Lines in and out as README.md here says."""
import base64
import json
import sys

from confluent_kafka import Consumer, Producer, TopicPartition


def produce(bootstrap, topic, path):
    failures = []
    producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 5, "compression.type": "lz4"})

    def delivered(error, _message):
        if error is not None:
            failures.append(str(error))

    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            while True:
                try:
                    producer.produce(topic, key=record["k"], value=record["v"], headers=[("client", b"confluent-python")], on_delivery=delivered)
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
    left = producer.flush(120)
    if failures or left:
        sys.exit(f"{len(failures)} failed ({failures[:1]}), {left} not delivered")


def consume(bootstrap, topic, count):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "world-confluent-python", "enable.auto.commit": False})
    partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
    consumer.assign([TopicPartition(topic, p, 0) for p in partitions])
    seen = 0
    while seen < count:
        message = consumer.poll(30)
        if message is None:
            sys.exit(f"only {seen} of {count} records came")
        if message.error():
            sys.exit(str(message.error()))
        print_record(message.partition(), message.offset(), message.timestamp()[1], message.key(), message.value(), message.headers() or [])
        seen += 1
    consumer.close()


def print_record(partition, offset, timestamp, key, value, headers):
    def text(data):
        return "" if data is None else base64.b64encode(data).decode()

    print(partition, offset, timestamp, text(key), text(value), ",".join(f"{name}={text(data)}" for name, data in headers), sep="\t")


if __name__ == "__main__":
    {"produce": produce, "consume": lambda b, t, n: consume(b, t, int(n))}[sys.argv[1]](*sys.argv[2:])
