"""python3-kafka (pure Python): produce BOOTSTRAP TOPIC FILE | consume BOOTSTRAP TOPIC COUNT. Lines in and out as README.md here says."""
import base64
import json
import sys

from kafka import KafkaConsumer, KafkaProducer, TopicPartition


def produce(bootstrap, topic, path):
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5, compression_type="gzip", retries=5)
    futures = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            futures.append(producer.send(topic, key=record["k"].encode(), value=record["v"].encode(), headers=[("client", b"kafka-python")]))
    producer.flush(120)
    for future in futures:
        future.get(timeout=60)


def consume(bootstrap, topic, count):
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, consumer_timeout_ms=30000)
    partitions = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    seen = 0
    for message in consumer:
        print_record(message.partition, message.offset, message.timestamp, message.key, message.value, message.headers)
        seen += 1
        if seen == count:
            return
    sys.exit(f"only {seen} of {count} records came")


def print_record(partition, offset, timestamp, key, value, headers):
    def text(data):
        return "" if data is None else base64.b64encode(data).decode()

    print(partition, offset, timestamp, text(key), text(value), ",".join(f"{name}={text(data)}" for name, data in headers), sep="\t")


if __name__ == "__main__":
    {"produce": produce, "consume": lambda b, t, n: consume(b, t, int(n))}[sys.argv[1]](*sys.argv[2:])
